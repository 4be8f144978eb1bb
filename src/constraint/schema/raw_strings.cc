#include "constraint/schema/raw_strings.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "constraint/pattern/code_points.h"

namespace hearth::constraint {

namespace {

constexpr char32_t kSurrogatesBegin = 0xD800;
constexpr char32_t kSurrogatesEnd = 0xE000;
constexpr char32_t kLastCodePoint = 0x10FFFF;

// How much of the mark is written at the end of a text, one character further.
class MarkWatch {
 public:
  explicit MarkWatch(std::u32string mark) : mark_(std::move(mark)), back_(mark_.size(), 0) {
    for (std::size_t i = 1; i < mark_.size(); ++i)
      back_[i] = next(back_[i - 1], mark_[i]);
  }

  const std::u32string& mark() const { return mark_; }
  // REQUIRES: less than all of it is written.
  std::size_t next(std::size_t written, char32_t point) const {
    while (written > 0 && mark_[written] != point)
      written = back_[written - 1];
    return mark_[written] == point ? written + 1 : 0;
  }
  // Where a text ends so and the mark follows, the mark is first found there and not before.
  bool may_end(std::size_t written) const {
    for (std::size_t i = 0; i + 1 < mark_.size(); ++i) {
      written = next(written, mark_[i]);
      if (written == mark_.size()) return false;
    }
    return true;
  }

 private:
  std::u32string mark_;
  std::vector<std::size_t> back_;  // of each beginning, the longest one it ends with
};

void add_edges(const MarkWatch& watch, std::size_t from, StringSet::State& state) {
  std::u32string points = watch.mark();
  std::sort(points.begin(), points.end());
  points.erase(std::unique(points.begin(), points.end()), points.end());
  char32_t begin = 0;
  const auto others = [&](char32_t end) {  // up to it, without surrogates
    if (begin < std::min(end, kSurrogatesBegin))
      state.edges.push_back({{begin, std::min(end, kSurrogatesBegin) - 1}, 0});
    const char32_t high = std::max(begin, kSurrogatesEnd);
    if (high < end) state.edges.push_back({{high, end - 1}, 0});
  };
  for (const char32_t point : points) {
    others(point);
    begin = point + 1;
    const std::size_t to = watch.next(from, point);
    if (to < watch.mark().size())
      state.edges.push_back({{point, point}, static_cast<std::uint32_t>(to)});
  }
  others(kLastCodePoint + 1);
}

}  // namespace

StringSet strings_before(std::string_view mark) {
  const MarkWatch watch(code_points(mark));
  StringSet set;
  if (watch.mark().empty()) {
    set.states[0].accepts = true;
    return set;
  }
  set.states.assign(watch.mark().size(), {});
  for (std::size_t i = 0; i < set.states.size(); ++i) {
    set.states[i].accepts = watch.may_end(i);
    add_edges(watch, i, set.states[i]);
  }
  return set;
}

}  // namespace hearth::constraint
