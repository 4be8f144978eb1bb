// The editing of one input: bytes of a terminal in, text and cursor out. It draws nothing and
// reads nothing; LineReader does. A cursor never stands inside a character.
//
//   Ctrl-A/E, Home/End     start and end of the line     Ctrl-B/F, ←/→   one character
//   Ctrl-U, Ctrl-K         delete to start, to end       Ctrl-W          delete a word
//   Ctrl-H, Backspace, Ctrl-D, Delete                    ↑/↓, Ctrl-P/N   history
//   Enter after a \, or a pasted newline: the input goes on in a new line
//
// Threads:    thread-compatible.
// Invariants: text() is valid UTF-8; cursor() is at the start of a character.
// Limits:     kInputBytesMax, kHistoryMax.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::cli {

inline constexpr std::size_t kInputBytesMax = 4 * 1024 * 1024;
inline constexpr std::size_t kHistoryMax = 500;

class LineEditor {
 public:
  enum class State : std::uint8_t {
    kEditing,
    kAccepted,     // Enter
    kInterrupted,  // Ctrl-C
    kEnded,        // Ctrl-D in an empty input
    kRedraw,       // Ctrl-L
  };

  // Starts a new input; the history stays.
  void begin();
  State feed(char byte);

  const std::string& text() const { return text_; }
  std::size_t cursor() const { return cursor_; }
  void remember(const std::string& line);

 private:
  State control(char byte);
  State enter();
  void escape(char byte);
  void sequence_end(char last);
  void insert(std::string_view bytes);
  void erase(std::size_t from, std::size_t to);
  void recall(std::ptrdiff_t step);
  std::size_t before(std::size_t at) const;
  std::size_t after(std::size_t at) const;
  std::size_t line_start() const;
  std::size_t line_end() const;
  std::size_t word_start() const;

  enum class Decoding : std::uint8_t { kPlain, kEscape, kSequence, kSingleShift };

  std::string text_;
  std::size_t cursor_ = 0;
  Decoding decoding_ = Decoding::kPlain;
  std::string sequence_;   // the parameters of an escape sequence
  std::string character_;  // the bytes of an unfinished one
  bool pasting_ = false;
  std::vector<std::string> history_;
  std::size_t recalled_ = 0;  // history_.size() is what is being written
  std::string draft_;
};

}  // namespace hearth::cli
