#include "dialogue/template_syntax.h"

#include <algorithm>
#include <array>
#include <exception>
#include <new>
#include <optional>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "dialogue/jinja_engine.h"
#include "dialogue/jinja_fault.h"
#include "dialogue/jinja_program.h"

namespace hearth::dialogue {

namespace {

using Tokens = std::vector<::jinja::token>;
using Kind = ::jinja::token::type;

constexpr std::array<std::string_view, 5> kBlocks = {"if", "for", "macro", "call", "filter"};

// What the engine says against the first of these tokens; nothing when it takes them.
std::optional<std::string> objection(const ::jinja::lexer_result& read, std::size_t tokens) {
  const auto end = read.tokens.begin() + static_cast<std::ptrdiff_t>(tokens);
  try {
    watched_program({Tokens(read.tokens.begin(), end), read.source}, Undefined::kEmpty);
  } catch (const std::exception& error) {
    return error.what();
  }
  return std::nullopt;
}

// The byte of the token against which this was said, or of the last one before it: it is said of
// every beginning that has it, and where something is missing, of the one that ends there too.
std::size_t byte_of(const ::jinja::lexer_result& read, const std::string& said) {
  std::size_t without = 0;
  std::size_t with = read.tokens.size();
  while (with - without > 1) {
    const std::size_t middle = without + (with - without) / 2;
    (objection(read, middle) == said ? with : without) = middle;
  }
  return with == 0 ? 0 : read.tokens[with - 1].pos;
}

// The tag of the innermost block that has no end.
std::optional<std::size_t> unclosed_block(const Tokens& tokens) {
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (tokens[i].t != Kind::open_statement) continue;
    const std::string& word = tokens[i + 1].value;
    if (std::find(kBlocks.begin(), kBlocks.end(), word) != kBlocks.end()) {
      open.push_back(i);
    } else if (word.starts_with("end") && !open.empty() &&
               word.substr(3) == tokens[open.back() + 1].value) {
      open.pop_back();
    }
  }
  return open.empty() ? std::nullopt : std::optional(open.back());
}

JinjaFault fault_in(const ::jinja::lexer_result& read, const std::string& said) {
  JinjaFault fault = fault_of(said, read.source);
  if (fault.line) return fault;
  std::size_t byte = 0;
  const auto unclosed = unclosed_block(read.tokens);
  if (said == "Unexpected token type" && unclosed) {
    byte = read.tokens[*unclosed].pos;
    fault.sentence = fmt::format("the block '{}' is not closed", read.tokens[*unclosed + 1].value);
  } else {
    byte = byte_of(read, said);
  }
  const TextPlace place = place_in(read.source, byte);
  fault.line = place.line;
  fault.column = place.column;
  return fault;
}

Failure wrong(const JinjaFault& fault) {
  return fail(Code::kUnimplemented, in_words(fault));
}

}  // namespace

Result<void> check_syntax(const std::string& text) {
  try {
    const auto read = ::jinja::lexer().tokenize(text);
    if (const auto said = objection(read, read.tokens.size())) return wrong(fault_in(read, *said));
  } catch (const std::bad_alloc&) {
    return fail(Code::kOutOfMemory, "not enough memory to read it");
  } catch (const std::exception& error) {
    return wrong(fault_of(error.what(), text));
  }
  return {};
}

}  // namespace hearth::dialogue
