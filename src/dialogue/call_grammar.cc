#include "dialogue/call_grammar.h"

#include <algorithm>
#include <map>
#include <set>

#include <chat-peg-parser.h>
#include <fmt/format.h>

#include "dialogue/argument_marks.h"
#include "dialogue/gbnf_text.h"
#include "dialogue/peg_rules.h"

namespace hearth::dialogue {

namespace {

using Id = common_peg_parser_id;
using Builder = common_chat_peg_builder;

constexpr const char* kSpaceRule = R"((" " | "\n" "\n"? [ \t]{0,16})?)";

std::string repeated(const std::string& part, int least, int most) {
  if (most < 0) return fmt::format("({}){{{},}}", part, least);
  return fmt::format("({}){{{},{}}}", part, least, most);
}

class GrammarWriter {
 public:
  GrammarWriter(const common_peg_arena& rules, const ToolOutlines& tools, GrammarExtent extent)
      : rules_(rules),
        tools_(tools),
        extent_(extent),
        marks_(rules, tools,
               {.write = [this](Id id) { return body(id); },
                .name = [this](const std::string& text) { return part_name(text); }}) {}

  CallGrammar write() {
    std::string root;
    const std::map<std::string, Id> all = triggers();
    for (const auto& [name, id] : all) {
      // "tool-call" before "tool-calls": the last is the whole of which the others are parts.
      if (extent_ == GrammarExtent::kCalls && id != all.rbegin()->second) continue;
      root += (root.empty() ? "" : " | ") + body(id);
    }
    made_.text =
        fmt::format("root ::= {}\nspace ::= {}\n", root.empty() ? "\"\"" : root, kSpaceRule);
    for (const auto& [name, rule] : written_)
      made_.text += fmt::format("{} ::= {}\n", name, rule.empty() ? "\"\"" : rule);
    add_tools_without_arguments();
    return std::move(made_);
  }

 private:
  std::map<std::string, Id> triggers() const {
    std::map<std::string, Id> all;
    for (Id id = 0; id < rules_.size(); ++id) {
      const auto* rule = as<common_peg_rule_parser>(rules_, id);
      if (rule != nullptr && rule->trigger && rules_.get_rule(rule->name) == id)
        all.emplace(rule->name, id);
    }
    return all;
  }

  void add_tools_without_arguments() {
    for (const chat::Tool& tool : tools_.all()) {
      const auto is_its = [&](const CallArguments& made) { return made.tool == tool.name; };
      if (std::none_of(made_.arguments.begin(), made_.arguments.end(), is_its))
        made_.arguments.push_back(arguments_of(tool, CallArguments::Written::kOneByOne));
    }
  }

  CallArguments arguments_of(const chat::Tool& tool, CallArguments::Written written) const {
    return {.tool = tool.name,
            .parameters = tool.parameters,
            .outline = tools_.outline(tool),
            .written = written};
  }

  // A part as GBNF that can stand in a sequence; empty where nothing is written.
  std::string body(Id id) {
    if (const auto* literal = as<common_peg_literal_parser>(rules_, id))
      return literal->literal.empty() ? "" : gbnf_literal(tools_.revealed(literal->literal));
    if (const auto* sequence = as<common_peg_sequence_parser>(rules_, id))
      return in_turn(sequence->children);
    if (const auto* choice = as<common_peg_choice_parser>(rules_, id))
      return one_of(choice->children);
    if (const auto* repetition = as<common_peg_repetition_parser>(rules_, id)) {
      const std::string part = body(repetition->child);
      if (part.empty()) return part;
      return repeated(part, repetition->min_count, repetition->max_count);
    }
    if (as<common_peg_and_parser>(rules_, id) != nullptr ||
        as<common_peg_not_parser>(rules_, id) != nullptr) {
      return "";
    }
    if (as<common_peg_any_parser>(rules_, id) != nullptr) return ".";
    if (as<common_peg_space_parser>(rules_, id) != nullptr) return "space";
    if (const auto* chars = as<common_peg_chars_parser>(rules_, id))
      return repeated(chars->pattern, chars->min_count, chars->max_count);
    if (const auto* string = as<common_peg_string_parser>(rules_, id)) {
      return fmt::format(R"(([^{0}\\] | "\\" (["\\/bfnrt] | "u" [0-9a-fA-F]{{4}}))*)",
                         string->delimiter);
    }
    if (const auto* until = as<common_peg_until_parser>(rules_, id))
      return up_to(until->delimiters);
    if (const auto* rule = as<common_peg_rule_parser>(rules_, id)) return rule_name(*rule, id);
    if (const auto* gbnf = as<common_peg_gbnf_parser>(rules_, id))
      return gbnf->grammar.empty() ? "" : body(gbnf->child);
    if (extent_ == GrammarExtent::kCalls && is_tagged(rules_, id, Builder::CONTENT)) return "";
    const std::vector<Id> parts = parts_of(rules_, id);
    return parts.empty() ? "" : body(parts.front());
  }

  std::string up_to(const std::vector<std::string>& delimiters) {
    std::vector<std::string> marks;
    for (const std::string& delimiter : delimiters)
      marks.push_back(tools_.revealed(delimiter));
    const auto [known, fresh] = texts_.try_emplace(marks, "");
    if (fresh) known->second = add_text_without(written_, marks);
    return known->second;
  }

  std::string one_of(const std::vector<Id>& parts) {
    std::string ways;
    for (const Id part : parts) {
      const std::string way = body(part);
      ways += (ways.empty() ? "" : " | ") + (way.empty() ? "\"\"" : way);
    }
    return ways.empty() ? "" : "(" + ways + ")";
  }

  std::string in_turn(const std::vector<Id>& parts) {
    std::string all;
    const auto add = [&](const std::string& next) {
      all += (all.empty() || next.empty() ? "" : " ") + next;
    };
    const auto [begin, end] = arguments_among(parts);
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const bool space = as<common_peg_space_parser>(rules_, parts[i]) != nullptr;
      if (space && i > 0 && wants_text_next(parts[i - 1])) continue;
      if (i < begin || i >= end) {
        add(body(parts[i]));
      } else if (i == begin) {
        add(arguments({parts.begin() + static_cast<std::ptrdiff_t>(begin),
                       parts.begin() + static_cast<std::ptrdiff_t>(end)}));
      }
    }
    return all;
  }

  // It ends in a look at what has to be there next, to the letter.
  bool wants_text_next(Id id) const {
    if (const auto* ahead = as<common_peg_and_parser>(rules_, id))
      return as<common_peg_literal_parser>(rules_, ahead->child) != nullptr;
    const std::vector<Id> parts = parts_of(rules_, id);
    return !parts.empty() && as<common_peg_repetition_parser>(rules_, id) == nullptr &&
           wants_text_next(parts.back());
  }

  std::string rule_name(const common_peg_rule_parser& rule, Id id) {
    if (const auto known = names_.find(id); known != names_.end()) return known->second;
    std::string name = "a-" + rule.name;
    while (!taken_.insert(name).second)
      name += "-x";
    names_[id] = name;
    const chat::Tool* outer = tool_;
    const std::set<const chat::Tool*> tools = tools_in(id);
    if (tools.size() == 1) tool_ = *tools.begin();
    const std::string text = body(rule.child);
    tool_ = outer;
    written_.emplace_back(name, text);
    return name;
  }

  // The name of a rule that is this text, so that it can be named elsewhere.
  std::string part_name(const std::string& text) {
    if (text.empty()) return "";
    const auto [known, fresh] = parts_.try_emplace(text, fmt::format("part-{}", parts_.size()));
    if (fresh) written_.emplace_back(known->second, text);
    return known->second;
  }

  std::set<const chat::Tool*> tools_in(Id id) const {
    std::set<const chat::Tool*> tools;
    find_part(rules_, id, [&](Id part) {
      const auto* literal = as<common_peg_literal_parser>(rules_, part);
      const auto* tool = literal == nullptr ? nullptr : tools_.find_tool(literal->literal);
      if (tool != nullptr) tools.insert(tool);
      return false;
    });
    return tools;
  }

  // Parts that hold arguments, and not the name of the tool.
  bool holds_arguments(Id id) const {
    const auto marks = [&](Id part) {
      return as<common_peg_schema_parser>(rules_, part) != nullptr ||
             is_tagged(rules_, part, Builder::TOOL_ARGS) ||
             is_tagged(rules_, part, Builder::TOOL_ARG);
    };
    return find_part(rules_, id, marks).has_value() && tools_in(id).empty();
  }

  std::pair<std::size_t, std::size_t> arguments_among(const std::vector<Id>& parts) const {
    std::size_t begin = parts.size();
    std::size_t end = 0;
    if (tool_ == nullptr || in_arguments_) return {begin, end};
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (!holds_arguments(parts[i])) continue;
      begin = std::min(begin, i);
      end = i + 1;
    }
    return {begin, end};
  }

  std::string arguments(const std::vector<Id>& parts) {
    in_arguments_ = true;
    CallArguments made = arguments_of(*tool_, CallArguments::Written::kDocument);
    made.rule = fmt::format("arguments-{}", made_.arguments.size());
    written_.emplace_back(made.rule, in_turn(parts));
    const auto has = [&](const auto& wanted) {
      return std::any_of(parts.begin(), parts.end(),
                         [&](Id part) { return find_part(rules_, part, wanted).has_value(); });
    };
    const auto one_by_one = [&](Id id) { return is_tagged(rules_, id, Builder::TOOL_ARG); };
    const auto document = [&](Id id) {
      return as<common_peg_schema_parser>(rules_, id) != nullptr;
    };
    const auto gemma = [&](Id id) {
      const auto* rule = as<common_peg_rule_parser>(rules_, id);
      return rule != nullptr && rule->name == "gemma4-dict";
    };
    if (has(gemma)) {
      made.written = CallArguments::Written::kGemma;
    } else if (has(one_by_one) || !has(document)) {
      made.written = CallArguments::Written::kOneByOne;
      made.list = marks_.list(parts);
    }
    made_.arguments.push_back(made);
    in_arguments_ = false;
    return made.rule;
  }

  const common_peg_arena& rules_;
  const ToolOutlines& tools_;
  GrammarExtent extent_;
  ArgumentMarks marks_;
  CallGrammar made_;
  GbnfRules written_;
  std::map<Id, std::string> names_;
  std::set<std::string> taken_;
  std::map<std::string, std::string> parts_;               // names by what they are
  std::map<std::vector<std::string>, std::string> texts_;  // by their marks
  const chat::Tool* tool_ = nullptr;                       // whose call is being written
  bool in_arguments_ = false;
};

}  // namespace

CallGrammar make_call_grammar(const common_peg_arena& rules, const ToolOutlines& tools,
                              GrammarExtent extent) {
  return GrammarWriter(rules, tools, extent).write();
}

}  // namespace hearth::dialogue
