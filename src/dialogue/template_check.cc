#include "dialogue/template_check.h"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

#include "dialogue/chat_template.h"
#include "dialogue/text_edges.h"

namespace hearth::dialogue {

namespace {

constexpr std::array<std::string_view, 5> kBlocks = {"if", "for", "macro", "filter", "call"};
constexpr std::array<std::string_view, 5> kEnds = {"endif", "endfor", "endmacro", "endfilter",
                                                   "endcall"};

// The end of the string literal that begins at the front of `text`.
std::size_t string_size(std::string_view text) {
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == text.front()) {
      return at + 1;
    }
  }
  return text.size();
}

struct Expression {
  std::size_t size = 0;  // with its braces
  std::size_t code = 0;  // without strings
};

// REQUIRES: `text` begins with {{ or {%.
Expression scan_expression(std::string_view text) {
  const std::string_view end = text[1] == '%' ? "%}" : "}}";
  Expression found{.size = 2};
  while (found.size < text.size() && !text.substr(found.size).starts_with(end)) {
    const char byte = text[found.size];
    if (byte == '\'' || byte == '"') {
      found.size += string_size(text.substr(found.size));
    } else {
      ++found.size;
      ++found.code;
    }
  }
  found.size = std::min(found.size + end.size(), text.size());
  return found;
}

std::string_view first_word(std::string_view statement) {
  statement.remove_prefix(std::min(statement.find_first_not_of("{%-+ \t\r\n"), statement.size()));
  const std::size_t size = statement.find_first_not_of("abcdefghijklmnopqrstuvwxyz");
  return statement.substr(0, size);
}

// How deep blocks nest; an elif is one more level, for it is read as an if inside of an else.
class Blocks {
 public:
  void add(std::string_view word) {
    if (word == "elif") {
      if (!open_.empty()) ++open_.back();
    } else if (std::find(kBlocks.begin(), kBlocks.end(), word) != kBlocks.end()) {
      open_.push_back(open_.empty() ? 1 : open_.back() + 1);
    } else if (std::find(kEnds.begin(), kEnds.end(), word) != kEnds.end() && !open_.empty()) {
      open_.pop_back();
    }
    if (!open_.empty()) most_ = std::max(most_, open_.back());
  }
  std::size_t most() const { return most_; }

 private:
  std::vector<std::size_t> open_;  // the level of each
  std::size_t most_ = 0;
};

}  // namespace

Result<void> check_template(std::string_view text) {
  if (text.size() > kTemplateBytesMax) {
    return fail(Code::kUnimplemented,
                fmt::format("the chat template has {} bytes; at most {} are read", text.size(),
                            kTemplateBytesMax));
  }
  Blocks blocks;
  std::size_t at = text.find('{');
  while (at != std::string_view::npos) {
    const std::string_view rest = text.substr(at);
    std::size_t size = 1;
    if (rest.starts_with("{#")) {
      size = std::min(rest.find("#}"), rest.size());
    } else if (rest.starts_with("{{") || rest.starts_with("{%")) {
      const Expression found = scan_expression(rest);
      if (found.code > kExpressionBytesMax) {
        return fail(
            Code::kUnimplemented,
            fmt::format("the chat template has an expression of {} bytes; at most {} are read",
                        found.code, kExpressionBytesMax));
      }
      if (rest[1] == '%') blocks.add(first_word(rest));
      size = found.size;
    }
    at = text.find('{', at + size);
  }
  if (blocks.most() > kBlockDepthMax) {
    return fail(Code::kUnimplemented,
                fmt::format("the chat template nests {} blocks; at most {} are read", blocks.most(),
                            kBlockDepthMax));
  }
  return {};
}

}  // namespace hearth::dialogue
