// How often each word stands in a lot of text: all that learning a vocabulary needs to know of it.
//
// Threads: thread-compatible.
// Limits:  kWordBytesMax.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace hearth::train {

// A longer one is no word that anybody will write twice, and is not counted.
inline constexpr std::size_t kWordBytesMax = 256;

struct WordCount {
  std::string word;
  std::uint64_t count = 0;
};

class WordCounts {
 public:
  // One piece of text between special tokens.
  void add(std::string_view text);

  std::uint64_t bytes() const { return bytes_; }  // of all texts
  // In the order of their bytes.
  std::vector<WordCount> sorted() const;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view word) const {
      return std::hash<std::string_view>()(word);
    }
  };
  std::unordered_map<std::string, std::uint64_t, Hash, std::equal_to<>> counts_;
  std::uint64_t bytes_ = 0;
};

}  // namespace hearth::train
