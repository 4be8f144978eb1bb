#include "constraint/gbnf_items.h"

#include <charconv>
#include <limits>

#include <fmt/format.h>

namespace hearth::constraint {

namespace {

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kHexDigits = "0123456789abcdefABCDEF";
constexpr char32_t kLastCodePoint = 0x10FFFF;

bool is_surrogate(char32_t character) {
  return character >= 0xD800 && character <= 0xDFFF;
}

void append_utf8(std::string& bytes, char32_t character) {
  const auto append = [&](char32_t byte) { bytes += static_cast<char>(byte); };
  const auto append_rest = [&](int shift) { append(0x80 | ((character >> shift) & 0x3F)); };
  if (character < 0x80) return append(character);
  if (character < 0x800) {
    append(0xC0 | (character >> 6));
  } else if (character < 0x10000) {
    append(0xE0 | (character >> 12));
    append_rest(6);
  } else {
    append(0xF0 | (character >> 18));
    append_rest(12);
    append_rest(6);
  }
  append_rest(0);
}

// The number behind \x, \u or \U: exactly so many digits.
Result<char32_t> read_hex(GbnfCursor& cursor, std::size_t digits) {
  const std::size_t begin = cursor.place();
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    const std::size_t digit = kHexDigits.find(cursor.peek());
    if (cursor.at_end() || digit == std::string_view::npos) {
      return cursor.expected(fmt::format("{} hexadecimal digits", digits));
    }
    number = number * 16 + static_cast<std::uint32_t>(digit < 16 ? digit : digit - 6);
    cursor.take_character();
  }
  if (number > kLastCodePoint) {
    return cursor.wrong(begin, fmt::format("U+{:X} is above U+10FFFF, the last character", number));
  }
  return static_cast<char32_t>(number);
}

// One character of a literal or a class, which may be written as an escape.
Result<char32_t> read_character(GbnfCursor& cursor) {
  if (!cursor.take("\\")) return cursor.take_character();
  constexpr std::string_view kThemselves = "\\\"[]-";
  const char escape = cursor.peek();
  if (kThemselves.find(escape) != std::string_view::npos && !cursor.at_end()) {
    return cursor.take_character();
  }
  if (cursor.take("n")) return U'\n';
  if (cursor.take("t")) return U'\t';
  if (cursor.take("r")) return U'\r';
  if (cursor.take("x")) return read_hex(cursor, 2);
  if (cursor.take("u")) return read_hex(cursor, 4);
  if (cursor.take("U")) return read_hex(cursor, 8);
  return cursor.expected(R"(n, t, r, \, ", [, ], -, xXX, uXXXX or UXXXXXXXX behind '\')");
}

Result<CodePointRange> read_range(GbnfCursor& cursor) {
  const std::size_t begin = cursor.place();
  const char32_t first = HEARTH_TRY(read_character(cursor));
  // A '-' in the last place stands for itself.
  if (cursor.peek() != '-' || cursor.peek(1) == ']' || cursor.peek(1) == '\0') {
    return CodePointRange{first, first};
  }
  cursor.take("-");
  const char32_t last = HEARTH_TRY(read_character(cursor));
  if (last < first) {
    return cursor.wrong(
        begin, fmt::format("this range ends before it begins: U+{:04X} to U+{:04X}",
                           static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(last)));
  }
  return CodePointRange{first, last};
}

Result<Token> read_token_number(GbnfCursor& cursor) {
  const std::size_t begin = cursor.place();
  const std::string_view digits = cursor.take_all_of(kDigits);
  if (digits.empty()) return cursor.expected("the number of a token");
  Token token = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), token);
  if (read.ec != std::errc()) {
    return cursor.wrong(
        begin, fmt::format("a token's number is at most {}", std::numeric_limits<Token>::max()));
  }
  if (!cursor.take("]")) return cursor.expected("']'");
  if (!cursor.take(">")) return cursor.expected("'>'");
  return token;
}

Result<Token> read_token_text(GbnfCursor& cursor, const FindToken& find_token) {
  const std::size_t begin = cursor.place();
  const std::string name = fmt::format("<{}>", cursor.take_until(">\r\n"));
  if (!cursor.take(">")) return cursor.expected("'>' behind the text of a token");
  if (!find_token) {
    return cursor.wrong(begin, fmt::format("the token '{}' is named, but no vocabulary is at hand; "
                                           "write its number: <[1000]>",
                                           name));
  }
  const std::optional<Token> token = find_token(name);
  if (!token) {
    return cursor.wrong(begin, fmt::format("the model has no token whose text is '{}'", name));
  }
  return *token;
}

Result<std::uint32_t> read_count(GbnfCursor& cursor, GbnfCursor::Blanks blanks) {
  const std::size_t begin = cursor.place();
  const std::string_view digits = cursor.take_all_of(kDigits);
  if (digits.empty()) return cursor.expected("a number");
  std::uint32_t count = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), count);
  if (read.ec != std::errc() || count > kRepeatMax) {
    return cursor.wrong(begin, fmt::format("at most {} repetitions can be asked for", kRepeatMax));
  }
  cursor.skip(blanks);
  return count;
}

}  // namespace

Result<Expression> read_literal(GbnfCursor& cursor) {
  const std::size_t begin = cursor.place();
  cursor.take("\"");
  std::string bytes;
  while (!cursor.take("\"")) {
    if (cursor.at_end()) return cursor.wrong(begin, "this literal is not closed with '\"'");
    const std::size_t place = cursor.place();
    const char32_t character = HEARTH_TRY(read_character(cursor));
    if (is_surrogate(character)) {
      return cursor.wrong(place, "half of a surrogate pair is no character; write \\UXXXXXXXX");
    }
    append_utf8(bytes, character);
  }
  return text(std::move(bytes));
}

Result<Expression> read_class(GbnfCursor& cursor) {
  const std::size_t begin = cursor.place();
  cursor.take("[");
  const bool negated = cursor.take("^");
  if (cursor.peek() == ']') {
    return cursor.expected("a character; a class cannot be empty, and a ']' in it is '\\]'");
  }
  std::vector<CodePointRange> ranges;
  while (!cursor.take("]")) {
    if (cursor.at_end()) return cursor.wrong(begin, "this class is not closed with ']'");
    ranges.push_back(HEARTH_TRY(read_range(cursor)));
  }
  // Once or twice turned around they are in order, do not overlap and hold no surrogate.
  ranges = all_but(std::move(ranges));
  if (!negated) ranges = all_but(std::move(ranges));
  if (ranges.empty()) return cursor.wrong(begin, "this class allows no character");
  return character(std::move(ranges));
}

Result<Expression> read_token(GbnfCursor& cursor, const FindToken& find_token) {
  const bool negated = cursor.take("!");
  if (!cursor.take("<")) return cursor.expected("'<' and a token behind '!'");
  const Token token = cursor.take("[") ? HEARTH_TRY(read_token_number(cursor))
                                       : HEARTH_TRY(read_token_text(cursor, find_token));
  Expression one{.kind = negated ? Expression::Kind::kOtherToken : Expression::Kind::kToken};
  one.tokens.push_back(token);
  return one;
}

Result<Times> read_times(GbnfCursor& cursor, GbnfCursor::Blanks blanks) {
  if (cursor.take("*")) return Times{0, kNoMost};
  if (cursor.take("+")) return Times{1, kNoMost};
  if (cursor.take("?")) return Times{0, 1};
  const std::size_t begin = cursor.place();
  cursor.take("{");
  cursor.skip(blanks);
  Times times;
  times.least = HEARTH_TRY(read_count(cursor, blanks));
  times.most = times.least;
  if (cursor.take(",")) {
    cursor.skip(blanks);
    times.most = cursor.peek() == '}' ? kNoMost : HEARTH_TRY(read_count(cursor, blanks));
  } else if (cursor.peek() != '}') {
    return cursor.expected("',' or '}'");
  }
  if (!cursor.take("}")) return cursor.expected("'}'");
  if (times.most < times.least) {
    return cursor.wrong(begin, fmt::format("at least {} and at most {} repetitions exclude each "
                                           "other",
                                           times.least, times.most));
  }
  return times;
}

}  // namespace hearth::constraint
