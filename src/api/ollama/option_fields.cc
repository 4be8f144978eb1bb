#include "api/ollama/option_fields.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <limits>

#include <fmt/format.h>

#include "api/openai/sampling_fields.h"
#include "base/nearest.h"

namespace hearth::api::ollama {

namespace {

using json::Node;

constexpr std::int64_t kTokensMax = std::numeric_limits<std::int32_t>::max();
constexpr std::int64_t kRandomSeed = -1;

// About the machine, or gone from Ollama, too. A context is a setting of the model or the daemon:
// one for each request would load the model anew each time.
constexpr std::string_view kIgnored[] = {
    "num_ctx",
    "num_keep",
    "num_batch",
    "num_gpu",
    "main_gpu",
    "num_thread",
    "use_mmap",
    "use_mlock",
    "numa",
    "low_vram",
    "f16_kv",
    "logits_all",
    "vocab_only",
    "num_gqa",
    "rope_frequency_base",
    "rope_frequency_scale",
    "embedding_only",
    "tfs_z",
    "penalize_newline",
    "draft_num_predict",
    "penalty_newline",
};

// For whoever mistypes one.
constexpr std::string_view kHonoured[] = {
    "num_predict",
    "stop",
    "temperature",
    "top_k",
    "top_p",
    "min_p",
    "typical_p",
    "repeat_last_n",
    "repeat_penalty",
    "presence_penalty",
    "frequency_penalty",
    "mirostat",
    "mirostat_tau",
    "mirostat_eta",
    "seed",
};

bool is_ignored(std::string_view name) {
  return std::find(std::begin(kIgnored), std::end(kIgnored), name) != std::end(kIgnored);
}

Failure unknown(std::string_view name, const Node& node) {
  std::array<std::string_view, std::size(kIgnored) + std::size(kHonoured)> names;
  const auto more = std::copy(std::begin(kHonoured), std::end(kHonoured), names.begin());
  std::copy(std::begin(kIgnored), std::end(kIgnored), more);
  const std::string_view near = base::nearest(name, names);
  return fail(node.wrong(near.empty() ? std::string("is not an option that is supported here")
                                      : fmt::format("is not an option; did you mean {}?", near)));
}

// Below zero: as long as there is room for.
Result<void> read_num_predict(const Node& node, Ask& ask) {
  const std::int64_t tokens = HEARTH_TRY(node.integer(-2, kTokensMax));
  if (tokens == 0) {
    return fail(
        node.wrong("is 0, which would be no answer at all; send 1 or more, -1 for as many "
                   "tokens as fit, or an empty prompt to load the model"));
  }
  ask.call.request.max_tokens = static_cast<std::uint32_t>(tokens < 0 ? kTokensMax : tokens);
  return {};
}

bool is_random_seed(std::string_view name, const Node& node) {
  return name == "seed" && node.integer(kRandomSeed, kRandomSeed).has_value();
}

Result<void> read_option(std::string_view name, const Node& node, Ask& ask) {
  if (name == "num_predict") return read_num_predict(node, ask);
  if (name == "stop") return openai::read_stop(node, ask.call);
  if (is_random_seed(name, node)) {
    ask.call.request.sampling.seed.reset();
    return {};
  }
  if (is_ignored(name)) {
    openai::note_ignored(ask.call, node.path());
    return {};
  }
  const auto known = HEARTH_TRY(openai::read_sampling_field(name, node, ask.call.request.sampling));
  if (known == openai::Known::kYes) return {};
  return unknown(name, node);
}

}  // namespace

Result<void> read_options(const Node& node, Ask& ask) {
  for (const auto& [name, value] : HEARTH_TRY(node.members())) {
    if (!value.is_null()) HEARTH_TRY(read_option(name, value, ask));
  }
  return {};
}

Result<void> ignore_options(const Node& node, std::vector<std::string>& ignored) {
  Ask ask;
  for (const auto& [name, value] : HEARTH_TRY(node.members())) {
    if (value.is_null()) continue;
    HEARTH_TRY(read_option(name, value, ask));
    ignored.push_back(value.path());
  }
  return {};
}

}  // namespace hearth::api::ollama
