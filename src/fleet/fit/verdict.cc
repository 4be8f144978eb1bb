#include "fleet/fit/verdict.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace hearth::fleet {

namespace {

constexpr std::uint64_t kContextStep = 256;

std::uint64_t scaled(std::uint64_t bytes, double factor) {
  constexpr auto kMost = std::numeric_limits<std::uint64_t>::max();
  const double product = static_cast<double>(bytes) * factor;
  return product >= static_cast<double>(kMost) ? kMost : static_cast<std::uint64_t>(product);
}

std::uint64_t sum(std::uint64_t left, std::uint64_t right) {
  constexpr auto kMost = std::numeric_limits<std::uint64_t>::max();
  return left > kMost - right ? kMost : left + right;
}

// The largest context below the wish that needs no more than this; 0 where none that is of use
// does. A larger one never needs less.
std::uint64_t largest_context(const Need& need, gguf::MemoryRequest wish, std::uint64_t bytes) {
  std::uint64_t fits = 0;
  std::uint64_t low = kUsefulContext / kContextStep;
  std::uint64_t high = wish.context_tokens / kContextStep;
  while (low <= high) {
    const std::uint64_t middle = low + (high - low) / 2;
    wish.context_tokens = middle * kContextStep;
    if (need.bytes(wish) <= bytes) {
      fits = wish.context_tokens;
      low = middle + 1;
    } else {
      high = middle - 1;
    }
  }
  return fits;
}

}  // namespace

std::string_view verdict_words(Verdict verdict) {
  switch (verdict) {
    case Verdict::kFits:
      return "fits";
    case Verdict::kFitsSmaller:
      return "fits with a smaller context";
    case Verdict::kTight:
      return "tight";
    case Verdict::kDoesNotFit:
      return "does not fit";
    case Verdict::kUnknown:
      return "unknown";
  }
  return "unknown";
}

std::string_view verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::kFits:
      return "fits";
    case Verdict::kFitsSmaller:
      return "fits_smaller";
    case Verdict::kTight:
      return "tight";
    case Verdict::kDoesNotFit:
      return "does_not_fit";
    case Verdict::kUnknown:
      return "unknown";
  }
  return "unknown";
}

Need::Need(const gguf::ModelFacts& facts, const std::optional<SeenMemory>& seen) : facts_(facts) {
  if (!seen || seen->bytes == 0) return;
  const std::uint64_t guessed =
      gguf::estimate_memory(facts, request_of(seen->settings)).total_bytes();
  if (guessed == 0) return;
  correction_ = std::clamp(static_cast<double>(seen->bytes) / static_cast<double>(guessed),
                           kCorrectionLeast, kCorrectionMost);
}

gguf::MemoryEstimate Need::estimate(const gguf::MemoryRequest& request) const {
  return gguf::estimate_memory(facts_, request);
}

std::uint64_t Need::bytes(const gguf::MemoryRequest& request) const {
  return scaled(estimate(request).total_bytes(), correction_);
}

Verdict judge_bytes(std::uint64_t need_bytes, const Machine& machine) {
  if (machine.devices.empty() || machine.devices.front().available_bytes == 0) {
    return Verdict::kUnknown;
  }
  const Device& host = machine.devices.front();
  if (need_bytes <= scaled(host.available_bytes, kBudgetShare)) return Verdict::kFits;
  const bool somehow = need_bytes <= sum(host.available_bytes, host.held_bytes);
  return somehow ? Verdict::kTight : Verdict::kDoesNotFit;
}

Fit judge(const Need& need, const gguf::MemoryRequest& wish, const Machine& machine) {
  const std::uint64_t bytes = need.bytes(wish);
  const Verdict whole = judge_bytes(bytes, machine);
  if (whole == Verdict::kFits || whole == Verdict::kUnknown) {
    return {whole, wish.context_tokens, bytes};
  }
  gguf::MemoryRequest smaller = wish;
  smaller.context_tokens =
      largest_context(need, wish, scaled(machine.devices.front().available_bytes, kBudgetShare));
  if (smaller.context_tokens == 0) return {whole, wish.context_tokens, bytes};
  return {Verdict::kFitsSmaller, smaller.context_tokens, need.bytes(smaller)};
}

Fit within_training(Fit fit, std::uint64_t asked) {
  const bool is_less = asked > fit.context;
  if (is_less && fit.verdict == Verdict::kFits) fit.verdict = Verdict::kFitsSmaller;
  return fit;
}

}  // namespace hearth::fleet
