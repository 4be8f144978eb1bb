#include "store/modelfile/parameter_rules.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "base/nearest.h"
#include "store/name/name_rules.h"

namespace hearth::store {

namespace {

using Kind = ParameterRule::Kind;
using Use = ParameterRule::Use;

constexpr double kIntegerMost = std::numeric_limits<std::int32_t>::max();
constexpr double kContextMost = 16 * 1024 * 1024;
constexpr double kStopBytesMost = 1024;
constexpr double kSeedMost = 9'007'199'254'740'992;  // 2^53: exact as a double
constexpr std::string_view kStop = "stop";
constexpr std::string_view kAnswerTokens = "num_predict";

// The ranges are those of requests and loads: what is beyond would be dropped there.
constexpr std::array kRules{
    ParameterRule{"num_ctx", Kind::kInteger, 1, kContextMost},
    ParameterRule{kAnswerTokens, Kind::kInteger, -2, kIntegerMost},
    ParameterRule{"temperature", Kind::kNumber, 0, 2},
    ParameterRule{"top_k", Kind::kInteger, 0, 1'000'000},
    ParameterRule{"top_p", Kind::kNumber, 0, 1},
    ParameterRule{"min_p", Kind::kNumber, 0, 1},
    ParameterRule{"typical_p", Kind::kNumber, 0, 1},
    ParameterRule{"repeat_penalty", Kind::kNumber, 0.01, 10},
    ParameterRule{"repeat_last_n", Kind::kInteger, -1, kIntegerMost},
    ParameterRule{"presence_penalty", Kind::kNumber, -2, 2},
    ParameterRule{"frequency_penalty", Kind::kNumber, -2, 2},
    ParameterRule{"mirostat", Kind::kInteger, 0, 2},
    ParameterRule{"mirostat_tau", Kind::kNumber, 0, 20},
    ParameterRule{"mirostat_eta", Kind::kNumber, 0, 1},
    ParameterRule{"seed", Kind::kInteger, -kSeedMost, kSeedMost},
    ParameterRule{kStop, Kind::kText, 1, kStopBytesMost},
    ParameterRule{"num_thread", Kind::kInteger, 0, 1024},
    ParameterRule{"num_gpu", Kind::kInteger, -1, 100'000},
    ParameterRule{"num_keep", Kind::kInteger, -1, kIntegerMost, Use::kKept},
    ParameterRule{"main_gpu", Kind::kInteger, 0, kIntegerMost, Use::kKept},
    ParameterRule{"num_batch", Kind::kInteger, 1, kIntegerMost, Use::kKept},
    ParameterRule{"num_gqa", Kind::kInteger, 0, kIntegerMost, Use::kKept},
    ParameterRule{"draft_num_predict", Kind::kInteger, 0, kIntegerMost, Use::kKept},
    ParameterRule{"tfs_z", Kind::kNumber, 0, 1'000, Use::kKept},
    ParameterRule{"penalize_newline", Kind::kTruth, 0, 0, Use::kKept},
    ParameterRule{"numa", Kind::kTruth, 0, 0, Use::kKept},
    ParameterRule{"low_vram", Kind::kTruth, 0, 0, Use::kKept},
    ParameterRule{"f16_kv", Kind::kTruth, 0, 0, Use::kKept},
    ParameterRule{"logits_all", Kind::kTruth, 0, 0, Use::kKept},
    ParameterRule{"vocab_only", Kind::kTruth, 0, 0, Use::kKept},
    ParameterRule{"use_mmap", Kind::kTruth, 0, 0, Use::kKept},
    ParameterRule{"use_mlock", Kind::kTruth, 0, 0, Use::kKept},
};

Failure unknown_parameter(std::string_view name) {
  std::array<std::string_view, kRules.size()> names;
  std::transform(kRules.begin(), kRules.end(), names.begin(),
                 [](const ParameterRule& rule) { return rule.name; });
  const std::string_view meant = base::nearest(lower_case(name), names);
  const std::string hint =
      meant.empty() ? "docs/modelfile.md lists them all" : fmt::format("did you mean {}?", meant);
  return fail(Code::kInvalidArgument,
              fmt::format("no parameter is called {}; {}", in_quotes(name), hint));
}

// Also "1e-3" and ".5", and nothing behind it.
bool is_number(std::string_view text, double& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && std::isfinite(value);
}

bool is_integer(std::string_view text, double& value) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  value = static_cast<double>(number);
  return error == std::errc() && end == text.data() + text.size();
}

// What Go's and everybody's Modelfiles have.
bool is_truth(std::string_view text) {
  constexpr std::array<std::string_view, 6> kTruths{"true", "false", "t", "f", "1", "0"};
  return std::find(kTruths.begin(), kTruths.end(), lower_case(text)) != kTruths.end();
}

bool fits(const ParameterRule& rule, std::string_view value) {
  double number = 0;
  switch (rule.kind) {
    case Kind::kInteger:
      return is_integer(value, number) && number >= rule.least && number <= rule.most;
    case Kind::kNumber:
      return is_number(value, number) && number >= rule.least && number <= rule.most;
    case Kind::kTruth:
      return is_truth(value);
    case Kind::kText:
      number = static_cast<double>(value.size());
      return number >= rule.least && number <= rule.most;
  }
  return false;
}

bool is_no_answer(const Parameter& parameter) {
  double tokens = -1;
  return parameter.name == kAnswerTokens && is_integer(parameter.value, tokens) && tokens == 0;
}

std::string wanted(const ParameterRule& rule) {
  switch (rule.kind) {
    case Kind::kInteger:
      return fmt::format("a whole number from {:.0f} to {:.0f}", rule.least, rule.most);
    case Kind::kNumber:
      return fmt::format("a number from {} to {}", rule.least, rule.most);
    case Kind::kTruth:
      return "true or false";
    case Kind::kText:
      return fmt::format("a text of {} to {} bytes", rule.least, rule.most);
  }
  return "";
}

}  // namespace

Result<ParameterRule> check_known_parameter(const Parameter& parameter) {
  const auto rule = std::find_if(kRules.begin(), kRules.end(), [&](const ParameterRule& each) {
    return each.name == parameter.name;
  });
  if (rule == kRules.end()) return unknown_parameter(parameter.name);
  if (is_no_answer(parameter)) {
    return fail(Code::kInvalidArgument,
                fmt::format("the parameter num_predict is {}, which would be no answer at all; "
                            "take 1 or more, or -1 for as many tokens as fit",
                            in_quotes(parameter.value)));
  }
  if (fits(*rule, parameter.value)) return *rule;
  return fail(Code::kInvalidArgument,
              fmt::format("the parameter {} is {}, and has to be {}", parameter.name,
                          in_quotes(parameter.value), wanted(*rule)));
}

bool is_list(std::string_view parameter_name) {
  return parameter_name == kStop;
}

}  // namespace hearth::store
