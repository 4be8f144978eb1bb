// Tools that a model may use at the prompt: `hearth chat --tools` and `hearth run --run-tools`. The
// daemon only answers; calls are made here, where somebody can be asked and interrupts them, as
// agent::Turn decides. Each call and the beginning of what came of it is a line of the notices.
//
// Ownership: borrows the console and the interrupt.
// Threads:   confined to the main thread.
// Errors:    create(): what is wrong with the options. answer(): the daemon's.
// Limits:    agent::Limits, with the rounds that were asked for.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "agent/turn.h"
#include "agent/wish.h"
#include "base/result.h"
#include "cli/answer.h"
#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/tools/tool_consent.h"
#include "cli/tools/tool_place.h"
#include "tool/toolbox.h"

namespace hearth::cli {

struct ToolUseWish {
  std::string names;  // "all", or names with commas between; empty: none are used
  PlaceWish place;
  std::uint32_t rounds = agent::kRoundsUsual;
};
// The flag --tools[=NAMES], called so or otherwise, --workspace, --approve and --rounds.
void add_tool_use_options(CLI::App& command, const std::string& flag, ToolUseWish& wish);

class ToolUse {
 public:
  static Result<std::unique_ptr<ToolUse>> create(const ToolUseWish& wish, Context& context,
                                                 Interrupt& interrupt);

  // Asks until the model has answered. The request gets the rounds before that as messages, none of
  // a round that was interrupted, and not the answer itself.
  Result<Answer> answer(const DaemonApi& daemon, CompletionRequest& request, Display display);
  // Which tools there are and where they work.
  std::string greeting() const;

 private:
  ToolUse(std::unique_ptr<tool::Toolbox> toolbox, tool::Policy policy, Context& context,
          Interrupt& interrupt);

  // One answer of the model, added to the whole.
  Result<Answer> ask(const DaemonApi& daemon, const CompletionRequest& request, Display display,
                     Answer& whole);
  // kCancelled when somebody has interrupted it.
  Result<std::vector<chat::Message>> make_calls(agent::Turn& turn, const Answer& answer);
  Result<tool::Outcome> make_call(const agent::Step& step);
  void show(const std::string& line);

  const std::unique_ptr<tool::Toolbox> toolbox_;
  const tool::Policy policy_;
  Console& console_;
  Interrupt& interrupt_;
  ToolConsent consent_{console_, interrupt_};
  std::vector<tool::Spec> specs_;
  agent::Limits limits_;
};

// As an OpenAI request lists them.
std::string tools_field(const std::vector<tool::Spec>& specs);

}  // namespace hearth::cli
