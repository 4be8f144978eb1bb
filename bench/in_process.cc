#include "in_process.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <vector>

#include <ggml-cpu.h>
#include <llama.h>

#include "base/utf8.h"

namespace hearth::bench {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::int32_t kStepTokens = 128;

double ms_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

std::vector<llama_token> tokenize(const llama_vocab* vocab, const std::string& text) {
  std::vector<llama_token> tokens(text.size() + 8);
  const auto size = static_cast<std::int32_t>(text.size());
  const auto room = static_cast<std::int32_t>(tokens.size());
  const std::int32_t count =
      llama_tokenize(vocab, text.data(), size, tokens.data(), room, true, true);
  tokens.resize(static_cast<std::size_t>(std::max(count, 0)));
  return tokens;
}

}  // namespace

struct InProcess::Parts {
  llama_model* model = nullptr;
  llama_context* context = nullptr;
  ggml_threadpool* pool = nullptr;
};

InProcess::InProcess(const std::string& path, std::uint32_t context, std::int32_t threads)
    : parts_(std::make_unique<Parts>()) {
  llama_log_set([](ggml_log_level, const char*, void*) {}, nullptr);
  llama_backend_init();
  parts_->model = llama_model_load_from_file(path.c_str(), llama_model_default_params());
  if (parts_->model == nullptr) std::exit(1);
  ggml_threadpool_params pool = ggml_threadpool_params_default(threads);
  pool.poll = 0;
  parts_->pool = ggml_threadpool_new(&pool);
  llama_context_params params = llama_context_default_params();
  params.n_ctx = context;
  params.n_batch = kStepTokens;
  params.n_ubatch = kStepTokens;
  params.n_threads = threads;
  params.n_threads_batch = threads;
  params.no_perf = true;
  parts_->context = llama_init_from_model(parts_->model, params);
  llama_attach_threadpool(parts_->context, parts_->pool, parts_->pool);
}

InProcess::~InProcess() {
  llama_free(parts_->context);
  ggml_threadpool_free(parts_->pool);
  llama_model_free(parts_->model);
}

std::string InProcess::render(const std::string& user_text) const {
  const char* chat_template = llama_model_chat_template(parts_->model, nullptr);
  const llama_chat_message message{"user", user_text.c_str()};
  std::string text(2 * user_text.size() + 1024, '\0');
  const std::int32_t size = llama_chat_apply_template(chat_template, &message, 1, true, text.data(),
                                                      static_cast<std::int32_t>(text.size()));
  text.resize(static_cast<std::size_t>(std::max(size, 0)));
  return text;
}

Timing InProcess::generate(const std::string& prompt, std::uint32_t tokens) {
  const auto start = Clock::now();
  llama_memory_clear(llama_get_memory(parts_->context), false);
  const llama_vocab* vocab = llama_model_get_vocab(parts_->model);
  std::vector<llama_token> input = tokenize(vocab, prompt);
  // What a request with temperature 0 and ignore_eos samples with.
  std::vector<llama_logit_bias> biases;
  for (llama_token token = 0; token < llama_vocab_n_tokens(vocab); ++token) {
    if (llama_vocab_is_eog(vocab, token)) biases.push_back({token, -INFINITY});
  }
  llama_sampler* sampler = llama_sampler_chain_init(llama_sampler_chain_default_params());
  llama_sampler_chain_add(sampler, llama_sampler_init_logit_bias(
                                       llama_vocab_n_tokens(vocab),
                                       static_cast<std::int32_t>(biases.size()), biases.data()));
  llama_sampler_chain_add(sampler, llama_sampler_init_greedy());
  for (std::size_t at = 0; at < input.size(); at += kStepTokens) {
    const auto count =
        static_cast<std::int32_t>(std::min<std::size_t>(kStepTokens, input.size() - at));
    llama_decode(parts_->context, llama_batch_get_one(input.data() + at, count));
  }
  Timing timing;
  char piece[256];
  std::string unsaid;  // bytes that are no whole character yet: no program could show them
  auto first = start;
  for (std::uint32_t i = 0; i < tokens; ++i) {
    llama_token token = llama_sampler_sample(sampler, parts_->context, -1);
    const auto size = llama_token_to_piece(vocab, token, piece, sizeof piece, 0, false);
    if (first == start) {
      unsaid.append(piece, static_cast<std::size_t>(std::max(size, 0)));
      if (unsaid.size() > base::unfinished_utf8_suffix(unsaid)) first = Clock::now();
    }
    if (i + 1 < tokens) llama_decode(parts_->context, llama_batch_get_one(&token, 1));
  }
  timing.first_token_ms = std::chrono::duration<double, std::milli>(first - start).count();
  timing.tokens_per_second = (tokens - 1) / (ms_since(first) / 1000);
  llama_sampler_free(sampler);
  return timing;
}

}  // namespace hearth::bench
