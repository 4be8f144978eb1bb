// Output of which nobody knows how long it gets, kept within bounds: its beginning, its end, and
// how much is missing between them.
//
// Threads: confined to its caller.
// Limits:  as many bytes as it is made for, and the line that says what is missing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "tool/outcome.h"

namespace hearth::tool {

class OutputClip {
 public:
  // `hear` may be empty; it hears what is kept of the beginning, and nothing of the end that
  // follows a gap.
  OutputClip(std::size_t bytes_max, const Hearing& hear);

  void take(std::string_view bytes);
  std::uint64_t total_bytes() const { return total_; }
  // Valid UTF-8: what is none becomes U+FFFD, and no character is cut in two at a gap.
  std::string text();

 private:
  void say(std::string_view bytes);

  const std::size_t head_max_;
  const std::size_t tail_max_;
  const Hearing& hear_;
  std::string head_;
  std::string tail_;    // up to twice its size, so that it is cut seldom
  std::string unsaid_;  // the beginning of a character whose rest has not come
  std::uint64_t total_ = 0;
};

}  // namespace hearth::tool
