// How large a value of a template is: how deep, and how much when it is written out. The engine
// walks through values by recursion and asks nobody, in a filter as in a destructor, so a template
// must not be able to make one that is too deep, that contains itself, or that is small in memory
// and without end on paper.
//
// What is put into a list or an object is closed with that: nothing can be added to it any more.
// So it keeps the extent it has, and nothing can come to contain itself. Only a list that is a
// member of a namespace stays open, as templates gather texts in one.
//
// Threads: confined to the run.
// Limits:  kDepthMax, kNodesMax, kWrittenMax.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/units.h"
#include "dialogue/jinja_engine.h"

namespace hearth::dialogue {

inline constexpr std::uint32_t kDepthMax = 256;  // of lists in lists; the JSON of a request has 64
inline constexpr std::uint32_t kNodesMax = 4'000'000;
inline constexpr std::uint32_t kWrittenMax = 1024 * base::kMiB;

// Each counted as it is written out: what stands in a list twice counts twice. A value over a limit
// has an extent over it, which is no longer exact.
struct Extent {
  std::uint32_t depth = 0;
  std::uint32_t nodes = 1;
  std::uint32_t bytes = 0;

  bool fits() const { return depth <= kDepthMax && nodes <= kNodesMax && bytes <= kWrittenMax; }
  void hold(const Extent& part);
};

bool is_container(const jinja::value& value);
Extent extent_of(const jinja::value& value);
std::size_t text_bytes(const jinja::value& value);  // 0 for what is no text

enum class Closing : std::uint8_t { kDone, kTooLarge, kFunction };
// Closes the value and all it contains; a function has no place in a container.
Closing close(const jinja::value& value);
// Closes what a list contains and leaves the list itself open; any other value is closed.
Closing close_within(const jinja::value& value);
bool is_closed(const jinja::value& value);

}  // namespace hearth::dialogue
