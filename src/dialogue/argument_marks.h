// What stands around the arguments of a call, found in the parser of answers by its tags.
//
// Threads: confined to its caller.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <peg-parser.h>

#include "constraint/arguments.h"
#include "dialogue/tool_outlines.h"

namespace hearth::dialogue {

class ArgumentMarks {
 public:
  // `write` gives a part as GBNF, `name` the rule of such a text; both may add rules.
  struct Writer {
    std::function<std::string(common_peg_parser_id)> write;
    std::function<std::string(const std::string& text)> name;
  };
  ArgumentMarks(const common_peg_arena& rules, const ToolOutlines& tools, Writer writer)
      : rules_(rules), tools_(tools), writer_(std::move(writer)) {}

  // The arguments in these parts, each once, in the order of their numbers.
  constraint::ArgumentList list(const std::vector<common_peg_parser_id>& parts) const;

 private:
  // What is written in the place of a part: nothing of a value, or before and after one.
  struct Way {
    std::string before;
    std::string after;
    std::vector<std::string> barred;
    bool has_value = false;
    constraint::Writing value;
  };
  using Ways = std::vector<Way>;

  struct Found {
    std::size_t number = 0;
    constraint::Argument argument;
  };
  std::vector<common_peg_parser_id> arguments_in(
      const std::vector<common_peg_parser_id>& parts) const;
  Found argument(common_peg_parser_id id) const;
  std::vector<constraint::Writing> writings(common_peg_parser_id id) const;
  Ways ways(common_peg_parser_id id) const;
  Ways ways_in_turn(const std::vector<common_peg_parser_id>& parts) const;
  constraint::Writing raw(common_peg_parser_id id) const;
  constraint::Writing items(common_peg_parser_id id) const;
  bool holds_value(common_peg_parser_id id) const;
  std::string between(const std::vector<common_peg_parser_id>& parts) const;

  const common_peg_arena& rules_;
  const ToolOutlines& tools_;
  Writer writer_;
};

}  // namespace hearth::dialogue
