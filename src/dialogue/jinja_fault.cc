#include "dialogue/jinja_fault.h"

#include <algorithm>
#include <cstdlib>

namespace hearth::dialogue {

namespace {

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
  return sentence;
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
  if (const auto line = after(said, " at line ")) {
    fault.line = std::strtoul(line->c_str(), nullptr, 10);
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

}  // namespace hearth::dialogue
