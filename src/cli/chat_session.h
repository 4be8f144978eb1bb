// A conversation at the prompt: what was said so far, the slash commands, and one turn after the
// other. Ctrl-C stops the answer and not the session; again at the prompt, it leaves.
//
// Threads: confined to the main thread.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/result.h"
#include "cli/answer.h"
#include "cli/interrupt.h"
#include "cli/line_reader.h"
#include "cli/tools/tool_use.h"

namespace hearth::cli {

class ChatSession {
 public:
  using Connect = std::function<Result<DaemonApi>()>;

  struct Parts {
    Connect connect;  // is called for every turn
    Console& console;
    Interrupt& interrupt;
    ToolUse* tools = nullptr;  // null: the model has none
  };
  ChatSession(Parts parts, CompletionRequest start)
      : connect_(std::move(parts.connect)),
        console_(parts.console),
        interrupt_(parts.interrupt),
        tools_(parts.tools),
        request_(std::move(start)) {}

  // Until the user leaves; the exit code.
  Result<int> run();

 private:
  enum class Next : std::uint8_t { kGoOn, kLeave };

  Next take_line(const std::string& line);
  Next take_command(const std::string& line);
  Result<void> answer(const std::string& line);
  Result<Answer> ask();
  Result<void> set_model(const std::string& argument);
  void set_system(const std::string& text);
  void set_thinking(const std::string& word);

  Connect connect_;
  Console& console_;
  Interrupt& interrupt_;
  ToolUse* const tools_;
  CompletionRequest request_;
  std::optional<CompletionSummary> last_;
  bool was_interrupted_ = false;  // the next Ctrl-C leaves
  int exit_code_ = 0;
};

}  // namespace hearth::cli
