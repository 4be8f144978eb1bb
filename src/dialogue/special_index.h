// The texts of a vocabulary's control tokens, a thousand in some, arranged so that a prompt of
// megabytes is looked through for them at the pace of reading it.
//
// Threads: immutable.
#pragma once

#include <bitset>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::dialogue {

class SpecialIndex {
 public:
  explicit SpecialIndex(const std::vector<std::string>& specials);

  bool empty() const { return texts_.empty(); }
  // The next place from `from` on where one may begin; npos for none.
  std::size_t next(std::string_view text, std::size_t from) const;
  // The size of the longest one that stands at the front; 0 for none.
  std::size_t size_at_front(std::string_view text) const;
  // How many bytes at the beginning are the end of one, and at the end the beginning of one, but
  // not all of it: the most.
  std::size_t continued_at_begin(std::string_view text) const;
  std::size_t unfinished_at_end(std::string_view text) const;

 private:
  std::vector<std::string> texts_;     // sorted
  std::vector<std::string> reversed_;  // sorted
  std::vector<std::size_t> sizes_;     // each once, the largest first
  std::string first_bytes_;
  std::string last_bytes_;
  std::bitset<65536> pairs_;  // of two bytes, with which one begins
};

}  // namespace hearth::dialogue
