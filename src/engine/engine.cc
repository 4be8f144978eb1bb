#include "engine/engine.h"

#include <algorithm>

#include <sched.h>
#include <sys/random.h>

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

std::uint64_t random_seed() {
  std::uint32_t seed = 0;
  HEARTH_ASSERT(::getrandom(&seed, sizeof seed, 0) == sizeof seed);
  return seed / 2;
}

EngineOptions complete(EngineOptions options, const Model& model) {
  const auto trained = static_cast<std::uint32_t>(llama_model_n_ctx_train(model.raw()));
  const std::uint32_t longest = trained == 0 ? kContextDefault : std::min(trained, kContextMax);
  if (options.context == 0 || options.context > longest) options.context = longest;
  if (options.kv_tokens < options.context) options.kv_tokens = options.context;
  if (options.threads == 0) options.threads = usable_processors();
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
    : model_(std::move(model)), sink_(std::move(sink)) {}

Engine::~Engine() {
  stopping_ = true;
  {
    const std::lock_guard lock(mutex_);
    poked_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
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
  embedder_ = std::make_unique<Embedder>(*model_, threads_.get(), threads, options_.context);
  if (!model_->generates()) return {};

  llama_context_params params = llama_context_default_params();
  params.n_ctx = options_.kv_tokens;
  params.n_batch = kStepTokensMax;
  params.n_ubatch = kStepTokensMax;
  params.n_seq_max = options_.sequences_max;
  params.n_outputs_max = options_.sequences_max;
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
                                        " tokens; load the model with a smaller --context");
  }
  llama_attach_threadpool(context_.get(), threads_.get(), threads_.get());
  batch_ = llama_batch_init(static_cast<std::int32_t>(kStepTokensMax), 0, 1);
  for (auto slot = static_cast<llama_seq_id>(options_.sequences_max); slot > 0; --slot) {
    free_slots_.push_back(slot - 1);
  }
  return {};
}

void Engine::submit(std::uint32_t request, chat::Request asked) {
  const base::CancelToken cancel = remember(request);
  auto sequence = make_sequence(request, std::move(asked));
  if (sequence) {
    (*sequence)->cancel = cancel;
    if (post(std::move(*sequence))) return;
    sequence = fail(Code::kResourceExhausted,
                    "the model already has " + std::to_string(kWaitingMax) + " requests waiting");
  }
  forget(request);
  {
    const std::lock_guard lock(mutex_);
    ++stats_.requests_failed;
  }
  sink_(request, wire::Said{chat::Failed{sequence.error()}});
}

// What cannot fit is refused before it is tokenized: that takes time, and the thread that reads
// for everybody does it.
Result<void> Engine::check_size(const chat::Request& asked) const {
  std::size_t bytes = asked.raw_prompt ? asked.raw_prompt->size() : 0;
  for (const chat::Message& message : asked.messages)
    bytes += message.content.size();
  if (bytes / model_->longest_text() < options_.context) return {};
  return fail(Code::kContextOverflow, "the prompt has " + std::to_string(bytes) +
                                          " bytes, which is more than the context of " +
                                          std::to_string(options_.context) +
                                          " tokens can hold; shorten it");
}

Result<std::unique_ptr<Sequence>> Engine::make_sequence(std::uint32_t request,
                                                        chat::Request asked) {
  if (!model_->generates()) {
    return fail(Code::kInvalidArgument, "this model makes embeddings and cannot write text");
  }
  HEARTH_TRY(check_size(asked));
  auto sequence = std::make_unique<Sequence>();
  sequence->request = request;
  sequence->arrived = base::system_clock().now();
  sequence->tokens = HEARTH_TRY(tokenize_request(*model_, asked));
  sequence->prompt_size = sequence->tokens.size();
  if (sequence->tokens.empty()) return fail(Code::kInvalidArgument, "the prompt is empty");
  if (sequence->prompt_size >= options_.context) {
    return fail(Code::kContextOverflow,
                "the prompt has " + std::to_string(sequence->prompt_size) +
                    " tokens and leaves no room for an answer in the context of " +
                    std::to_string(options_.context) +
                    "; shorten it or set a larger model.context");
  }
  const auto room = options_.context - static_cast<std::uint32_t>(sequence->prompt_size);
  sequence->answer_max = std::min(asked.max_tokens, room);
  sequence->seed = asked.sampling.seed.value_or(random_seed());
  sequence->text = TextAssembler(asked.stop);
  sequence->credit = wire::kCreditStart;
  if (asked.deadline_ms > 0) {
    sequence->deadline = sequence->arrived + std::chrono::milliseconds(asked.deadline_ms);
  }
  sequence->asked = std::move(asked);
  return sequence;
}

void Engine::embed(std::uint32_t request, chat::EmbedRequest asked) {
  const auto dimensions = static_cast<std::size_t>(llama_model_n_embd_out(model_->raw()));
  const std::size_t texts_max = std::min(kEmbedTextsMax, kReplyNumbersMax / dimensions);
  if (asked.texts.size() > texts_max) {
    sink_(request, wire::Refused{make_error(Code::kInvalidArgument,
                                            "more than " + std::to_string(texts_max) +
                                                " texts in one request; send them in parts")});
    return;
  }
  if (!post(Embedding{request, std::move(asked), remember(request)})) {
    forget(request);
    sink_(request, wire::Refused{make_error(Code::kResourceExhausted, "too many requests wait")});
  }
}

void Engine::tokenize(std::uint32_t request, const chat::TokenizeRequest& asked) {
  if (asked.text.size() > kReplyNumbersMax) {
    sink_(request, wire::Refused{make_error(Code::kInvalidArgument,
                                            "more than " + std::to_string(kReplyNumbersMax) +
                                                " bytes to tokenize; send them in parts")});
    return;
  }
  const auto special = asked.parse_special ? SpecialText::kParsed : SpecialText::kPlain;
  const auto ends = asked.add_special ? SpecialEnds::kAdded : SpecialEnds::kNone;
  chat::Tokens tokens;
  auto ids = model_->tokenize(asked.text, special, ends);
  if (!ids) return sink_(request, wire::Refused{ids.error()});
  tokens.ids = std::move(*ids);
  tokens.count = static_cast<std::uint32_t>(tokens.ids.size());
  if (asked.result == chat::TokenizeRequest::Result::kCount) tokens.ids.clear();
  sink_(request, wire::TokensReply{std::move(tokens)});
}

void Engine::cancel(std::uint32_t request) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = cancels_.find(request);
    if (found == cancels_.end()) return;  // already ended
    found->second.cancel();
    poked_ = true;
  }
  wake_.notify_one();
}

void Engine::credit(std::uint32_t request, std::uint32_t events) {
  // Losing credit would stall the request for ever, so it is not subject to the inbox's limit.
  {
    const std::lock_guard lock(mutex_);
    inbox_.emplace_back(Credit{request, events});
  }
  wake_.notify_one();
}

bool Engine::post(Command command) {
  {
    const std::lock_guard lock(mutex_);
    if (cancels_.size() > kWaitingMax) return false;
    inbox_.push_back(std::move(command));
  }
  wake_.notify_one();
  return true;
}

base::CancelToken Engine::remember(std::uint32_t request) {
  const std::lock_guard lock(mutex_);
  return cancels_[request].token();
}

void Engine::forget(std::uint32_t request) {
  const std::lock_guard lock(mutex_);
  cancels_.erase(request);
}

wire::Stats Engine::stats() const {
  const std::lock_guard lock(mutex_);
  wire::Stats stats = stats_;
  stats.graph_nodes = graph_nodes_.load(std::memory_order_relaxed);
  return stats;
}

wire::Loaded Engine::describe() const {
  const llama_model* model = model_->raw();
  char description[128];
  llama_model_desc(model, description, sizeof description);
  wire::Loaded loaded;
  loaded.architecture = model_->architecture();
  loaded.description = description;
  loaded.context_trained = static_cast<std::uint32_t>(llama_model_n_ctx_train(model));
  loaded.context = options_.context;
  loaded.kv_tokens = options_.kv_tokens;
  loaded.vocabulary = static_cast<std::uint32_t>(model_->vocabulary());
  loaded.embedding_size = static_cast<std::uint32_t>(llama_model_n_embd_out(model));
  loaded.parameters = llama_model_n_params(model);
  loaded.weight_bytes = llama_model_size(model);
  loaded.generates = model_->generates();
  loaded.embeds = true;
  loaded.has_chat_template = !model_->chat_template().empty();
  return loaded;
}

}  // namespace hearth::engine
