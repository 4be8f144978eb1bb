#include "cli/finetune/job.h"

#include <algorithm>
#include <cmath>

#include "json/writer.h"

namespace hearth::cli::finetune {

namespace {

constexpr double kBytesPerToken = 4;
// The rate rises in a twentieth of the steps, which spares what the model knows, but in not more
// than the trainer's own 200.
constexpr std::uint64_t kWarmupPart = 20;
constexpr std::uint64_t kWarmupMost = 200;
constexpr std::uint64_t kWarmupUnknown = 20;
// The loss of what is not learned is measured some twenty times.
constexpr std::uint64_t kValidations = 20;
constexpr std::uint64_t kStepsBetweenLeast = 5;
constexpr std::uint64_t kStepsBetweenMost = 500;
constexpr std::uint64_t kStepsBetweenUnknown = 100;
// Of fewer chats none can be spared for validation.
constexpr std::uint64_t kChatsToDivide = 100;
constexpr double kValidationShare = 0.05;

bool has_no_length(const Wishes& wishes) {
  return !wishes.epochs && !wishes.steps && !wishes.minutes;
}

std::uint64_t steps_of_round(const Wishes& wishes, const Material& material) {
  double tokens = 0;
  for (const ChatFile& file : material.data)
    tokens += static_cast<double>(file.bytes) / kBytesPerToken;
  return std::max<std::uint64_t>(1, static_cast<std::uint64_t>(tokens / wishes.batch_tokens));
}

std::uint64_t warmup(std::optional<std::uint64_t> steps) {
  if (!steps) return kWarmupUnknown;
  return std::clamp<std::uint64_t>(*steps / kWarmupPart, 1, kWarmupMost);
}

std::uint64_t steps_between_validations(std::optional<std::uint64_t> steps) {
  if (!steps) return kStepsBetweenUnknown;
  return std::clamp(*steps / kValidations, kStepsBetweenLeast, kStepsBetweenMost);
}

void write_paths(json::Writer& json, std::string_view key, const std::vector<ChatFile>& files) {
  json.key(key).open('[');
  for (const ChatFile& file : files)
    json.text(file.path);
  json.close(']');
}

void write_length(json::Writer& json, const Wishes& wishes) {
  if (wishes.steps) json.key("steps").number(*wishes.steps);
  if (wishes.minutes) json.key("minutes").number(*wishes.minutes);
  if (wishes.epochs) json.key("epochs").number(*wishes.epochs);
  if (has_no_length(wishes)) json.key("epochs").number(kEpochs);
  if (wishes.leg_minutes) json.key("leg_minutes").number(*wishes.leg_minutes);
}

}  // namespace

std::optional<std::uint64_t> expected_steps(const Wishes& wishes, const Material& material) {
  std::optional<std::uint64_t> steps = wishes.steps;
  if (wishes.epochs || has_no_length(wishes)) {
    const auto round = static_cast<double>(steps_of_round(wishes, material));
    const auto all = static_cast<std::uint64_t>(std::ceil(round * wishes.epochs.value_or(kEpochs)));
    steps = std::min(all, steps.value_or(all));
  }
  return steps;
}

std::string job_text(const Wishes& wishes, const Material& material, const WorkFolder& work) {
  const auto steps = expected_steps(wishes, material);
  std::uint64_t chats = 0;
  for (const ChatFile& file : material.data)
    chats += file.chats;
  json::Writer json;
  json.open('{').key("model").text(material.model);
  write_paths(json, "data", material.data);
  write_paths(json, "validation", material.validation);
  json.key("validation_share").number(chats < kChatsToDivide ? 0.0 : kValidationShare);
  json.key("work").text(work.path).key("out").text(work.model());
  json.key("out_type").text(wishes.type);
  write_length(json, wishes);
  json.key("batch_tokens").number(wishes.batch_tokens).key("seed").number(wishes.seed);
  if (wishes.context > 0) json.key("context").number(wishes.context);
  if (wishes.threads > 0) json.key("threads").number(wishes.threads);
  if (wishes.learning_rate) json.key("learning_rate").number(*wishes.learning_rate);
  json.key("warmup_steps").number(warmup(steps));
  json.key("validate_every").number(steps_between_validations(steps));
  return json.close('}').take() + "\n";
}

}  // namespace hearth::cli::finetune
