// Asks the user for a line: with editing and history on a terminal, plainly from a pipe. While it
// does not ask, the terminal is as it was.
//
// Threads: confined to the main thread.
// Errors:  when the input cannot be read.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <termios.h>

#include "base/result.h"
#include "cli/console.h"
#include "cli/interrupt.h"
#include "cli/line_editor.h"

namespace hearth::cli {

class LineReader {
 public:
  enum class Kind : std::uint8_t { kText, kInterrupted, kEnd };
  struct Line {
    Kind kind = Kind::kEnd;
    std::string text;       // when interrupted, what had been typed
    bool is_final = false;  // interrupted by what must be obeyed: SIGTERM
  };

  LineReader(Console& console, Interrupt& interrupt) : console_(console), interrupt_(interrupt) {}

  Result<Line> read(std::string_view prompt);

 private:
  Result<Line> read_terminal(std::string_view prompt);
  Result<Line> read_pipe();
  // More input into pending_: false at the end or when interrupted_ is set.
  Result<bool> fill();
  void draw(std::string_view prompt);
  void finish_drawing();

  Console& console_;
  Interrupt& interrupt_;
  LineEditor editor_;
  std::string pending_;         // read and not used yet
  int interrupted_ = 0;         // the signal
  std::size_t cursor_row_ = 0;  // below the first row of the prompt
  std::size_t last_row_ = 0;
};

// While it lives, keys are not shown and lines are not edited by the terminal, but Ctrl-C still
// is a signal: for the time in which an answer is printed. Nothing when the input is no terminal.
class QuietTerminal {
 public:
  explicit QuietTerminal(const Console& console);
  ~QuietTerminal();
  QuietTerminal(const QuietTerminal&) = delete;
  QuietTerminal& operator=(const QuietTerminal&) = delete;

 private:
  int terminal_;
  std::optional<termios> before_;
};

}  // namespace hearth::cli
