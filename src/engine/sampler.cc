#include "engine/sampler.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "chat/request_part.h"
#include "engine/guarded.h"

namespace hearth::engine {

namespace {

constexpr float kForbidden = -std::numeric_limits<float>::infinity();
// Below, dividing by the temperature could leave the range of a float; it is greedy all the same.
constexpr float kColdest = 1e-4F;
constexpr std::int32_t kMirostatCandidates = 100;  // that v1 estimates from, as in its paper
constexpr std::size_t kKeepOne = 1;

LlamaSampler new_chain() {
  return LlamaSampler(llama_sampler_chain_init(llama_sampler_chain_default_params()));
}

// Tokens back: never more than a context has, which also bounds what llama.cpp allocates.
std::int32_t window(std::int32_t asked, std::uint32_t context) {
  const auto whole = static_cast<std::int32_t>(context);
  return asked < 0 ? whole : std::min(asked, whole);
}

bool is_greedy(const chat::Sampling& s) {
  return !(s.temperature >= kColdest);
}

bool penalises(const chat::Sampling& s) {
  return s.repeat_last_n != 0 &&
         (s.repeat_penalty != 1.0F || s.frequency_penalty != 0.0F || s.presence_penalty != 0.0F);
}

bool is_dry(const chat::Sampling& s) {
  return s.dry_penalty_last_n != 0 && s.dry_multiplier != 0.0F && s.dry_base >= 1.0F;
}

Error no_numbers() {
  return make_error(Code::kCorrupt,
                    "the model computes no numbers, so its file is damaged; get it again");
}

float highest_of(const std::vector<llama_token_data>& candidates) {
  float most = kForbidden;
  for (const llama_token_data& candidate : candidates)
    most = std::max(most, candidate.logit);
  return most;
}

std::size_t place_of_highest(const llama_token_data_array& candidates) {
  const auto lower = [](const llama_token_data& a, const llama_token_data& b) {
    return a.logit < b.logit || (a.logit == b.logit && a.id > b.id);
  };
  return static_cast<std::size_t>(
      std::max_element(candidates.data, candidates.data + candidates.size, lower) -
      candidates.data);
}

}  // namespace

std::uint32_t fold_seed(std::uint64_t seed) {
  const auto folded = static_cast<std::uint32_t>(seed ^ (seed >> 32));
  return folded == LLAMA_DEFAULT_SEED ? 0 : folded;
}

Result<std::unique_ptr<Sampler>> Sampler::create(const SampledModel& model,
                                                 const chat::Sampling& sampling,
                                                 std::uint64_t seed) {
  std::unique_ptr<Sampler> sampler(new Sampler);
  HEARTH_TRY(sampler->bias(model, sampling));
  const auto built = guarded("sample like this", [&] {
    sampler->build_head(model, sampling);
    sampler->build_tail(model, sampling, fold_seed(seed));
    return true;
  });
  if (!built) return fail(built.error());
  return sampler;
}

Result<void> Sampler::bias(const SampledModel& model, const chat::Sampling& sampling) {
  const bool heads = penalises(sampling) || is_dry(sampling);
  if (heads || sampling.ignore_eos || !sampling.logit_bias.empty()) {
    marks_.resize(static_cast<std::size_t>(model.size));
  }
  for (const chat::LogitBias& one : sampling.logit_bias) {
    if (one.token < 0 || one.token >= model.size) {
      return fail(Code::kInvalidArgument,
                  "logit_bias names the token " + std::to_string(one.token) +
                      ", and this model's vocabulary ends at " + std::to_string(model.size - 1),
                  chat::part_context({chat::RequestPart::Kind::kLogitBias}));
    }
    mark(one.token, one.bias);
  }
  if (sampling.ignore_eos) {
    for (const Token token : model.end_tokens)
      mark(token, kForbidden);
  }
  return {};
}

void Sampler::build_head(const SampledModel& model, const chat::Sampling& s) {
  if (!penalises(s) && !is_dry(s)) return;
  head_ = new_chain();
  if (penalises(s)) {
    const std::int32_t back = window(s.repeat_last_n, model.context);
    llama_sampler_chain_add(head_.get(),
                            llama_sampler_init_penalties(model.size, back, s.repeat_penalty,
                                                         s.frequency_penalty, s.presence_penalty));
    memory_ = static_cast<std::size_t>(back);
  }
  if (is_dry(s)) {
    const std::int32_t back = window(s.dry_penalty_last_n, model.context);
    std::vector<const char*> breakers;
    for (const std::string& breaker : s.dry_sequence_breakers)
      breakers.push_back(breaker.c_str());
    const auto allowed = static_cast<std::int32_t>(std::min(s.dry_allowed_length, model.context));
    llama_sampler_chain_add(
        head_.get(), llama_sampler_init_dry(model.vocab, s.dry_multiplier, s.dry_base, allowed,
                                            back, breakers.data(), breakers.size()));
    memory_ = std::max(memory_, static_cast<std::size_t>(back));
  }
}

void Sampler::build_tail(const SampledModel& model, const chat::Sampling& s, std::uint32_t seed) {
  if (is_greedy(s)) {
    count_ = 1;
    return;
  }
  tail_ = new_chain();
  const auto add = [&](llama_sampler* next) { llama_sampler_chain_add(tail_.get(), next); };
  if (s.mirostat != chat::Mirostat::kOff) {
    add(llama_sampler_init_temp(s.temperature));
    add(s.mirostat == chat::Mirostat::kV1
            ? llama_sampler_init_mirostat(model.size, seed, s.mirostat_tau, s.mirostat_eta,
                                          kMirostatCandidates)
            : llama_sampler_init_mirostat_v2(seed, s.mirostat_tau, s.mirostat_eta));
    return;
  }
  count_ = std::min(s.top_k, static_cast<std::uint32_t>(model.size));
  add(llama_sampler_init_top_k(static_cast<std::int32_t>(count_)));
  add(llama_sampler_init_typical(s.typical_p, kKeepOne));
  add(llama_sampler_init_top_p(s.top_p, kKeepOne));
  add(llama_sampler_init_min_p(s.min_p, kKeepOne));
  add(llama_sampler_init_xtc(s.xtc_probability, s.xtc_threshold, kKeepOne, seed));
  add(llama_sampler_init_temp(s.temperature));
  add(llama_sampler_init_dist(seed));
}

// A bias of a token that has one already adds to it.
void Sampler::mark(Token token, float bias) {
  Mark& mark = marks_[static_cast<std::size_t>(token)];
  if (mark == Mark::kOther) {
    special_.push_back({token, bias});
    mark = Mark::kSpecial;
  } else if (bias != 0) {
    const auto same = [&](const Special& one) { return one.token == token; };
    std::find_if(special_.begin(), special_.end(), same)->bias += bias;
  }
}

void Sampler::accept(Token token) {
  if (head_ == nullptr) return;
  llama_sampler_accept(head_.get(), token);
  mark(token, 0);
}

// The special tokens, and of the others as many as can matter; all of them allowed.
std::vector<llama_token_data> Sampler::gather(std::span<float> logits, Allowed allowed) const {
  std::vector<llama_token_data> special;
  special.reserve(special_.size());
  for (const Special& one : special_) {
    float& logit = logits[static_cast<std::size_t>(one.token)];
    special.push_back({one.token, logit, 0.0F});
    logit = kForbidden;
  }
  std::vector<llama_token_data> candidates =
      count_ == 0 ? possible(logits, allowed) : highest(logits, count_, allowed);
  for (std::size_t i = 0; i < special.size(); ++i) {
    logits[static_cast<std::size_t>(special[i].id)] = special[i].logit;
    special[i].logit += special_[i].bias;
    const bool may_be = is_allowed(allowed, static_cast<std::size_t>(special[i].id));
    if (may_be && special[i].logit != kForbidden) candidates.push_back(special[i]);
  }
  return candidates;
}

Result<Token> Sampler::choose(std::span<float> logits, Allowed allowed) {
  if (!are_numbers(logits)) return fail(no_numbers());
  const auto token =
      HEARTH_TRY(guarded("choose a token", [&] { return choose_possible(logits, allowed); }));
  if (token) return *token;
  using Kind = chat::RequestPart::Kind;
  if (allowed.empty()) {
    return fail(Code::kInvalidArgument, "logit_bias and penalties leave no token to choose",
                chat::part_context({Kind::kLogitBias}));
  }
  return fail(Code::kInvalidArgument, "no token of this model goes on with what the answer must be",
              chat::part_context({Kind::kConstraint}));
}

std::optional<Token> Sampler::choose_possible(std::span<float> logits, Allowed allowed) {
  std::vector<llama_token_data> candidates = gather(logits, allowed);
  if (candidates.empty()) return std::nullopt;
  const bool sorted = count_ > 0 && special_.empty();
  llama_token_data_array array{candidates.data(), candidates.size(), -1, sorted};
  if (head_ != nullptr) llama_sampler_apply(head_.get(), &array);
  if (highest_of(candidates) == kForbidden) return std::nullopt;
  if (tail_ != nullptr) {
    llama_sampler_apply(tail_.get(), &array);
  } else {
    array.selected = static_cast<std::int64_t>(place_of_highest(array));
  }
  const Token token = array.data[array.selected].id;
  accept(token);
  return token;
}

}  // namespace hearth::engine
