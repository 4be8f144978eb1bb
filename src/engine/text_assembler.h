// Bytes of tokens in, text for people out: whole UTF-8 characters only, stop sequences found
// across any border between tokens, and never a byte of one let through.
//
// Threads:    thread-compatible; pure.
// Invariants: all text given out, joined, is the input up to the first stop sequence, with
//             invalid bytes replaced by U+FFFD.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hearth::engine {

class TextAssembler {
 public:
  explicit TextAssembler(std::vector<std::string> stops) : stops_(std::move(stops)) {}

  // The text that is certain now; often empty.
  std::string add(std::string_view bytes);
  // What was still held back, at the end of an answer. Empty after a stop sequence.
  std::string finish();
  bool stopped() const { return stopped_; }

 private:
  // How many bytes at the end could still become part of a stop sequence.
  std::size_t held_back() const;

  std::vector<std::string> stops_;
  std::string pending_;
  bool stopped_ = false;
};

}  // namespace hearth::engine
