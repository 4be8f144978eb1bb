#include "engine/engine.h"

#include <algorithm>

#include <sched.h>

#include "base/log.h"
#include "engine/embedder.h"
#include "engine/limits.h"
#include "engine/prompt.h"

namespace hearth::engine {

namespace {

// The processors this process may use; the daemon usually says how many are physical.
std::uint32_t usable_processors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return static_cast<std::uint32_t>(std::max(1, CPU_COUNT(&set)));
}

EngineOptions complete(EngineOptions options, const Model& model) {
  const auto trained = static_cast<std::uint32_t>(llama_model_n_ctx_train(model.raw()));
  const std::uint32_t longest = trained == 0 ? kContextDefault : std::min(trained, kContextMax);
  if (options.context == 0 || options.context > longest) options.context = longest;
  if (options.kv_tokens < options.context) options.kv_tokens = options.context;
  // More threads than processors would spin for each other at every barrier.
  const std::uint32_t most = usable_processors();
  if (options.threads > most) {
    log::warning("model.threads is more than this process may use",
                 {{"asked", options.threads}, {"used", most}});
  }
  if (options.threads == 0 || options.threads > most) options.threads = most;
  options.sequences_max = std::clamp(options.sequences_max, 1U, kSequencesMax);
  return options;
}

}  // namespace

Result<std::unique_ptr<Engine>> Engine::create(std::unique_ptr<Model> model,
                                               const EngineOptions& options, Sink sink) {
  std::unique_ptr<Engine> engine(new Engine(std::move(model), std::move(sink)));
  HEARTH_TRY(engine->prepare(options));
  engine->thread_ = std::thread([raw = engine.get()] { raw->run(); });
  return engine;
}

Engine::Engine(std::unique_ptr<Model> model, Sink sink)
    : model_(std::move(model)), sink_(std::move(sink)), rules_(*model_) {}

Engine::~Engine() {
  stopping_ = true;
  {
    const base::Lock lock(mutex_);
    for (auto& [request, work] : cancels_)
      work.cancel();  // no worker goes on with what nobody will hear of
    poked_ = true;
  }
  wake_.notify_all();
  prompts_.stop();  // before whom they post to
  long_prompts_.stop();
  rule_making_.stop();
  counts_.stop();
  if (thread_.joinable()) thread_.join();
  end_everything();
  if (step_ > 0) keep_costs();
  if (batch_.token != nullptr) llama_batch_free(batch_);
  if (context_) llama_detach_threadpool(context_.get());
}

Result<void> Engine::prepare(const EngineOptions& options) {
  options_ = complete(options, *model_);
  const auto threads = static_cast<std::int32_t>(options_.threads);
  ggml_threadpool_params pool = ggml_threadpool_params_default(threads);
  pool.poll = 0;  // idle threads must not burn the cores that others compute on
  threads_.reset(ggml_threadpool_new(&pool));
  if (!threads_) return fail(Code::kResourceExhausted, "cannot start the compute threads");
  embedder_ = std::make_unique<Embedder>(*model_, threads_.get(), threads,
                                         std::min(options_.context, kEmbedTokensMax));
  embedder_->abort_with(&Engine::abort_step, this);
  if (!model_->generates()) return {};

  llama_context_params params = llama_context_default_params();
  params.n_ctx = options_.kv_tokens;
  params.n_batch = kStepTokensMax;
  params.n_ubatch = kStepTokensMax;
  params.n_seq_max = options_.sequences_max + 1;  // the spare one of KvPool
  params.n_outputs_max = params.n_seq_max;
  params.n_threads = threads;
  params.n_threads_batch = threads;
  params.kv_unified = true;
  params.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_AUTO;
  params.no_perf = true;
  params.abort_callback = &Engine::abort_step;
  params.abort_callback_data = this;
  context_.reset(llama_init_from_model(model_->raw(), params));
  if (!context_) {
    return fail(Code::kOutOfMemory, "no memory for a context of " +
                                        std::to_string(options_.kv_tokens) +
                                        " tokens; set a smaller model.context");
  }
  HEARTH_TRY(model_->adapt(context_.get()));
  llama_attach_threadpool(context_.get(), threads_.get(), threads_.get());
  batch_ = llama_batch_init(static_cast<std::int32_t>(kStepTokensMax), 0, 1);
  for (auto slot = static_cast<llama_seq_id>(options_.sequences_max); slot > 0; --slot) {
    free_slots_.push_back(slot - 1);
  }
  open_prefixes();
  template_ = make_chat_template(*model_, options_.chat_template);
  if (template_) turn_ = tokens_between_turns(*model_, **template_);
  crew_ = std::make_unique<Crew>(options_.threads - 1);
  load_costs();
  open_trace();
  return {};
}

void Engine::submit(std::uint32_t request, chat::Request asked) {
  if (const auto fits = check_prompt(asked); !fits) return fail_generation(request, fits.error());
  const auto arrival = remember(request);
  if (!arrival) return fail_generation(request, arrival.error());
  const std::size_t bytes = text_bytes(asked) + rule_bytes(asked);
  Worker& worker = is_long(asked) ? long_prompts_ : prompts_;
  const bool taken =
      worker.post(bytes, [this, arrival = *arrival, asked = std::move(asked)]() mutable {
        auto drafted = draft(arrival, std::move(asked));
        if (!drafted) return fail_generation(arrival.request, drafted.error());
        hand_on(arrival, *std::move(drafted));
      });
  if (!taken) fail_generation(request, too_many_wait());
}

void Engine::embed(std::uint32_t request, chat::EmbedRequest asked) {
  if (const auto fits = check_embedding(asked); !fits) return refuse(request, fits.error());
  const auto arrival = remember(request);
  if (!arrival) return refuse(request, arrival.error());
  std::size_t bytes = 0;
  for (const std::string& text : asked.texts)
    bytes += text.size();
  for (const std::vector<Token>& tokens : asked.token_lists)
    bytes += tokens.size() * sizeof(Token);
  const bool taken = prompts_.post(bytes, [this, arrival = *arrival, asked = std::move(asked)] {
    auto embedding = make_embedding(arrival, asked);
    if (!embedding) return refuse(arrival.request, embedding.error());
    post(std::move(*embedding));
  });
  if (!taken) refuse(request, too_many_wait());
}

void Engine::tokenize(std::uint32_t request, chat::TokenizeRequest asked) {
  const auto arrival = remember(request);
  if (!arrival) return refuse(request, arrival.error());
  const std::size_t bytes = asked.text.size() + asked.tokens.size() * sizeof(Token) +
                            (asked.conversation ? text_bytes(*asked.conversation) : 0);
  const bool waits_long = asked.conversation && is_long(*asked.conversation);
  Worker& worker = waits_long ? long_prompts_ : counts_;
  const bool taken = worker.post(bytes, [this, arrival = *arrival, asked = std::move(asked)] {
    auto tokens = make_tokens(arrival, asked);
    if (!tokens) return refuse(arrival.request, tokens.error());
    forget(arrival.request);
    sink_(arrival.request, wire::TokensReply{std::move(*tokens)});
  });
  if (!taken) refuse(request, too_many_wait());
}

void Engine::cancel(std::uint32_t request) {
  {
    const base::Lock lock(mutex_);
    const auto found = cancels_.find(request);
    if (found == cancels_.end()) return;  // already ended
    found->second.cancel();
    poked_ = true;
  }
  wake_.notify_one();
}

void Engine::look_again() {
  {
    const base::Lock lock(mutex_);
    poked_ = true;
  }
  wake_.notify_one();
}

void Engine::credit(std::uint32_t request, std::uint32_t events) {
  post(Credit{request, events});
}

void Engine::post(Command command) {
  {
    const base::Lock lock(mutex_);
    const bool is_work = std::holds_alternative<std::unique_ptr<Sequence>>(command) ||
                         std::holds_alternative<Embedding>(command);
    if (is_work) work_came_ = true;
    inbox_.push_back(std::move(command));
  }
  wake_.notify_one();
}

Result<Arrival> Engine::remember(std::uint32_t request) {
  const auto now = base::system_clock().now();
  const base::Lock lock(mutex_);
  if (cancels_.size() >= kWaitingMax) return fail(too_many_wait());
  return Arrival{request, now, cancels_[request].token()};
}

void Engine::forget(std::uint32_t request) {
  const base::Lock lock(mutex_);
  cancels_.erase(request);
}

// What the end of the engine cut short was cancelled by nobody.
Error Engine::as_told(const Error& error) const {
  const bool cut = stopping_ && error.code == Code::kCancelled;
  return cut ? make_error(Code::kUnavailable, kUnloaded) : error;
}

void Engine::fail_generation(std::uint32_t request, const Error& failure) {
  const Error error = as_told(failure);
  forget(request);
  {
    const base::Lock lock(mutex_);
    ++(error.code == Code::kCancelled ? stats_.requests_cancelled : stats_.requests_failed);
  }
  sink_(request, wire::Said{chat::Failed{error}});
}

void Engine::refuse(std::uint32_t request, const Error& error) {
  forget(request);
  sink_(request, wire::Refused{as_told(error)});
}

wire::Stats Engine::stats() const {
  const base::Lock lock(mutex_);
  wire::Stats stats = stats_;
  if (context_) stats.kv_tokens = options_.kv_tokens;
  const ThreadWish* const wish = options_.thread_wish;
  stats.threads = wish == nullptr ? options_.threads : wish->of(options_.threads);
  stats.graph_nodes = graph_nodes_.load(std::memory_order_relaxed);
  stats.figures = recorder_.figures();
  return stats;
}

wire::Loaded Engine::describe() const {
  const llama_model* model = model_->raw();
  wire::Loaded loaded;
  loaded.architecture = model_->architecture();
  loaded.description = model_->description();
  loaded.context_trained = static_cast<std::uint32_t>(llama_model_n_ctx_train(model));
  loaded.context = options_.context;
  loaded.kv_tokens = options_.kv_tokens;
  loaded.vocabulary = static_cast<std::uint32_t>(model_->vocabulary());
  loaded.embedding_size = static_cast<std::uint32_t>(llama_model_n_embd_out(model));
  loaded.parameters = llama_model_n_params(model);
  loaded.weight_bytes = llama_model_size(model);
  loaded.generates = model_->generates();
  loaded.embeds = model_->embeds();
  loaded.has_chat_template = !model_->chat_template().empty() || !options_.chat_template.empty();
  if (loaded.generates && template_) loaded.capabilities = (*template_)->capabilities();
  return loaded;
}

}  // namespace hearth::engine
