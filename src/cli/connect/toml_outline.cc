#include "cli/connect/toml_outline.h"

#include "base/utf8.h"

namespace hearth::cli {

namespace {

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  Result<TomlOutline> scan() {
    while (skip_to_statement()) {
      HEARTH_TRY(here() == '[' ? take_table() : take_entry());
      HEARTH_TRY(end_line());
    }
    return std::move(outline_);
  }

 private:
  bool at_end() const { return at_ >= text_.size(); }
  char here() const { return at_end() ? '\0' : text_[at_]; }
  bool begins(std::string_view word) const { return text_.substr(at_).starts_with(word); }
  void step() {
    if (here() == '\n') ++line_;
    ++at_;
  }
  void skip_spaces() {
    while (here() == ' ' || here() == '\t' || here() == '\r')
      step();
  }
  void skip_comment() {
    while (!at_end() && here() != '\n')
      step();
  }
  bool skip_to_statement() {
    for (skip_spaces(); here() == '\n' || here() == '#'; skip_spaces()) {
      here() == '#' ? skip_comment() : step();
    }
    return !at_end();
  }
  Result<void> end_line() {
    skip_spaces();
    if (here() == '#') skip_comment();
    if (at_end() || here() == '\n') return {};
    return broken("something follows where the line should end");
  }
  Failure broken(const std::string& why) const {
    return fail(Code::kInvalidArgument,
                "it cannot be read as TOML (line " + std::to_string(line_ + 1) + ": " + why + ")");
  }

  // A character of a name, or what stands in quotes there; nothing of a space.
  Result<std::string> take_part() {
    const std::size_t begin = at_;
    const bool is_quoted = here() == '"' || here() == '\'';
    if (is_quoted) HEARTH_TRY(skip_string());
    if (!is_quoted) step();
    const std::string_view part = text_.substr(begin, at_ - begin);
    if (part == " " || part == "\t") return std::string();
    if (part.starts_with('"') && part.find('\\') != std::string_view::npos)
      return broken("a name with a backslash is not understood here");
    return std::string(is_quoted ? part.substr(1, part.size() - 2) : part);
  }

  Result<void> take_table() {
    const bool is_array = begins("[[");
    at_ += is_array ? 2 : 1;
    std::string name;
    while (here() != ']') {
      if (at_end() || here() == '\n') return broken("a table's name does not end");
      name += HEARTH_TRY(take_part());
    }
    if (is_array && !begins("]]")) return broken("a table's name does not end");
    at_ += is_array ? 2 : 1;
    outline_.tables.push_back(std::move(name));
    return {};
  }

  Result<void> take_entry() {
    OutlineEntry entry;
    entry.first_line = line_;
    while (here() != '=') {
      if (at_end() || here() == '\n' || here() == '#') return broken("this is no KEY = VALUE");
      entry.key += HEARTH_TRY(take_part());
    }
    step();
    HEARTH_TRY(skip_value());
    entry.last_line = line_;
    if (outline_.tables.empty()) {
      outline_.root.push_back(std::move(entry));
    } else {
      outline_.inner.push_back(outline_.tables.back() + "." + entry.key);
    }
    return {};
  }

  Result<void> skip_value() {
    std::size_t depth = 0;
    skip_spaces();
    if (at_end() || here() == '\n' || here() == '#') return broken("a value is missing");
    while (!at_end()) {
      const char c = here();
      if (c == '"' || c == '\'') {
        HEARTH_TRY(skip_string());
        continue;
      }
      if (c == '#') {
        if (depth == 0) return {};
        skip_comment();
        continue;
      }
      if (depth == 0 && c == '\n') return {};
      if (c == '[' || c == '{') ++depth;
      if ((c == ']' || c == '}') && depth-- == 0) return broken("a bracket too many");
      step();
    }
    return depth == 0 ? Result<void>() : broken("a bracket is not closed");
  }

  Result<void> skip_string() {
    const char quote = here();
    const std::string three(3, quote);
    const bool is_long = begins(three);
    const std::string close = is_long ? three : std::string(1, quote);
    at_ += close.size();
    while (!begins(close)) {
      if (at_end() || (here() == '\n' && !is_long)) return broken("a text does not end");
      if (here() == '\\' && quote == '"') step();
      step();
    }
    at_ += close.size();
    // A long text may end in quotes of its own.
    while (is_long && here() == quote)
      ++at_;
    return {};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 0;
  TomlOutline outline_;
};

}  // namespace

Result<TomlOutline> toml_outline(std::string_view text) {
  if (!base::is_utf8(text)) return fail(Code::kInvalidArgument, "it is not UTF-8 text");
  return Scanner(text).scan();
}

}  // namespace hearth::cli
