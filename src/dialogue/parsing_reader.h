// Reads an answer with the parser of the model's format, seldom enough that it costs little.
//
//   1. Where thinking or text is open, what comes is passed on as it is, up to a mark.
//   2. Elsewhere, mostly in a call, the whole answer is parsed again after every kStepBytes, as
//      long as all parsing together stays below kCostFree + kCostPerByte × the answer.
//   3. At the end it is parsed once more, and what is in no part of the result becomes text.
//
// All this is decided byte by byte, so that it does not matter how the answer is cut into pieces.
//
// Threads: confined to one thread at a time.
// Limits:  those of AnswerParser: an answer that nests too deep is not parsed from there on.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "dialogue/answer_format.h"
#include "dialogue/answer_parser.h"
#include "dialogue/deltas.h"

namespace hearth::dialogue {

inline constexpr std::size_t kStepBytes = 16;
inline constexpr std::size_t kShortAnswerBytes = 64;  // up to here every byte is a step
inline constexpr std::size_t kCostPerByte = 32;
inline constexpr std::size_t kCostFree = 64 * 1024;

class ParsingReader {
 public:
  explicit ParsingReader(const AnswerFormat& format);

  void add(std::string_view text, Deltas& out);
  void finish(Rest rest, Deltas& out);
  bool called() const { return !given_calls_.empty(); }
  // Of the first `count` that were given out, at the end: their arguments are objects.
  bool calls_whole(std::size_t count) const;

 private:
  enum class Extent : bool { kSoFar, kWhole };

  // Each takes bytes from the front of `text` and says how many.
  std::size_t pass_on(std::string_view text, Deltas& out);
  std::size_t wait(char byte, Deltas& out);
  bool is_due() const;
  void parse_again(Deltas& out);

  // What was given out stays true: the new reading only adds to it.
  bool extends(const ParsedAnswer& read) const;
  void give(Extent extent, Deltas& out);
  void give_thinking(Deltas& out);
  void give_text(Extent extent, Deltas& out);
  bool is_usable(const std::string& id) const;
  void give_calls(Extent extent, Deltas& out);
  void settle(ParsedAnswer read);
  bool settle_at_end();
  ParsedAnswer parse_longest() const;
  // What is in no part of the reading.
  void give_remainder(std::string_view remainder, Rest rest, Deltas& out);
  // False when it is none of the last call's.
  bool give_rest_of_call(std::string_view remainder, Deltas& out);
  bool could_be_mark(std::string_view text) const;
  // Some families' rules read calls and no text.
  bool is_plain_text() const;
  void release_held(Deltas& out);

  struct GivenCall {
    std::string id;
    std::size_t arguments = 0;  // how many bytes of them
  };

  std::shared_ptr<const AnswerParser> parser_;
  std::shared_ptr<const ToolTrigger> trigger_;
  std::string first_bytes_;  // of all marks
  std::string answer_;
  ParsedAnswer read_;          // the last reading, and what was passed on since
  std::size_t parsed_at_ = 0;  // how much of the answer it is of
  std::size_t tried_at_ = 0;   // the size of the answer when it was parsed last
  std::size_t cost_ = 0;
  std::size_t held_ = 0;  // bytes at the end of the answer that could be the beginning of a mark
  std::size_t thinking_shown_ = 0;  // the size of read_.thinking without white space at its end
  std::size_t text_shown_ = 0;
  std::size_t given_thinking_ = 0;
  std::size_t given_text_ = 0;
  std::vector<GivenCall> given_calls_;
};

}  // namespace hearth::dialogue
