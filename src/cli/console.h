// Where a command reads and writes: results to the output, everything else to the notices. On a
// terminal, text of models, files and daemons is stripped of what would control the terminal; in
// a pipe the bytes are left as they are.
//
// Ownership: borrows the descriptors.
// Threads:   thread-compatible.
// Errors:    a reader that went away (`| head`) makes is_gone() true; nothing else is told.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/terminal_filter.h"

namespace hearth::cli {

inline constexpr std::size_t kColumnsUsual = 80;

class Console {
 public:
  Console(int input, int output, int notices);

  int input() const { return input_; }
  int output() const { return output_; }
  bool input_is_terminal() const { return input_is_terminal_; }
  bool output_is_terminal() const { return output_is_terminal_; }
  bool notices_are_terminal() const { return notices_are_terminal_; }

  // A result, complete.
  void print(std::string_view text);
  // A result that arrives in pieces; end_stream() after the last one.
  void stream(std::string_view piece);
  void end_stream();
  // To the output without any filter: for what we made ourselves, such as a prompt.
  void print_raw(std::string_view text);
  // A line on the notices.
  void notice(std::string_view text);
  // To the notices without any filter, as print_raw().
  void notice_raw(std::string_view text);
  // Of the terminal that shows the notices; kColumnsUsual where it does not tell.
  std::size_t notice_columns() const;

  bool is_gone() const { return gone_; }

 private:
  void write_output(std::string_view bytes);

  int input_;
  int output_;
  int notices_;
  bool input_is_terminal_;
  bool output_is_terminal_;
  bool notices_are_terminal_;
  bool gone_ = false;
  TerminalFilter stream_filter_;
};

// Everything until the end. kResourceExhausted above limit_bytes.
Result<std::string> read_all(int fd, std::size_t limit_bytes);

}  // namespace hearth::cli
