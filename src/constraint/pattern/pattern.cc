#include "constraint/pattern/pattern.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "base/utf8.h"
#include "constraint/pattern/anchors.h"
#include "constraint/pattern/pattern_reader.h"

namespace hearth::constraint {

namespace {

using Kind = Expression::Kind;

std::uint64_t plus(std::uint64_t a, std::uint64_t b) {
  return a > kUnbounded - b ? kUnbounded : a + b;
}

std::uint64_t times(std::uint64_t a, std::uint64_t b) {
  if (a == 0 || b == 0) return 0;
  return a > kUnbounded / b ? kUnbounded : a * b;
}

// Characters when every repetition is written out; an endless one counts its least and one.
std::uint64_t size_of(const Expression& part) {
  std::uint64_t inner = part.kind == Kind::kCharacter ? 1 : 0;
  for (const Expression& one : part.parts)
    inner = plus(inner, size_of(one));
  if (part.kind != Kind::kRepeat) return inner;
  const std::uint64_t most = part.most == kNoMost ? std::uint64_t{part.least} + 1 : part.most;
  return times(inner, most);
}

}  // namespace

Expression any_character() {
  return character(all_but({}));
}

Lengths lengths_of(const Expression& content) {
  switch (content.kind) {
    case Kind::kCharacter:
      return {1, 1};
    case Kind::kSequence: {
      Lengths all;
      for (const Expression& part : content.parts) {
        const Lengths one = lengths_of(part);
        all = {plus(all.least, one.least), plus(all.most, one.most)};
      }
      return all;
    }
    case Kind::kChoice: {
      Lengths any{kUnbounded, 0};
      for (const Expression& part : content.parts) {
        const Lengths one = lengths_of(part);
        any = {std::min(any.least, one.least), std::max(any.most, one.most)};
      }
      return any;
    }
    case Kind::kRepeat: {
      const Lengths one = lengths_of(content.parts.front());
      const std::uint64_t most = content.most == kNoMost ? kUnbounded : content.most;
      return {times(one.least, content.least), times(one.most, most)};
    }
    default:
      return {};
  }
}

std::vector<CodePointRange> class_of_escape(char letter) {
  if (letter == 'd') return {{'0', '9'}};
  if (letter == 'w') return {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
  // White space and line ends of ECMA-262.
  return {{0x09, 0x0D},     {0x20, 0x20},     {0xA0, 0xA0},     {0x1680, 0x1680}, {0x2000, 0x200A},
          {0x2028, 0x2029}, {0x202F, 0x202F}, {0x205F, 0x205F}, {0x3000, 0x3000}, {0xFEFF, 0xFEFF}};
}

Result<Expression> content_of_pattern(std::string_view pattern) {
  if (pattern.size() > kPatternBytesMax) {
    return fail(Code::kInvalidArgument,
                fmt::format("has {} bytes; the limit is {}", pattern.size(), kPatternBytesMax));
  }
  if (!base::is_utf8(pattern)) return fail(Code::kInvalidArgument, "is not UTF-8");
  PatternReader reader(pattern);
  const Expression parsed = HEARTH_TRY(reader.read());
  if (size_of(parsed) > kPatternSizeMax) {
    return fail(Code::kInvalidArgument,
                fmt::format("has repetitions that come to more than {} characters; make them "
                            "smaller",
                            kPatternSizeMax));
  }
  return whole_strings(parsed);
}

}  // namespace hearth::constraint
