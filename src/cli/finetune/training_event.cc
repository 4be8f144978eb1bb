#include "cli/finetune/training_event.h"

#include <limits>

#include "json/node.h"
#include "json/parse.h"

namespace hearth::cli::finetune {

namespace {

using Kind = TrainingEvent::Kind;

struct Name {
  std::string_view word;
  Kind kind;
};
constexpr Name kNames[] = {{"reading", Kind::kReading}, {"started", Kind::kStarted},
                           {"step", Kind::kStep},       {"checkpoint", Kind::kCheckpoint},
                           {"stopped", Kind::kStopped}, {"finished", Kind::kFinished},
                           {"failed", Kind::kFailed}};

struct Count {
  std::string_view name;
  std::uint64_t TrainingEvent::* member;
};
constexpr Count kCounts[] = {{"step", &TrainingEvent::step},
                             {"conversations", &TrainingEvent::conversations},
                             {"parameters", &TrainingEvent::parameters},
                             {"lessons", &TrainingEvent::lessons},
                             {"validation_lessons", &TrainingEvent::validation_lessons},
                             {"cut", &TrainingEvent::cut},
                             {"tokens", &TrainingEvent::tokens}};

struct Amount {
  std::string_view name;
  double TrainingEvent::* member;
};
constexpr Amount kAmounts[] = {{"seconds", &TrainingEvent::seconds},
                               {"loss", &TrainingEvent::loss},
                               {"done", &TrainingEvent::done},
                               {"tokens_per_second", &TrainingEvent::tokens_per_second}};

struct Words {
  std::string_view name;
  std::string TrainingEvent::* member;
};
constexpr Words kWords[] = {
    {"why", &TrainingEvent::why}, {"error", &TrainingEvent::why}, {"code", &TrainingEvent::code}};

constexpr double kMost = std::numeric_limits<double>::max();

}  // namespace

Result<TrainingEvent> parse_training_event(std::string_view line) {
  const boost::json::value value = HEARTH_TRY(json::parse(line));
  const json::Node root(value);
  if (!root.is_object()) return fail(root.wrong("must be an object"));
  const json::Node name = HEARTH_TRY(root.require("event"));
  const std::string_view word = HEARTH_TRY(name.text());
  TrainingEvent event;
  for (const Name& known : kNames)
    if (known.word == word) event.kind = known.kind;
  for (const Count& count : kCounts)
    if (const auto found = root.find(count.name)) event.*count.member = HEARTH_TRY(found->bits64());
  for (const Amount& amount : kAmounts)
    if (const auto found = root.find(amount.name))
      event.*amount.member = HEARTH_TRY(found->number(-kMost, kMost));
  for (const Words& words : kWords)
    if (const auto found = root.find(words.name))
      event.*words.member = std::string(HEARTH_TRY(found->text()));
  if (const auto found = root.find("validation_loss"))
    event.validation_loss = HEARTH_TRY(found->number(-kMost, kMost));
  return event;
}

}  // namespace hearth::cli::finetune
