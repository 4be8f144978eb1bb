#include "constraint/pattern/pattern_reader.h"

#include <fmt/format.h>

#include "constraint/pattern/anchors.h"
#include "constraint/pattern/code_points.h"
#include "constraint/pattern/pattern.h"

namespace hearth::constraint {

namespace {

bool is_digit(char32_t point) {
  return point >= '0' && point <= '9';
}

bool is_letter(char32_t point) {
  return (point >= 'a' && point <= 'z') || (point >= 'A' && point <= 'Z');
}

Expression expression_of(std::vector<CodePointRange> ranges) {
  ranges = all_but(all_but(std::move(ranges)));
  if (ranges.empty()) return choice({});
  return character(std::move(ranges));
}

}  // namespace

PatternReader::PatternReader(std::string_view pattern) : points_(code_points(pattern)) {}

bool PatternReader::take(char32_t point) {
  if (at_end() || points_[at_] != point) return false;
  ++at_;
  return true;
}

bool PatternReader::take_all(std::u32string_view points) {
  if (!std::u32string_view(points_).substr(at_).starts_with(points)) return false;
  at_ += points.size();
  return true;
}

Failure PatternReader::refuse(std::string_view what) const {
  return fail(Code::kInvalidArgument, fmt::format("at character {}: {}", at_ + 1, what));
}

Result<Expression> PatternReader::read() {
  Expression all = HEARTH_TRY(read_choice());
  if (!at_end()) return refuse("a ) without its (");
  return all;
}

Result<Expression> PatternReader::read_choice() {
  std::vector<Expression> ways;
  ways.push_back(HEARTH_TRY(read_sequence()));
  while (take('|'))
    ways.push_back(HEARTH_TRY(read_sequence()));
  if (ways.size() == 1) return std::move(ways.front());
  return choice(std::move(ways));
}

Result<Expression> PatternReader::read_sequence() {
  std::vector<Expression> parts;
  while (!at_end() && peek() != '|' && peek() != ')') {
    parts.push_back(HEARTH_TRY(read_repeated()));
  }
  if (parts.size() == 1) return std::move(parts.front());
  return sequence(std::move(parts));
}

Result<Expression> PatternReader::read_repeated() {
  if (take('^')) return begin_mark();
  if (take('$')) return end_mark();
  Expression part = HEARTH_TRY(read_one());
  return read_repeats(std::move(part));
}

Result<Expression> PatternReader::read_one() {
  if (take('(')) return read_group();
  if (take('[')) return read_class();
  if (take('.')) {
    return expression_of(all_but({{'\n', '\n'}, {'\r', '\r'}, {0x2028, 0x2029}}));
  }
  if (take('\\')) return expression_of(HEARTH_TRY(read_escape()));
  const char32_t point = peek();
  if (point == '*' || point == '+' || point == '?') return refuse("nothing to repeat");
  ++at_;
  return expression_of({{point, point}});
}

Result<Expression> PatternReader::read_group() {
  if (++depth_ > kPatternDepthMax) {
    return refuse(fmt::format("groups nested deeper than {}", kPatternDepthMax));
  }
  if (take('?')) {
    if (peek() == '=' || peek() == '!') return refuse("lookahead is not supported");
    if (peek() == '<' && (peek(1) == '=' || peek(1) == '!')) {
      return refuse("lookbehind is not supported");
    }
    if (take('<')) {
      while (!at_end() && peek() != '>')
        ++at_;
      if (!take('>')) return refuse("a name of a group that does not end");
    } else if (!take(':')) {
      return refuse("flags in a group are not supported");
    }
  }
  Expression inside = HEARTH_TRY(read_choice());
  if (!take(')')) return refuse("a ( without its )");
  --depth_;
  return inside;
}

Result<Expression> PatternReader::read_repeats(Expression part) {
  const std::optional<Count> count = HEARTH_TRY(read_count());
  if (!count) return part;
  take('?');  // lazy: another order of trying, the same strings
  if (HEARTH_TRY(read_count())) return refuse("a repetition of a repetition; use a group");
  return repeat(std::move(part), count->least, count->most);
}

Result<std::optional<PatternReader::Count>> PatternReader::read_count() {
  if (take('*')) return Count{0, kNoMost};
  if (take('+')) return Count{1, kNoMost};
  if (take('?')) return Count{0, 1};
  if (peek() == '{' && !at_end()) return read_braces();
  return std::nullopt;
}

// {2}, {2,} or {2,5}; anything else that begins with { is just that character.
Result<std::optional<PatternReader::Count>> PatternReader::read_braces() {
  const std::size_t began = at_++;
  const std::optional<std::uint64_t> least = read_number();
  std::optional<std::uint64_t> most = least;
  bool endless = false;
  if (least && take(',')) {
    most = read_number();
    endless = !most;
  }
  if (!least || !take('}')) {
    at_ = began;
    return refuse("a { that begins no repetition; write \\{");
  }
  if (*least > kRepeatMax || (!endless && *most > kRepeatMax)) {
    return refuse(fmt::format("more than {} repetitions", kRepeatMax));
  }
  if (!endless && *most < *least) return refuse("a repetition whose least is above its most");
  return Count{static_cast<std::uint32_t>(*least),
               endless ? kNoMost : static_cast<std::uint32_t>(*most)};
}

std::optional<std::uint64_t> PatternReader::read_number() {
  if (!is_digit(peek())) return std::nullopt;
  std::uint64_t number = 0;
  while (is_digit(peek())) {
    number = std::min<std::uint64_t>(number * 10 + (peek() - '0'), UINT32_MAX);
    ++at_;
  }
  return number;
}

Result<Expression> PatternReader::read_class() {
  const bool others = take('^');
  Ranges ranges;
  while (!take(']')) {
    if (at_end()) return refuse("a [ without its ]");
    const Ranges first = HEARTH_TRY(read_class_member());
    if (peek() != '-' || peek(1) == ']' || at_ + 1 >= points_.size()) {
      ranges.insert(ranges.end(), first.begin(), first.end());
      continue;
    }
    ++at_;
    const Ranges last = HEARTH_TRY(read_class_member());
    const bool points = first.size() == 1 && first[0].first == first[0].last && last.size() == 1 &&
                        last[0].first == last[0].last;
    if (!points || first[0].first > last[0].first) {
      return refuse("a range in [] that is none; write \\- for the character");
    }
    ranges.push_back({first[0].first, last[0].first});
  }
  return expression_of(others ? all_but(std::move(ranges)) : std::move(ranges));
}

Result<PatternReader::Ranges> PatternReader::read_class_member() {
  if (at_end()) return refuse("a [ without its ]");
  if (take('\\')) {
    if (take('b')) return Ranges{{0x08, 0x08}};
    return read_escape();
  }
  const char32_t point = points_[at_++];
  return Ranges{{point, point}};
}

Result<PatternReader::Ranges> PatternReader::read_escape() {
  if (at_end()) return refuse("a \\ at the end");
  const char32_t letter = points_[at_];
  const auto just = [](char32_t point) { return Ranges{{point, point}}; };
  if (letter == 'd' || letter == 'w' || letter == 's') {
    ++at_;
    return class_of_escape(static_cast<char>(letter));
  }
  if (letter == 'D' || letter == 'W' || letter == 'S') {
    ++at_;
    return all_but(class_of_escape(static_cast<char>(letter + ('a' - 'A'))));
  }
  if (letter == 'b' || letter == 'B') return refuse("word boundaries (\\b) are not supported");
  if (letter == 'k' || (letter >= '1' && letter <= '9')) {
    return refuse("references back to a group are not supported");
  }
  if (letter == 'p' || letter == 'P') {
    return refuse("properties of characters (\\p) are not supported; write the characters in []");
  }
  if (letter == 'u' || letter == 'x') return just(HEARTH_TRY(read_unicode()));
  ++at_;
  constexpr std::u32string_view kLetters = U"tnvfr0";
  constexpr std::u32string_view kMeant(U"\t\n\v\f\r\0", 6);
  if (const std::size_t known = kLetters.find(letter); known != std::u32string_view::npos) {
    if (letter == '0' && is_digit(peek())) return refuse("octal escapes are not supported");
    return just(kMeant[known]);
  }
  if (letter == 'c' && is_letter(peek())) return just(points_[at_++] & 0x1FU);
  if (is_letter(letter) || letter == '_') {
    --at_;
    return refuse("an escape that has no meaning");
  }
  return just(letter);
}

std::optional<char32_t> PatternReader::read_hex(std::size_t digits) {
  char32_t value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    const char32_t point = peek();
    if (is_digit(point)) {
      value = value * 16 + (point - '0');
    } else if ((point | 0x20U) >= 'a' && (point | 0x20U) <= 'f') {
      value = value * 16 + ((point | 0x20U) - 'a' + 10);
    } else {
      return std::nullopt;
    }
    ++at_;
  }
  return value;
}

// \xHH, \uHHHH (two of them for one character beyond U+FFFF) or \u{H…}.
Result<char32_t> PatternReader::read_unicode() {
  constexpr std::size_t kBracedMax = 6;
  const bool wide = points_[at_++] == 'u';
  if (wide && take('{')) {
    std::size_t digits = 0;
    while (digits <= kBracedMax && peek(digits) != '}')
      ++digits;
    const auto value = digits <= kBracedMax && digits > 0 ? read_hex(digits) : std::nullopt;
    if (!value || *value > 0x10FFFF || !take('}')) return refuse("an escape that is no character");
    return *value;
  }
  const std::optional<char32_t> value = read_hex(wide ? 4 : 2);
  if (!value) return refuse("an escape that is no character");
  if (*value < 0xD800 || *value > 0xDFFF) return *value;
  std::optional<char32_t> low;
  if (*value < 0xDC00 && take_all(U"\\u")) low = read_hex(4);
  if (!low || *low < 0xDC00 || *low > 0xDFFF) return refuse("half a surrogate pair");
  return 0x10000 + ((*value - 0xD800) << 10) + (*low - 0xDC00);
}

}  // namespace hearth::constraint
