#include "dialogue/answer_parser.h"

#include <algorithm>
#include <functional>

#include <chat-peg-parser.h>
#include <chat.h>

#include "dialogue/library_call.h"
#include "dialogue/nesting.h"
#include "dialogue/text_edges.h"

namespace hearth::dialogue {

namespace {

using Place = ParsedAnswer::Place;

// Each once, and the longer of two before its own beginning.
std::vector<std::string> in_order(std::vector<std::string> texts) {
  std::erase_if(texts, [](const std::string& text) { return text.empty(); });
  std::sort(texts.begin(), texts.end(), std::greater<>());
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
  return texts;
}

// Of every rule that reads up to a mark, the marks.
std::vector<std::string> find_marks(const common_peg_arena& rules) {
  std::vector<std::string> marks;
  for (std::size_t id = 0; id < rules.size(); ++id) {
    if (const auto* until = std::get_if<common_peg_until_parser>(&rules.get(id)))
      marks.insert(marks.end(), until->delimiters.begin(), until->delimiters.end());
  }
  return in_order(std::move(marks));
}

// What the rules want to the letter, names of tools apart.
std::vector<std::string> find_syntax(const common_peg_arena& rules,
                                     const std::vector<std::string>& tools) {
  std::vector<std::string> syntax;
  for (std::size_t id = 0; id < rules.size(); ++id) {
    const auto* literal = std::get_if<common_peg_literal_parser>(&rules.get(id));
    if (literal == nullptr) continue;
    const bool names = std::any_of(tools.begin(), tools.end(), [&](const std::string& tool) {
      return literal->literal.find(tool) != std::string::npos;
    });
    if (!names) syntax.push_back(literal->literal);
  }
  return in_order(std::move(syntax));
}

std::unique_ptr<common_chat_peg_mapper> make_mapper(common_chat_format dialect,
                                                    common_chat_msg& message) {
  if (dialect == COMMON_CHAT_FORMAT_PEG_GEMMA4)
    return std::make_unique<common_chat_peg_gemma4_mapper>(message);
  if (dialect == COMMON_CHAT_FORMAT_PEG_MINIMAX_M3)
    return std::make_unique<common_chat_peg_minimax_m3_mapper>(message);
  return std::make_unique<common_chat_peg_mapper>(message);
}

Place place_of(const std::string& tag) {
  if (tag == common_chat_peg_builder::REASONING) return Place::kThinking;
  if (tag == common_chat_peg_builder::CONTENT) return Place::kText;
  // What opens a call, or is its id, is said by nothing before its name is known.
  const bool opens = tag == common_chat_peg_builder::TOOL ||
                     tag == common_chat_peg_builder::TOOL_OPEN ||
                     tag == common_chat_peg_builder::TOOL_ID;
  return !opens && tag.starts_with(common_chat_peg_builder::TOOL) ? Place::kCall : Place::kNowhere;
}

std::string behind(const std::string& text, std::size_t begin) {
  return text.substr(std::min(text.size(), begin));
}

class LibraryParser final : public AnswerParser {
 public:
  LibraryParser(Source source, common_peg_arena rules)
      : prompt_end_(std::move(source.prompt_end)),
        dialect_(static_cast<common_chat_format>(source.dialect)),
        rules_(std::move(rules)),
        marks_(find_marks(rules_)),
        syntax_(find_syntax(rules_, source.tools)) {
    begun_.add(prompt_end_);
  }

  const std::vector<std::string>& marks() const override { return marks_; }

  bool is_syntax(std::string_view text) const override {
    for (;;) {
      text.remove_prefix(begin_without_space(text));
      if (text.empty()) return true;
      const auto next = std::find_if(syntax_.begin(), syntax_.end(), [&](const std::string& part) {
        return text.starts_with(part) || part.starts_with(text);
      });
      if (next == syntax_.end()) return false;
      text.remove_prefix(std::min(next->size(), text.size()));
    }
  }

  ParsedAnswer parse(std::string_view answer) const override {
    Nesting nesting = begun_;
    nesting.add(answer);
    if (nesting.most() > kNestingMax) return {};
    return library_call(Code::kInternal, "read an answer", [&] { return parsed(answer); })
        .value_or(ParsedAnswer());
  }

 private:
  ParsedAnswer parsed(std::string_view answer) const {
    common_peg_parse_context context(prompt_end_ + std::string(answer),
                                     COMMON_PEG_PARSE_FLAG_LENIENT);
    const common_peg_parse_result result = rules_.parse(context);
    ParsedAnswer read;
    read.reached = in_answer(result.end);
    if (result.fail()) return read;
    read.readable = true;
    read.whole = result.success();
    common_chat_msg message;
    make_mapper(dialect_, message)->from_ast(context.ast, result);
    // White space before the first thought is the mark's; the library drops it when it is alone.
    const std::size_t space = begin_without_space(message.reasoning_content);
    const std::size_t thought = prompted(context, result, Place::kThinking);
    read.thought = thought > space && !message.reasoning_content.empty();
    read.thinking = behind(message.reasoning_content, std::max(space, thought));
    read.text = behind(message.content, prompted(context, result, Place::kText));
    for (common_chat_tool_call& call : message.tool_calls)
      read.calls.push_back({std::move(call.id), std::move(call.name), std::move(call.arguments)});
    locate_end(context, result, read);
    return read;
  }

  // How many bytes of such parts the prompt has written.
  std::size_t prompted(const common_peg_parse_context& context,
                       const common_peg_parse_result& result, Place place) const {
    std::size_t bytes = 0;
    context.ast.visit(result, [&](const common_peg_ast_node& node) {
      const std::size_t end = std::min(node.end, prompt_end_.size());
      if (place_of(node.tag) == place && end > node.start) bytes += end - node.start;
    });
    return bytes;
  }

  void locate_end(const common_peg_parse_context& context, const common_peg_parse_result& result,
                  ParsedAnswer& read) const {
    std::size_t end = 0;
    bool empty = true;
    context.ast.visit(result, [&](const common_peg_ast_node& node) {
      const Place place = place_of(node.tag);
      if (place == Place::kNowhere || node.end < end || node.end < prompt_end_.size()) return;
      end = node.end;
      empty = node.start == node.end;
      read.place = place;
    });
    read.end = in_answer(end);
    read.open = !empty && end == context.input.size() && read.place != Place::kCall;
  }

  std::size_t in_answer(std::size_t offset) const {
    return offset > prompt_end_.size() ? offset - prompt_end_.size() : 0;
  }

  std::string prompt_end_;
  Nesting
      begun_;  // by the prompt's end, which is a client's text where the answer goes on with one
  common_chat_format dialect_;
  common_peg_arena rules_;
  std::vector<std::string> marks_;
  std::vector<std::string> syntax_;
};

}  // namespace

Result<std::shared_ptr<const AnswerParser>> AnswerParser::create(Source source) {
  return library_call(Code::kInternal, "load the rules of an answer",
                      [&]() -> std::shared_ptr<const AnswerParser> {
                        common_peg_arena rules;
                        rules.load(source.rules);
                        return std::make_shared<LibraryParser>(std::move(source), std::move(rules));
                      });
}

}  // namespace hearth::dialogue
