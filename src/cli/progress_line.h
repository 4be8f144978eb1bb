// How far something long is, on one line: what it does, the share that is done, a bar, figures.
//
// Threads: pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace hearth::cli {

// A line in three parts, so that the bar in its middle can be coloured.
struct ProgressLine {
  std::string head, bar, tail;

  std::string text() const { return head + bar + tail; }
};

// `done` is a share of 1. Never wider than `columns`: the bar gives way first, then what stands at
// the end.
ProgressLine progress_line(const std::string& what, double done,
                           const std::vector<std::string>& figures, std::size_t columns);

// "5 s", "12 min", "3 h 20 min".
std::string duration_text(double seconds);
// "3,120".
std::string thousands(std::uint64_t number);

}  // namespace hearth::cli
