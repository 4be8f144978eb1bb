#include "api/llamacpp/sampler_fields.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <limits>
#include <vector>

#include <fmt/format.h>

namespace hearth::api::llamacpp {

namespace {

using chat::Sampling;
using json::Node;
using openai::Known;

constexpr std::int64_t kTokenMax = std::numeric_limits<std::int32_t>::max();
constexpr std::int64_t kTopKMax = 1'000'000;
constexpr double kNumberMost = 1e9;

// What llama-server reads as "any": -1, and the same as an unsigned number.
bool is_random_seed(const Node& node) {
  constexpr std::int64_t kUnsigned = std::numeric_limits<std::uint32_t>::max();
  return node.integer(-1, -1).has_value() || node.integer(kUnsigned, kUnsigned).has_value();
}

// At most 0 is all of them.
Result<void> read_top_k(const Node& node, Sampling& sampling) {
  const std::int64_t count = HEARTH_TRY(node.integer(-kTokenMax, kTopKMax));
  sampling.top_k = static_cast<std::uint32_t>(std::max<std::int64_t>(0, count));
  return {};
}

// [token, bias], or [token, false] for one that must not come.
Result<chat::LogitBias> read_bias(const Node& pair) {
  const auto elements = HEARTH_TRY(pair.elements());
  if (elements.size() != 2) return fail(pair.wrong("must be [token, bias]"));
  if (elements[0].is_string()) {
    return fail(elements[0].wrong("must be the number of a token; /tokenize tells it"));
  }
  chat::LogitBias bias;
  bias.token = static_cast<std::int32_t>(HEARTH_TRY(elements[0].integer(0, kTokenMax)));
  if (const auto wanted = elements[1].boolean()) {
    if (*wanted) return fail(elements[1].wrong("must be a number or false"));
    bias.bias = -std::numeric_limits<float>::infinity();
    return bias;
  }
  const double most = chat::kLogitBiasMost;
  bias.bias = static_cast<float>(HEARTH_TRY(elements[1].number(-most, most)));
  return bias;
}

Result<void> read_biases(const Node& node, Sampling& sampling) {
  const auto elements = HEARTH_TRY(node.elements());
  if (elements.size() > chat::kLogitBiasesMax) {
    return fail(node.wrong(
        fmt::format("has {} tokens; the limit is {}", elements.size(), chat::kLogitBiasesMax)));
  }
  for (const Node& element : elements)
    sampling.logit_bias.push_back(HEARTH_TRY(read_bias(element)));
  return {};
}

// Of samplers that are not here: up to this value they do nothing.
struct Absent {
  std::string_view name;
  double most;
};
constexpr Absent kAbsent[] = {
    {"top_n_sigma", 0},     {"dynatemp_range", 0},           {"min_keep", 1},
    {"adaptive_target", 0}, {"adaptive_decay", kNumberMost}, {"dynatemp_exponent", kNumberMost},
};

Result<Known> check_absent(std::string_view name, const Node& node) {
  for (const Absent& absent : kAbsent) {
    if (absent.name != name) continue;
    const double value = HEARTH_TRY(node.number(-kNumberMost, kNumberMost));
    if (value <= absent.most) return Known::kYes;
    return fail(node.wrong("is not supported here; leave it out"));
  }
  return Known::kNo;
}

// In the order in which they are used.
struct Named {
  std::string_view name;
  char letter;  // in a text of letters
  void (*turn_off)(Sampling& sampling);
};
constexpr Named kSamplers[] = {
    {"penalties", 'e',
     [](Sampling& s) {
       s.repeat_penalty = 1;
       s.frequency_penalty = 0;
       s.presence_penalty = 0;
     }},
    {"dry", 'd', [](Sampling& s) { s.dry_multiplier = 0; }},
    {"top_n_sigma", 's', [](Sampling&) {}},
    {"top_k", 'k', [](Sampling& s) { s.top_k = 0; }},
    {"typ_p", 'y', [](Sampling& s) { s.typical_p = 1; }},
    {"top_p", 'p', [](Sampling& s) { s.top_p = 1; }},
    {"min_p", 'm', [](Sampling& s) { s.min_p = 0; }},
    {"xtc", 'x', [](Sampling& s) { s.xtc_probability = 0; }},
    {"temperature", 't', [](Sampling& s) { s.temperature = 1; }},
};
// Not here: they change which tokens come, and nobody can rely on what they do.
constexpr Named kOthers[] = {
    {"infill", 'i', nullptr},
    {"adaptive_p", 'a', nullptr},
};
struct Alias {
  std::string_view name;
  std::string_view means;
};
constexpr Alias kAliases[] = {{"typical_p", "typ_p"},  {"typical", "typ_p"}, {"typ", "typ_p"},
                              {"temp", "temperature"}, {"top-k", "top_k"},   {"top-p", "top_p"},
                              {"min-p", "min_p"},      {"nucleus", "top_p"}};

std::string_view usual_name(std::string_view name) {
  for (const Alias& alias : kAliases) {
    if (alias.name == name) return alias.means;
  }
  return name;
}

struct Choice {
  bool used[std::size(kSamplers)] = {};
  std::size_t last = 0;  // where the one before stands
  bool is_ours = true;   // in our order, and nothing beside
};

// Whether there is such a sampler.
template <typename Fits>
bool use(Choice& choice, Fits fits) {
  const auto* named = std::find_if(std::begin(kSamplers), std::end(kSamplers), fits);
  if (named != std::end(kSamplers)) {
    const auto place = static_cast<std::size_t>(named - std::begin(kSamplers));
    choice.is_ours = choice.is_ours && place >= choice.last;
    choice.last = place;
    choice.used[place] = true;
    return true;
  }
  choice.is_ours = false;
  return std::any_of(std::begin(kOthers), std::end(kOthers), fits);
}

Result<Choice> read_choice(const Node& node) {
  Choice choice;
  if (node.is_string()) {
    for (const char letter : HEARTH_TRY(node.text())) {
      if (use(choice, [&](const Named& named) { return named.letter == letter; })) continue;
      return fail(node.wrong(fmt::format("has '{}', which is no sampler", letter)));
    }
    return choice;
  }
  for (const Node& element : HEARTH_TRY(node.elements())) {
    const std::string_view name = usual_name(HEARTH_TRY(element.text()));
    if (use(choice, [&](const Named& named) { return named.name == name; })) continue;
    return fail(element.wrong("is no sampler that is known here"));
  }
  return choice;
}

}  // namespace

Result<Known> read_sampler_field(std::string_view name, const Node& node, Sampling& sampling) {
  if (name == "seed" && is_random_seed(node)) {
    sampling.seed.reset();
    return Known::kYes;
  }
  if (name == "top_k") {
    HEARTH_TRY(read_top_k(node, sampling));
    return Known::kYes;
  }
  if (name == "logit_bias" && node.is_array()) {
    HEARTH_TRY(read_biases(node, sampling));
    return Known::kYes;
  }
  const Known absent = HEARTH_TRY(check_absent(name, node));
  if (absent == Known::kYes) return Known::kYes;
  return openai::read_sampling_field(name, node, sampling);
}

Result<void> read_samplers(const Node& node, openai::ChatCall& call) {
  const Choice choice = HEARTH_TRY(read_choice(node));
  for (std::size_t i = 0; i < std::size(kSamplers); ++i) {
    if (!choice.used[i]) kSamplers[i].turn_off(call.request.sampling);
  }
  if (!choice.is_ours) openai::note_ignored(call, node.path());
  return {};
}

}  // namespace hearth::api::llamacpp
