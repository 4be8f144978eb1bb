#include "dialogue/jinja_fault.h"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

#include "base/utf8.h"

namespace hearth::dialogue {

namespace {

constexpr std::size_t kWordsBytesMax = 200;           // of the engine's that are shown
constexpr std::string_view kNothingCame = " (Got )";  // behind what was expected: the text is over

std::optional<std::string> after(const std::string& said, std::string_view mark) {
  const auto at = said.rfind(mark);
  if (at == said.npos) return std::nullopt;
  return said.substr(at + mark.size());
}

// Where a picture of the source was taken: "...{{ a ↵...\n       ^".
std::optional<std::size_t> pictured_byte(const std::string& said, const std::string& source) {
  const auto begin = said.find("\n...");
  const auto end = said.find("...\n", begin == said.npos ? begin : begin + 4);
  if (begin == said.npos || end == said.npos) return std::nullopt;
  std::string piece = said.substr(begin + 4, end - begin - 4);
  constexpr std::string_view kArrow = "↵";
  for (auto at = piece.find(kArrow); at != piece.npos; at = piece.find(kArrow)) {
    piece.replace(at, kArrow.size(), "\n");
  }
  const auto caret = said.find('^', end);
  const auto at = source.find(piece);
  if (at == source.npos || caret == said.npos) return std::nullopt;
  return at + caret - (end + 4) - 3;
}

// "Jinja Exception: no" -> "no"; and no picture.
std::string sentence_of(const std::string& said) {
  std::string sentence = after(said, "\nError: ").value_or(said.substr(0, said.find("\n...")));
  for (const std::string_view tag :
       {"lexer: ", "parser: ", "Parser Error: ", "Jinja Exception: "}) {
    if (sentence.starts_with(tag)) sentence.erase(0, tag.size());
  }
  if (sentence == "Unexpected token type") sentence = "a block is not closed";
  if (sentence == "stoll") sentence = "a whole number is too large";
  return sentence;
}

struct ToldPlace {
  std::size_t line = 1;
  std::optional<std::size_t> column;  // in bytes
};

// Of "… at line 3, column 16 in source …".
std::optional<ToldPlace> told_place(const std::string& said) {
  constexpr std::string_view kColumn = ", column ";
  const auto told = after(said, " at line ");
  if (!told) return std::nullopt;
  char* end = nullptr;
  ToldPlace place{std::strtoul(told->c_str(), &end, 10), std::nullopt};
  if (std::string_view(end).starts_with(kColumn))
    place.column = std::strtoul(end + kColumn.size(), nullptr, 10);
  return place;
}

// Where the line begins, or the end of the text.
std::size_t line_begin(std::string_view text, std::size_t line) {
  std::size_t begin = 0;
  for (; line > 1 && begin < text.size(); --line)
    begin = std::min(text.find('\n', begin), text.size() - 1) + 1;
  return begin;
}

// The words have what stands in the template: it may be long, broken or of several lines.
std::string in_one_line(std::string words) {
  if (words.size() > kWordsBytesMax) words = words.substr(0, kWordsBytesMax) + " …";
  std::ranges::replace_if(
      words, [](char one) { return static_cast<unsigned char>(one) < ' '; }, ' ');
  return base::repair_utf8(words);
}

bool continues_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

}  // namespace

TextPlace place_in(std::string_view text, std::size_t byte) {
  const std::string_view before = text.substr(0, byte);
  const std::size_t line_end = before.rfind('\n');
  const std::string_view line = before.substr(line_end == before.npos ? 0 : line_end + 1);
  const auto characters =
      std::count_if(line.begin(), line.end(), [](char one) { return !continues_character(one); });
  return {1 + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')),
          1 + static_cast<std::size_t>(characters)};
}

JinjaFault fault_of(const std::string& said, const std::string& source) {
  JinjaFault fault{sentence_of(said), std::nullopt, std::nullopt};
  if (const auto told = told_place(said)) {
    fault.line = told->line;
    if (told->column.value_or(0) > 0) {
      const std::size_t byte = line_begin(source, told->line) + *told->column - 1;
      fault.column = place_in(source, byte).column;
    }
    return fault;
  }
  auto byte = pictured_byte(said, source);
  if (fault.sentence.ends_with(kNothingCame)) {
    byte = source.size();
    fault.sentence.resize(fault.sentence.size() - kNothingCame.size());
    fault.sentence += ", but the template ends";
  }
  if (!byte) return fault;
  const TextPlace place = place_in(source, *byte);
  fault.line = place.line;
  fault.column = place.column;
  return fault;
}

std::string in_words(const JinjaFault& fault) {
  std::string where;
  if (fault.line) where = fmt::format("line {}", *fault.line);
  if (fault.column) where += fmt::format(", column {}", *fault.column);
  return where + (where.empty() ? "" : ": ") + in_one_line(fault.sentence);
}

}  // namespace hearth::dialogue
