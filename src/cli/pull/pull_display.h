// A pull on the user's screen: how much of how much, how fast, how long still, and what went wrong
// on the way.
//
// Ownership: borrows the console.
// Threads:   confined to the main thread.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "cli/pull/pull_event.h"
#include "cli/status_line.h"

namespace hearth::cli {

// Bytes and when they were there, over the last seconds.
class Rate {
 public:
  void take(std::int64_t done_bytes, double now);
  // Bytes per second; nothing before there is enough to say.
  std::optional<double> value() const;

 private:
  struct Point {
    double at = 0;
    std::int64_t done_bytes = 0;
  };
  std::deque<Point> points_;
};

class PullDisplay {
 public:
  PullDisplay(Console& console, DisplayStyle style) : line_(console, style) {}

  void take(const PullEvent& event);
  void finish() { line_.clear(); }

 private:
  std::string what(const PullEvent& event) const;
  std::vector<std::string> figures(const PullEvent& event) const;
  void show(const PullEvent& event);

  StatusLine line_;
  Rate rate_;
  std::string file_;     // that was named last
  std::string problem_;  // that was told last
};

}  // namespace hearth::cli
