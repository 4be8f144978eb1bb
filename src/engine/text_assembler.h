// Bytes of tokens in, text for people out: whole UTF-8 characters only, stop sequences found
// across any border between tokens, and never a byte of one let through.
//
// Threads:    thread-compatible; pure.
// Invariants: all text given out, joined, is the input up to the first stop sequence, with
//             invalid bytes replaced by U+FFFD, and without a character at the end whose last bytes
//             never came.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hearth::engine {

class TextAssembler {
 public:
  // Beside stop sequences there may be marks that end an answer, too, where they are not taken for
  // text.
  explicit TextAssembler(std::vector<std::string> stops, std::vector<std::string> marks = {})
      : stops_(std::move(stops)), marks_(std::move(marks)) {}

  // What a mark is in what is added from now on: an end, as at first, or text like any other.
  enum class Marks : bool { kText, kEnd };
  void take_marks_for(Marks marks) { are_ends_ = marks == Marks::kEnd; }

  // The text that is certain now; often empty.
  std::string add(std::string_view bytes);
  // What was still held back, at the end of an answer. Empty after a stop sequence, and where
  // nothing but a part of a character was held back.
  std::string finish();
  bool stopped() const { return stopped_; }
  // The stop sequence that ended the answer; empty where a mark or nothing did.
  const std::string& stopped_by() const { return stopped_by_; }
  // Bytes that came in, and how many of these were given out as text, before any repair; or left
  // out at the end.
  std::size_t taken_in() const { return taken_in_; }
  std::size_t given_out() const { return given_out_; }

 private:
  // Where what is pending comes to its end; npos where it does not. Notes which stop it was.
  std::size_t find_end();
  // The first bytes of what is pending, as text.
  std::string give_out(std::size_t size);
  // Calls `look` with every text that ends the answer now.
  template <typename Look>
  void for_each_end(const Look& look) const {
    for (const std::string& stop : stops_)
      look(stop);
    for (const std::string& mark : marks_) {
      if (are_ends_) look(mark);
    }
  }
  // How many bytes at the end could still become part of one.
  std::size_t held_back() const;

  std::vector<std::string> stops_;
  std::vector<std::string> marks_;
  bool are_ends_ = true;
  std::string pending_;
  std::size_t taken_in_ = 0;
  std::size_t given_out_ = 0;
  bool stopped_ = false;
  std::string stopped_by_;
};

}  // namespace hearth::engine
