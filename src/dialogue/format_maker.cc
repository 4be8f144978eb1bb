#include "dialogue/format_maker.h"

#include <algorithm>

#include <chat.h>

#include "dialogue/answer_parser.h"
#include "dialogue/call_grammar.h"
#include "dialogue/call_head.h"
#include "dialogue/deltas.h"
#include "dialogue/library_call.h"
#include "dialogue/mark_reader.h"
#include "dialogue/peg_rules.h"
#include "dialogue/request_key.h"
#include "dialogue/text_edges.h"
#include "dialogue/tool_trigger.h"

namespace hearth::dialogue {

namespace {

// What an answer may contain without being anything but text.
constexpr std::string_view kPlainAnswer = "a < b > c [1] {2} `3` | \"4\" (5)\n\n<6> and </7>: 8";
constexpr std::string_view kThought = "so [1]";

void set_thinking(const common_chat_params& params, AnswerFormat& format) {
  if (params.thinking_end_tags.empty()) return;
  const std::string begin(without_space(params.thinking_start_tag));
  const std::string end(without_space(params.thinking_end_tags.front()));
  const std::string& prompt_end = params.generation_prompt;
  const std::size_t begun = begin.empty() ? 0 : prompt_end.rfind(begin);
  const std::size_t ended = prompt_end.rfind(end);
  format.thinking_end = end;
  if (begun == std::string::npos) {
    format.thinking_begin = begin;
  } else if (ended == std::string::npos || ended < begun) {
    format.thinking_begin = begin;
    format.thinking_begun = true;
  } else {
    format.thinking_end.clear();  // it is over
  }
}

// What reads an answer, as the library made it.
Result<common_peg_arena> load_rules(const common_chat_params& params) {
  return library_call(Code::kInternal, "load the rules of an answer", [&] {
    common_peg_arena rules;
    rules.load(params.parser);
    return rules;
  });
}

Result<std::shared_ptr<const AnswerParser>> make_parser(const common_chat_params& params,
                                                        common_peg_arena rules,
                                                        const chat::Request& request,
                                                        const ToolOutlines& tools) {
  AnswerParser::Source source{.rules = revealed(std::move(rules), tools).save(),
                              .dialect = static_cast<int>(params.format),
                              .prompt_end = params.generation_prompt,
                              .tools = {}};
  for (const chat::Tool& tool : request.tools)
    source.tools.push_back(tool.name);
  return AnswerParser::create(std::move(source));
}

Result<void> set_grammar(const common_chat_params& params, const common_peg_arena& rules,
                         const ToolOutlines& tools, AnswerFormat& format) {
  ToolTrigger::Source source;
  if (params.grammar.empty()) {
    // The library holds no calls of families that have no mark before them.
    const std::string head = call_head(rules, tools);
    if (head.empty()) return {};
    source.heads = {head};
    for (const chat::Tool& tool : tools.all())
      source.names.push_back(tool.name);
  }
  format.grammar = make_call_grammar(rules, tools, GrammarExtent::kFromTrigger);
  for (const common_grammar_trigger& trigger : params.grammar_triggers) {
    auto& list = trigger.type == COMMON_GRAMMAR_TRIGGER_TYPE_WORD ? source.words : source.patterns;
    list.push_back(tools.revealed(trigger.value));
  }
  format.trigger = HEARTH_TRY(ToolTrigger::create(source));
  return {};
}

// What the parser makes of an answer is what the marks around thinking make of it.
bool reads_alike(const AnswerFormat& format, const AnswerParser& parser,
                 const std::string& answer) {
  Deltas deltas;
  MarkReader marks(format);
  marks.add(answer, deltas);
  marks.finish(Rest::kText, deltas);
  ParsedAnswer by_marks;
  for (const chat::Event& event : deltas.take()) {
    if (const auto* text = std::get_if<chat::TextDelta>(&event)) by_marks.text += text->text;
    if (const auto* thought = std::get_if<chat::ThinkingDelta>(&event))
      by_marks.thinking += thought->text;
  }
  const ParsedAnswer parsed = parser.parse(answer);
  return parsed.readable && parsed.text == by_marks.text && parsed.thinking == by_marks.thinking;
}

bool marks_are_enough(const AnswerFormat& format, const AnswerParser& parser) {
  if (!format.grammar.text.empty()) return false;
  const std::string thought =
      std::string(kThought) + format.thinking_end + std::string(kPlainAnswer);
  if (format.thinking_end.empty()) return reads_alike(format, parser, std::string(kPlainAnswer));
  if (format.thinking_begun) return reads_alike(format, parser, thought);
  return reads_alike(format, parser, std::string(kPlainAnswer)) &&
         reads_alike(format, parser, format.thinking_begin + thought);
}

// A frame that the library does not take away again would be read as text.
bool reads_frame(const AnswerParser& parser, const TextFrame& frame) {
  if (frame.text_begin.empty()) return false;
  const ParsedAnswer parsed = parser.parse(frame.text_begin + std::string(kPlainAnswer));
  return parsed.readable && parsed.text == kPlainAnswer;
}

// What the parser takes for text begins no thinking: the library names the marks for a whole
// family, of which some models do not think.
void drop_marks_unread(AnswerFormat& format, const AnswerParser& parser) {
  if (format.thinking_begun || format.thinking_end.empty()) return;
  const std::string thought = format.thinking_begin + std::string(kThought);
  if (!parser.parse(thought).thinking.empty()) return;
  format.thinking_begin.clear();
  format.thinking_end.clear();
}

// Of the marks up to which the parser reads, those that it wants outside of thinking only.
std::vector<std::string> find_breaks(const AnswerFormat& format, const AnswerParser& parser) {
  if (format.thinking_end.empty()) return {};
  const std::string begin =
      (format.thinking_begun ? "" : format.thinking_begin) + std::string(kThought);
  const std::string before = parser.parse(begin).thinking;
  std::vector<std::string> breaks;
  for (const std::string& mark : parser.marks()) {
    const ParsedAnswer read = parser.parse(begin + mark + std::string(kThought));
    const bool goes_on = read.thinking.size() > before.size();
    if (mark != format.thinking_end && !goes_on) breaks.push_back(mark);
  }
  return breaks;
}

// Control tokens that marks and triggers are made of have to be seen.
void set_said(const common_chat_params& params, const std::vector<std::string>& special_texts,
              AnswerFormat& format) {
  format.said = params.preserved_tokens;
  std::vector<std::string> seen = {format.thinking_begin, format.thinking_end,
                                   format.frame.turn_begin, format.frame.text_begin};
  if (format.parser != nullptr)
    seen.insert(seen.end(), format.parser->marks().begin(), format.parser->marks().end());
  for (const std::string& special : special_texts) {
    const bool is_part = std::any_of(seen.begin(), seen.end(), [&](const std::string& mark) {
      return !special.empty() && mark.find(special) != std::string::npos;
    });
    if (is_part) format.said.push_back(special);
  }
  std::sort(format.said.begin(), format.said.end());
  format.said.erase(std::unique(format.said.begin(), format.said.end()), format.said.end());
}

}  // namespace

bool reads_thinking(const common_chat_params& params, const chat::Request& request) {
  if (!params.supports_thinking || params.thinking_end_tags.empty()) return false;
  AnswerFormat format;
  set_thinking(params, format);
  if (format.thinking_end.empty() || params.parser.empty()) return true;  // it is over
  const auto parser = load_rules(params).and_then([&](common_peg_arena rules) {
    return make_parser(params, std::move(rules), request, ToolOutlines());
  });
  if (parser) drop_marks_unread(format, **parser);
  return !format.thinking_end.empty();
}

Result<CallGrammar> calls_alone(const common_chat_params& params, const ToolOutlines& tools) {
  if (params.parser.empty()) return CallGrammar();
  const common_peg_arena rules = HEARTH_TRY(load_rules(params));
  return make_call_grammar(rules, tools, GrammarExtent::kCalls);
}

Result<AnswerFormat> make_format(const common_chat_params& params, const chat::Request& request,
                                 const ToolOutlines& tools, const TemplateMarks& marks) {
  AnswerFormat format;
  // Thinking stands before the text, which was begun where it is gone on with.
  const bool text_begun = request.continue_last && !request.messages.back().content.empty();
  if (!text_begun) set_thinking(params, format);
  common_peg_arena rules;
  if (!params.parser.empty() || !params.grammar.empty()) rules = HEARTH_TRY(load_rules(params));
  HEARTH_TRY(set_grammar(params, rules, tools, format));
  if (!params.parser.empty()) {
    auto parser = HEARTH_TRY(make_parser(params, std::move(rules), request, tools));
    const bool calls =
        !request.tools.empty() && request.tool_choice.kind != chat::ToolChoice::Kind::kNone;
    drop_marks_unread(format, *parser);
    const bool held = is_held_to_form(request) || must_call(request);
    if (held && reads_frame(*parser, marks.frame)) format.frame = marks.frame;
    // A document stands there alone, where no frame is known to go around it.
    const bool framed = !format.frame.text_begin.empty();
    const bool marks_only = !framed && (held || marks_are_enough(format, *parser));
    if (held) format.thinking_breaks = find_breaks(format, *parser);
    if (calls || !marks_only) format.parser = std::move(parser);
    format.one_call = calls && !request.parallel_tool_calls;
  }
  format.stops = params.additional_stops;
  set_said(params, marks.special_texts, format);
  return format;
}

}  // namespace hearth::dialogue
