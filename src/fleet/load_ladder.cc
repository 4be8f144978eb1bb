#include "fleet/load_ladder.h"

#include <algorithm>

#include <fmt/format.h>

namespace hearth::fleet {

namespace {

// That it would be loaded with: no model gets a larger one than its own.
std::uint32_t real_context(const wire::Load& load, const LadderTerms& terms) {
  if (load.context == 0 || terms.own_context == 0) return std::max(load.context, terms.own_context);
  return std::min(load.context, terms.own_context);
}

}  // namespace

std::optional<wire::Load> one_rung_lower(const wire::Load& load, const LadderTerms& terms) {
  wire::Load lower = load;
  const std::uint32_t context = real_context(load, terms);
  if (load.kv_tokens > context && context > 0) {
    lower.context = context;
    lower.kv_tokens = context;
    return lower;
  }
  if (load.sequences_max > kLoweredSequences) {
    lower.sequences_max = kLoweredSequences;
    return lower;
  }
  const std::uint32_t least =
      std::max(kLoweredContextLeast, std::min(terms.asked_context, context));
  if (context > least) {
    lower.context = std::max(least, context / 2);
    lower.kv_tokens = std::min(lower.kv_tokens, lower.context);
    return lower;
  }
  if (load.sequences_max > 1) {
    lower.sequences_max = 1;
    return lower;
  }
  return std::nullopt;
}

std::string what_is_lower(const wire::Load& load, const wire::Load& planned) {
  std::string words;
  const auto tell = [&](const std::string& what, std::uint32_t now, std::uint32_t before) {
    if (now == before) return;
    if (!words.empty()) words += ", ";
    words += what + (before == 0 ? " in place of the model's own"
                                 : " in place of " + std::to_string(before));
  };
  tell(fmt::format("a context of {} tokens", load.context), load.context, planned.context);
  tell(fmt::format("a pool of {} tokens", load.kv_tokens), load.kv_tokens, planned.kv_tokens);
  tell(load.sequences_max == 1 ? "one answer at a time"
                               : fmt::format("{} answers at a time", load.sequences_max),
       load.sequences_max, planned.sequences_max);
  return words;
}

}  // namespace hearth::fleet
