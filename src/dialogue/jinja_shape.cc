#include "dialogue/jinja_shape.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace hearth::dialogue {

namespace {

using jinja::token;

constexpr std::array<std::string_view, 6> kEnds = {"endif",   "endfor",    "endmacro",
                                                   "endcall", "endfilter", "endset"};

struct Shape {
  std::size_t tag_tokens = 0;
  std::size_t brackets = 0;
  std::size_t blocks = 0;
  std::size_t branches = 0;
  bool assigns = false;
  std::string word;  // that the tag begins with

  void add(const token& next);
  bool fits() const {
    return tag_tokens <= kTagTokensMax && brackets <= kTemplateNestingMax &&
           blocks <= kTemplateNestingMax && branches <= kBranchesMax;
  }
};

void Shape::add(const token& next) {
  switch (next.t) {
    case token::open_statement:
    case token::open_expression:
      *this = {.blocks = blocks, .branches = branches};
      return;
    case token::close_statement:
      if (word == "elif") ++branches;
      if (std::find(kEnds.begin(), kEnds.end(), word) != kEnds.end()) blocks -= blocks > 0 ? 1 : 0;
      if (word == "if" || word == "for" || word == "macro" || word == "call" || word == "filter" ||
          (word == "set" && !assigns)) {
        ++blocks;
      }
      return;
    case token::open_paren:
    case token::open_square_bracket:
    case token::open_curly_bracket:
      ++brackets;
      break;
    case token::close_paren:
    case token::close_square_bracket:
    case token::close_curly_bracket:
      brackets -= brackets > 0 ? 1 : 0;
      break;
    default:
      break;
  }
  if (tag_tokens == 0) word = next.value;
  assigns = assigns || next.t == token::equals;
  ++tag_tokens;
}

}  // namespace

Result<void> check_shape(const jinja::lexer_result& read) {
  Shape shape;
  for (const auto& next : read.tokens) {
    if (next.t == token::text || next.t == token::comment) continue;
    shape.add(next);
    if (!shape.fits())
      return fail(Code::kResourceExhausted, "is nested too deep, or a tag of it is too long");
  }
  return {};
}

}  // namespace hearth::dialogue
