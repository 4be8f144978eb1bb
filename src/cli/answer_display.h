// An answer as a terminal shows it while it is written: what the model thinks is dim and stands
// apart from what it says. In a pipe, only what it says is written, as it is.
//
// Ownership: borrows the console.
// Threads:   confined to the main thread.
#pragma once

#include <string_view>

#include "cli/console.h"
#include "cli/daemon_api.h"

namespace hearth::cli {

class AnswerDisplay {
 public:
  explicit AnswerDisplay(Console& console) : console_(console) {}

  void add(const AnswerPart& part);
  // After the last part: no line stays open.
  void finish();

 private:
  void show_thinking(std::string_view text);
  void end_thinking();
  void write(std::string_view text);

  Console& console_;
  bool thinking_ = false;
  bool open_line_ = false;
};

}  // namespace hearth::cli
