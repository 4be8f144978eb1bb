// Cuts a text into words, across which no token of a byte-pair vocabulary reaches: as llama.cpp
// cuts it where a file says `tokenizer.ggml.pre` = "qwen2". Every digit stands alone; a word has
// the space before it.
//
// Beyond ASCII this cuts finer than llama.cpp, which knows from Unicode's tables what is a letter:
// a character beyond ASCII stands alone, and so does each byte behind it up to the next space.
// Whatever is learned from finer words is still whole in llama.cpp's.
//
// Threads: thread-compatible.
#pragma once

#include <cstddef>
#include <string_view>

namespace hearth::train {

inline constexpr const char* kSplitName = "qwen2";  // as a file names this way of cutting

class Words {
 public:
  // Borrows the text.
  explicit Words(std::string_view text) : text_(text) {}

  // The next word; empty at the end. All words in a row are the text.
  std::string_view next();

 private:
  std::size_t length_of_next();

  std::string_view text_;
  bool beyond_ascii_ = false;  // no space has been seen since a character beyond ASCII
};

}  // namespace hearth::train
