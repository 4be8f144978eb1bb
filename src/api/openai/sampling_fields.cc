#include "api/openai/sampling_fields.h"

#include <charconv>
#include <limits>

#include <fmt/format.h>

namespace hearth::api::openai {

namespace {

using chat::Sampling;
using json::Node;

constexpr std::int64_t kTokensMax = std::numeric_limits<std::int32_t>::max();
constexpr std::int64_t kTopKMax = 1'000'000;

struct NumberField {
  std::string_view name;
  float Sampling::* member;
  double least;
  double most;
};

constexpr NumberField kNumbers[] = {
    {"temperature", &Sampling::temperature, 0, 2},
    {"top_p", &Sampling::top_p, 0, 1},
    {"min_p", &Sampling::min_p, 0, 1},
    {"typical_p", &Sampling::typical_p, 0, 1},
    {"frequency_penalty", &Sampling::frequency_penalty, -2, 2},
    {"presence_penalty", &Sampling::presence_penalty, -2, 2},
    {"repeat_penalty", &Sampling::repeat_penalty, 0.01, 10},
    {"dry_multiplier", &Sampling::dry_multiplier, 0, 100},
    {"dry_base", &Sampling::dry_base, 1, 10},
    {"xtc_probability", &Sampling::xtc_probability, 0, 1},
    {"xtc_threshold", &Sampling::xtc_threshold, 0, 1},
    {"mirostat_tau", &Sampling::mirostat_tau, 0, 20},
    {"mirostat_eta", &Sampling::mirostat_eta, 0, 1},
};

template <auto member>
Result<void> set_integer(const Node& node, Sampling& sampling, std::int64_t least,
                         std::int64_t most) {
  using Value = std::remove_reference_t<decltype(sampling.*member)>;
  sampling.*member = static_cast<Value>(HEARTH_TRY(node.integer(least, most)));
  return {};
}
Result<void> read_top_k(const Node& node, Sampling& sampling) {
  return set_integer<&Sampling::top_k>(node, sampling, 0, kTopKMax);
}
Result<void> read_repeat_last_n(const Node& node, Sampling& sampling) {
  return set_integer<&Sampling::repeat_last_n>(node, sampling, chat::kWholeContext, kTokensMax);
}
Result<void> read_dry_allowed_length(const Node& node, Sampling& sampling) {
  return set_integer<&Sampling::dry_allowed_length>(node, sampling, 0, kTokensMax);
}
Result<void> read_dry_penalty_last_n(const Node& node, Sampling& sampling) {
  return set_integer<&Sampling::dry_penalty_last_n>(node, sampling, chat::kWholeContext,
                                                    kTokensMax);
}
Result<void> read_mirostat(const Node& node, Sampling& sampling) {
  return set_integer<&Sampling::mirostat>(node, sampling, 0, 2);
}
Result<void> read_seed(const Node& node, Sampling& sampling) {
  sampling.seed = HEARTH_TRY(node.bits64());
  return {};
}
Result<void> read_ignore_eos(const Node& node, Sampling& sampling) {
  sampling.ignore_eos = HEARTH_TRY(node.boolean());
  return {};
}

Result<void> read_breakers(const Node& node, Sampling& sampling) {
  const auto elements = HEARTH_TRY(node.elements());
  if (elements.size() > chat::kDryBreakersMax) {
    return fail(node.wrong(
        fmt::format("has {} texts; the limit is {}", elements.size(), chat::kDryBreakersMax)));
  }
  sampling.dry_sequence_breakers.clear();
  for (const Node& element : elements) {
    const std::string_view text = HEARTH_TRY(element.text());
    if (text.empty() || text.size() > chat::kDryBreakerBytesMax) {
      return fail(element.wrong(fmt::format("must have 1 to {} bytes", chat::kDryBreakerBytesMax)));
    }
    sampling.dry_sequence_breakers.emplace_back(text);
  }
  return {};
}

// Only the usual way to write a number, so that no token stands there twice.
Result<std::int32_t> read_token(std::string_view key, const Node& value) {
  std::int32_t token = 0;
  const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), token);
  const bool whole = error == std::errc() && end == key.data() + key.size();
  if (whole && token >= 0 && std::to_string(token) == key) return token;
  return fail(value.wrong("is not the number of a token"));
}

Result<void> read_logit_bias(const Node& node, Sampling& sampling) {
  const auto members = HEARTH_TRY(node.members());
  if (members.size() > chat::kLogitBiasesMax) {
    return fail(node.wrong(
        fmt::format("has {} tokens; the limit is {}", members.size(), chat::kLogitBiasesMax)));
  }
  for (const auto& [key, value] : members) {
    const std::int32_t token = HEARTH_TRY(read_token(key, value));
    const double bias = HEARTH_TRY(value.number(-chat::kLogitBiasMost, chat::kLogitBiasMost));
    sampling.logit_bias.push_back({token, static_cast<float>(bias)});
  }
  return {};
}

struct OtherField {
  std::string_view name;
  Result<void> (*read)(const Node& node, Sampling& sampling);
};

constexpr OtherField kOthers[] = {
    {"top_k", read_top_k},
    {"repeat_last_n", read_repeat_last_n},
    {"dry_allowed_length", read_dry_allowed_length},
    {"dry_penalty_last_n", read_dry_penalty_last_n},
    {"dry_sequence_breakers", read_breakers},
    {"mirostat", read_mirostat},
    {"logit_bias", read_logit_bias},
    {"seed", read_seed},
    {"ignore_eos", read_ignore_eos},
};

}  // namespace

Result<Known> read_sampling_field(std::string_view name, const Node& node, Sampling& sampling) {
  for (const NumberField& field : kNumbers) {
    if (field.name != name) continue;
    if (node.is_null()) return Known::kYes;
    const double value = HEARTH_TRY(node.number(field.least, field.most));
    sampling.*field.member = static_cast<float>(value);
    return Known::kYes;
  }
  for (const OtherField& field : kOthers) {
    if (field.name != name) continue;
    if (!node.is_null()) HEARTH_TRY(field.read(node, sampling));
    return Known::kYes;
  }
  return Known::kNo;
}

}  // namespace hearth::api::openai
