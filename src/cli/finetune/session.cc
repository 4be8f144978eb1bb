#include "cli/finetune/session.h"

#include <csignal>
#include <filesystem>
#include <string>

#include <fmt/format.h>

#include "base/units.h"
#include "cli/command.h"
#include "cli/finetune/training_event.h"
#include "cli/placing.h"
#include "cli/runner_work.h"
#include "json/writer.h"

namespace hearth::cli::finetune {

namespace {

using Kind = TrainingEvent::Kind;

// With fewer, a model of some size has hardly learned anything.
constexpr std::uint64_t kFewSteps = 20;
constexpr std::string_view kGoOn = "The same command goes on from there.";

std::string plural(std::uint64_t count, const std::string& one) {
  return thousands(count) + " " + one + (count == 1 ? "" : "s");
}

std::uint64_t bytes_of(const std::string& path) {
  std::error_code error;
  const std::uintmax_t bytes = std::filesystem::file_size(path, error);
  return error ? 0 : bytes;
}

class Session {
 public:
  Session(const Wishes& wishes, const Preparation& preparation, Console& console)
      : wishes_(wishes),
        preparation_(preparation),
        console_(console),
        display_(console, wishes.json ? DisplayStyle::kSilent
                                      : display_style(console, config::system_environment())) {}

  Result<int> run() {
    introduce();
    Interrupt interrupt;
    const WorkEars ears{
        [this](std::string_view line) { hear(line); },
        [this](std::string_view line) { pass_on("hearth-runner: " + std::string(line)); },
        [this] {
          display_.say("Stopping at the next checkpoint; Ctrl-C again ends it without one.");
        },
        [this] { return console_.is_gone(); }};
    const WorkEnd end = HEARTH_TRY(
        run_work({preparation_.runner, {"--train", preparation_.work.job()}}, interrupt, ears));
    display_.finish();
    return conclude(end);
  }

 private:
  void introduce() {
    std::uint64_t chats = 0;
    for (const ChatFile& file : preparation_.material.data)
      chats += file.chats;
    const BaseModel& base = preparation_.base;
    display_.say(fmt::format("Teaching '{}' {}, beginning with '{}' ({} parameters).", wishes_.name,
                             plural(chats, "chat"), base.file.name,
                             count_text(base.facts.parameters)));
    display_.say(fmt::format("{} in '{}'.",
                             preparation_.goes_on ? "It goes on from its checkpoint"
                                                  : "What it needs to go on another time is kept",
                             preparation_.work.path));
    if (is_quantised(base.facts)) {
      display_.say("The weights of '" + base.file.name + "' are rounded (" +
                   base.facts.quantisation + "); F16 or F32 is a better beginning.");
    }
    const auto steps = expected_steps(wishes_, preparation_.material);
    if (steps && *steps < kFewSteps) {
      display_.say(
          fmt::format("That is about {}, with which little is learned; --epochs or "
                      "--steps make it more.",
                      plural(*steps, "step")));
    }
  }

  // Also to whoever reads events: why a trainer died stands nowhere else.
  void pass_on(const std::string& words) {
    if (wishes_.json) console_.notice(words);
    display_.say(words);
  }

  void hear(std::string_view line) {
    const auto event = parse_training_event(line);
    if (event) {
      hear(*event, line);
    } else {
      pass_on("hearth-runner: " + std::string(line));
    }
  }

  void hear(const TrainingEvent& event, std::string_view line) {
    if (wishes_.json) console_.print(std::string(line) + "\n");
    display_.take(event);
    if (event.kind == Kind::kStarted) tell_start(event);
    if (event.kind == Kind::kCheckpoint) checkpoint_ = event.step;
    const bool is_end = event.kind == Kind::kStopped || event.kind == Kind::kFinished ||
                        event.kind == Kind::kFailed;
    if (is_end) last_ = event;
  }

  void tell_start(const TrainingEvent& started) {
    checkpoint_ = started.step;
    std::string text = fmt::format("Learning {} of {} tokens", plural(started.lessons, "lesson"),
                                   thousands(started.tokens));
    if (started.validation_lessons > 0)
      text += fmt::format(", measuring with {} others", thousands(started.validation_lessons));
    if (started.cut > 0)
      text += fmt::format("; {} were cut at the context", thousands(started.cut));
    if (started.step > 0) text += fmt::format("; going on behind step {}", thousands(started.step));
    display_.say(text + ".");
  }

  Result<int> conclude(const WorkEnd& end) {
    if (last_.kind == Kind::kFinished && end.status.is_success()) return finish();
    if (last_.kind == Kind::kStopped && last_.why == "leg") {
      display_.say(fmt::format("This leg is over at step {}. {}", thousands(last_.step), kGoOn));
      return kExitPartial;
    }
    if (end.was_stopped) {
      const std::string where =
          checkpoint_ > 0 ? fmt::format("with the checkpoint of step {}", thousands(checkpoint_))
                          : "before its first checkpoint";
      display_.say(fmt::format("Stopped {}. {}", where, kGoOn));
      return console_.is_gone() ? kExitFailed : kExitCancelled;
    }
    if (last_.kind == Kind::kFailed) return fail(failure());
    return fail(Code::kEngineCrashed, crash(end.status));
  }

  Error failure() const {
    std::string text = "the training failed: " + last_.why;
    for (const auto* files : {&preparation_.material.data, &preparation_.material.validation}) {
      for (const ChatFile& file : *files) {
        if (!last_.why.starts_with(file.path + ":")) continue;
        text += "\nEach line is a conversation, for example:\n  " + std::string(kExampleLine);
      }
    }
    return make_error(Code::kUpstream, text);
  }

  std::string crash(const process::ExitStatus& status) const {
    std::string text = "the trainer ended by itself (" + status.to_string() + ")";
    if (status.signal == SIGKILL)
      text +=
          "; the system may have been out of memory, of which a smaller --batch-tokens takes less";
    if (checkpoint_ > 0)
      text += fmt::format(". There is a checkpoint of step {}; the same command goes on from there",
                          thousands(checkpoint_));
    return text;
  }

  Result<int> finish() {
    HEARTH_TRY(put_in_place(preparation_.work.model(), preparation_.target));
    HEARTH_TRY(note_placed(preparation_));
    console_.print(wishes_.json ? json_result() : text_result());
    return kExitDone;
  }

  std::string json_result() const {
    json::Writer json;
    json.open('{').key("event").text("installed").key("model").text(known_as());
    json.key("path").text(preparation_.target);
    json.key("curve").text(preparation_.work.curve());
    json.key("picture").text(preparation_.work.picture());
    return json.close('}').take() + "\n";
  }

  // By which other commands know it.
  std::string known_as() const { return wishes_.out.empty() ? wishes_.name : preparation_.target; }

  std::string text_result() const {
    const auto first = display_.progress().first_loss();
    std::string losses = fmt::format("loss {:.3f}", last_.loss);
    if (first && !preparation_.goes_on) losses += fmt::format(", at first {:.3f}", *first);
    if (last_.validation_loss) losses += fmt::format("; validation {:.3f}", *last_.validation_loss);
    return fmt::format(
        "'{}' is ready: hearth chat {}\n"
        "  {}, {}, {} tokens in {}\n"
        "  model   {} ({})\n"
        "  curve   {}\n"
        "  picture {}\n",
        wishes_.name, known_as(), losses, plural(last_.step, "step"), thousands(last_.tokens),
        duration_text(last_.seconds), preparation_.target,
        base::format_bytes(bytes_of(preparation_.target)), preparation_.work.curve(),
        preparation_.work.picture());
  }

  const Wishes& wishes_;
  const Preparation& preparation_;
  Console& console_;
  ProgressDisplay display_;
  TrainingEvent last_;  // how it ended
  std::uint64_t checkpoint_ = 0;
};

}  // namespace

Result<int> train(const Wishes& wishes, const Preparation& preparation, Console& console) {
  return Session(wishes, preparation, console).run();
}

}  // namespace hearth::cli::finetune
