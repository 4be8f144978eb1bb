#include "memory_probe.h"

#include <algorithm>
#include <utility>

#include "fleet/fit/model_sheet.h"
#include "gguf/file.h"
#include "gguf/model_facts.h"
#include "places.h"
#include "process/memory.h"
#include "runner_client.h"

namespace hearth::testing {

namespace {

constexpr std::uint32_t kAnswerTokens = 8;
constexpr std::uint32_t kTemplateTokens = 48;  // what stands around a prompt, at most
constexpr std::size_t kSampleWords = 256;

std::string words(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i)
    text += " hello";
  return text;
}

// As many words as become so many tokens.
std::string text_of(RunnerClient& runner, std::uint32_t tokens) {
  constexpr std::uint32_t kRequest = 1;
  runner.send(kRequest, wire::Tokenize{{.text = words(kSampleWords)}});
  const auto reply = runner.expect<wire::TokensReply>(kRequest);
  const std::size_t sample = reply ? reply->tokens.ids.size() : kSampleWords;
  return words(std::size_t{tokens} * kSampleWords / std::max<std::size_t>(sample, 1));
}

Result<void> fill(RunnerClient& runner, const wire::Loaded& loaded) {
  constexpr std::uint32_t kRequest = 2;
  const std::uint32_t room = loaded.context - std::min(loaded.context / 2, kTemplateTokens);
  if (loaded.generates) {
    runner.generate(kRequest, make_request(text_of(runner, room - kAnswerTokens), kAnswerTokens));
    const Answer answer = runner.finish(kRequest);
    if (answer.failed) return fail(*answer.failed);
    return {};
  }
  runner.send(kRequest, wire::Embed{{.texts = {text_of(runner, room)}}});
  if (runner.expect<wire::EmbeddingsReply>(kRequest)) return {};
  return fail(Code::kInternal, "the runner did not embed the text");
}

}  // namespace

double HeldMemory::error() const {
  return static_cast<double>(estimate.total_bytes()) / static_cast<double>(used_bytes) - 1.0;
}

Result<HeldMemory> probe_memory(const std::string& path, std::uint32_t context) {
  const gguf::File file = HEARTH_TRY(gguf::File::load(path));
  const gguf::ModelFacts facts = HEARTH_TRY(gguf::ModelFacts::from(file));
  wire::Load load;
  load.context = context;
  load.threads = 1;
  load.prefix_memory_bytes = 0;
  RunnerClient runner(runner_path());
  const wire::Loaded loaded = HEARTH_TRY(runner.load(path, load));
  HeldMemory held;
  held.context = std::min(context, facts.context_trained);
  held.estimate = gguf::estimate_memory(facts, fleet::load_request(facts, load));
  held.loaded_bytes = process::resident_bytes(runner.process().pid());
  HEARTH_TRY(fill(runner, loaded));
  held.used_bytes = process::resident_bytes(runner.process().pid());
  return held;
}

}  // namespace hearth::testing
