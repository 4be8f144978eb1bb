#include "constraint/pattern/anchors.h"

#include <algorithm>

#include <fmt/format.h>

#include "constraint/pattern/pattern.h"

namespace hearth::constraint {

namespace {

using Kind = Expression::Kind;
using Parts = std::vector<Expression>;

constexpr std::string_view kBegin = "^";
constexpr std::string_view kEnd = "$";

bool is_mark(const Expression& part, std::string_view mark) {
  return part.kind == Kind::kText && part.text == mark;
}

bool has_marks(const Expression& part) {
  if (is_mark(part, kBegin) || is_mark(part, kEnd)) return true;
  return std::ranges::any_of(part.parts, has_marks);
}

Result<std::vector<Parts>> ways_through(const Expression& part);

// Every way through the parts of a sequence, one after another.
Result<std::vector<Parts>> ways_through_all(const Parts& parts) {
  std::vector<Parts> ways(1);
  for (const Expression& part : parts) {
    const std::vector<Parts> next = HEARTH_TRY(ways_through(part));
    std::vector<Parts> longer;
    for (const Parts& way : ways) {
      for (const Parts& more : next) {
        longer.push_back(way);
        longer.back().insert(longer.back().end(), more.begin(), more.end());
      }
    }
    if (longer.size() > kPatternAnchoredMax) {
      return fail(Code::kInvalidArgument,
                  fmt::format("^ and $ stand in more than {} combinations of groups; write the "
                              "pattern without them inside groups",
                              kPatternAnchoredMax));
    }
    ways = std::move(longer);
  }
  return ways;
}

// What is left after groups with marks in them are taken apart: marks stand alone.
Result<std::vector<Parts>> ways_through(const Expression& part) {
  if (!has_marks(part) || part.kind == Kind::kText) return std::vector<Parts>{{part}};
  if (part.kind == Kind::kSequence) return ways_through_all(part.parts);
  if (part.kind == Kind::kRepeat) {
    return fail(Code::kInvalidArgument, "^ or $ inside a repeated group is not supported");
  }
  std::vector<Parts> ways;
  for (const Expression& one : part.parts) {
    std::vector<Parts> more = HEARTH_TRY(ways_through(one));
    std::move(more.begin(), more.end(), std::back_inserter(ways));
  }
  return ways;
}

Result<Expression> anchored(const Parts& way) {
  const Expression anything = repeat(any_character(), 0);
  std::size_t first = 0;
  std::size_t last = way.size();
  while (first < last && is_mark(way[first], kBegin))
    ++first;
  while (last > first && is_mark(way[last - 1], kEnd))
    --last;
  Parts parts;
  if (first == 0) parts.push_back(anything);
  for (std::size_t i = first; i < last; ++i) {
    if (has_marks(way[i])) {
      return fail(Code::kInvalidArgument,
                  "^ after, or $ before, other characters is not supported; take it out");
    }
    parts.push_back(way[i]);
  }
  if (last == way.size()) parts.push_back(anything);
  return sequence(std::move(parts));
}

}  // namespace

Expression begin_mark() {
  return text(std::string(kBegin));
}

Expression end_mark() {
  return text(std::string(kEnd));
}

Result<Expression> whole_strings(const Expression& parsed) {
  const std::vector<Parts> ways = HEARTH_TRY(ways_through(parsed));
  Parts all;
  for (const Parts& way : ways)
    all.push_back(HEARTH_TRY(anchored(way)));
  if (all.size() == 1) return std::move(all.front());
  return choice(std::move(all));
}

}  // namespace hearth::constraint
