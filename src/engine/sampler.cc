#include "engine/sampler.h"

#include <cmath>

#include "engine/guarded.h"
#include "engine/limits.h"

namespace hearth::engine {

namespace {

void forbid_end_tokens(llama_sampler* chain, const Model& model) {
  std::vector<llama_logit_bias> biases;
  for (const Token token : model.end_tokens())
    biases.push_back({token, -INFINITY});
  llama_sampler_chain_add(
      chain, llama_sampler_init_logit_bias(
                 model.vocabulary(), static_cast<std::int32_t>(biases.size()), biases.data()));
}

LlamaSampler build_chain(const Model& model, const chat::Sampling& s, std::uint64_t seed) {
  LlamaSampler chain(llama_sampler_chain_init(llama_sampler_chain_default_params()));
  if (s.ignore_eos) forbid_end_tokens(chain.get(), model);
  const bool penalised =
      s.repeat_penalty != 1.0F || s.frequency_penalty != 0.0F || s.presence_penalty != 0.0F;
  if (penalised) {
    llama_sampler_chain_add(chain.get(), llama_sampler_init_penalties(
                                             model.vocabulary(), kPenaltyWindow, s.repeat_penalty,
                                             s.frequency_penalty, s.presence_penalty));
  }
  if (s.temperature <= 0.0F) {
    llama_sampler_chain_add(chain.get(), llama_sampler_init_greedy());
    return chain;
  }
  llama_sampler_chain_add(chain.get(),
                          llama_sampler_init_top_k(static_cast<std::int32_t>(s.top_k)));
  llama_sampler_chain_add(chain.get(), llama_sampler_init_top_p(s.top_p, 1));
  llama_sampler_chain_add(chain.get(), llama_sampler_init_min_p(s.min_p, 1));
  llama_sampler_chain_add(chain.get(), llama_sampler_init_temp(s.temperature));
  llama_sampler_chain_add(chain.get(), llama_sampler_init_dist(fold_seed(seed)));
  return chain;
}

}  // namespace

std::uint32_t fold_seed(std::uint64_t seed) {
  const auto folded = static_cast<std::uint32_t>(seed ^ (seed >> 32));
  return folded == LLAMA_DEFAULT_SEED ? 0 : folded;
}

Result<LlamaSampler> make_sampler(const Model& model, const chat::Sampling& sampling,
                                  std::uint64_t seed) {
  return guarded("sample like this", [&] { return build_chain(model, sampling, seed); });
}

}  // namespace hearth::engine
