// Text of strangers made safe for a terminal: what a model says, what a file is called. Control
// characters are shown instead of obeyed, so nobody can move the cursor, set the title, write to
// the clipboard or hide text. Newlines and tabs pass. It knows nothing about colours of our own.
//
// Threads:    thread-compatible.
// Invariants: the output is UTF-8 and holds no byte below 0x20 but \n and \t, no 0x7F, and no
//             U+0080–U+009F, however the input is cut into pieces.
#pragma once

#include <string>
#include <string_view>

namespace hearth::cli {

class TerminalFilter {
 public:
  // What is safe to write now; an unfinished character waits for its rest.
  std::string feed(std::string_view piece);
  // What is left at the end.
  std::string finish();

 private:
  std::string pending_;
};

std::string terminal_safe(std::string_view text);

}  // namespace hearth::cli
