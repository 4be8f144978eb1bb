#include "dialogue/chat_template.h"

#include <algorithm>

#include <chat-auto-parser.h>
#include <chat.h>
#include <fmt/format.h>

#include "base/ids.h"
#include "base/utf8.h"
#include "chat/request_part.h"
#include "dialogue/conversation_check.h"
#include "dialogue/disguise.h"
#include "dialogue/format_maker.h"
#include "dialogue/jinja_watch.h"
#include "dialogue/library_call.h"
#include "dialogue/request_cache.h"
#include "dialogue/request_key.h"
#include "dialogue/template_check.h"
#include "dialogue/template_inputs.h"
#include "dialogue/template_probes.h"
#include "dialogue/template_syntax.h"
#include "dialogue/text_edges.h"
#include "dialogue/text_frame.h"
#include "dialogue/told_calls.h"
#include "dialogue/told_systems.h"
#include "dialogue/tool_outlines.h"
#include "dialogue/writable_tools.h"

namespace hearth::dialogue {

namespace {

constexpr std::size_t kReasonBytesMax = 400;  // of what the library says about a failure
constexpr std::size_t kFewMessages = 8;

Error with_advice(Error error) {
  error.message += "; give another with model.chat_template";
  return error;
}

Error refusal(Code code, const Error& stopped) {
  return with_advice(make_error(code, "the model's chat template " + stopped.message));
}

Result<void> readable(const std::string& text) {
  return check_syntax(text).map_error([](Error error) {
    error.message = "cannot read the model's chat template: " + error.message;
    return error;
  });
}

// As the library would, which takes a template of many lines of Windows' for ever.
std::string with_plain_lines(const std::string& text) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r') {
      plain += text[i];
    } else if (i + 1 == text.size() || text[i + 1] != '\n') {
      plain += '\n';
    }
  }
  return plain;
}

// A long conversation may cost more.
Allowance allowance_for(const chat::Request& request, Allowance allowance) {
  std::size_t bytes = 0;
  for (const chat::Message& message : request.messages) {
    bytes += message.content.size() + message.thinking.size();
    for (const chat::ToolCall& call : message.tool_calls)
      bytes += call.arguments.size();
  }
  std::size_t values = 0;  // in schemas: some templates write them one by one
  for (const chat::Tool& tool : request.tools) {
    bytes += tool.description.size() + tool.parameters.size();
    values +=
        static_cast<std::size_t>(std::count(tool.parameters.begin(), tool.parameters.end(), ':'));
  }
  const std::size_t parts = request.messages.size() + request.tools.size();
  allowance.steps += ((parts + values) * kPartSteps) + (parts * parts * kPairSteps) +
                     (bytes / kTextStepBytes * kPartReads);
  allowance.bytes += (parts * kPartBytesMade) + (bytes * kPartReads);
  allowance.steps = std::min(allowance.steps, kMostAllowance.steps);
  allowance.bytes = std::min(allowance.bytes, kMostAllowance.bytes);
  return allowance;
}

// The library shows where in the template something failed; what failed stands last. It says so of
// whatever it was doing, which is not what the user did.
Error shortened(Error error) {
  constexpr std::string_view kDoing =
      "Unable to generate parser for this template. Automatic parser generation failed: ";
  if (const auto at = error.message.find(kDoing); at != std::string::npos)
    error.message.erase(at, kDoing.size());
  constexpr std::string_view kReason = "Error: ";
  constexpr std::string_view kRaised = "Jinja Exception: ";
  const std::size_t where = error.message.find("\n---");
  const std::size_t reason = error.message.rfind(kReason);
  if (where != std::string::npos && reason != std::string::npos && reason > where) {
    std::string_view words = std::string_view(error.message).substr(reason + kReason.size());
    if (words.starts_with(kRaised)) words.remove_prefix(kRaised.size());
    error.message = error.message.substr(0, where) + std::string(words);
  }
  if (error.message.size() <= kReasonBytesMax) return error;
  error.message = base::repair_utf8(error.message.substr(0, kReasonBytesMax)) + " …";
  return error;
}

chat::Message make_message(chat::Role role, std::string content) {
  return {.role = role, .content = std::move(content)};
}

// Calls of tools as a whole: because the request wants one, or because the model may choose
// between them and a document.
bool needs_whole_calls(const chat::Request& request) {
  const bool chooses = request.tool_choice.kind == chat::ToolChoice::Kind::kAuto;
  return must_call(request) || (!request.tools.empty() && chooses && is_held_to_form(request));
}

// What runs while it lives shows no control token's text of a client's.
class Disguised {
 public:
  explicit Disguised(Disguise& disguise) { Watch::current().hide_with(&disguise); }
  ~Disguised() { Watch::current().hide_with(nullptr); }
  Disguised(const Disguised&) = delete;
  Disguised& operator=(const Disguised&) = delete;
};

class LibraryTemplate final : public ChatTemplate {
 public:
  explicit LibraryTemplate(Source source) : source_(std::move(source)) {}

  Result<void> load();

  Result<Rendered> render(const chat::Request& request,
                          const base::CancelToken& cancel) const override;
  Result<std::vector<PromptPiece>> write(const chat::Request& request,
                                         const base::CancelToken& cancel) const override;
  const chat::Capabilities& capabilities() const override { return capabilities_; }
  const std::string& between_turns() const override { return between_turns_; }

 private:
  enum class Wanted : bool { kPromptOnly, kWithFormat };

  Result<void> try_out();
  struct Prompt {
    chat::Request request;  // as it was written
    std::vector<PromptPiece> pieces;
    std::string end;  // from where the answer is asked for
  };
  Result<Prompt> prompt_of(const chat::Request& request) const;
  Result<Rendered> with_format(Prompt prompt, const base::CancelToken& cancel) const;
  // What is done for a request, within what it is allowed.
  template <typename Work>
  auto within_bounds(const chat::Request& request, const base::CancelToken& cancel, Work work) const
      -> decltype(work());

  Result<common_chat_params> apply(const chat::Request& request, Wanted extent) const;
  // Of an answer that begins so.
  Result<common_chat_params> apply_briefly(const chat::Request& request,
                                           const std::string& prompt_end) const;
  // What `apply_to` makes of the request, or of one whose tools the template can write.
  template <typename Apply>
  Result<common_chat_params> apply_writable(const chat::Request& request, Apply apply_to) const;
  Result<std::vector<chat::Tool>> find_writable(const chat::Request& request) const;
  Result<AnswerFormat> format_of(const chat::Request& request, const std::string& prompt_end,
                                 const base::CancelToken& cancel) const;
  Result<void> check_expressible(const chat::Request& request) const;
  void find_capabilities();
  bool knows_calls() const;
  void find_edges();
  bool has_parser_of_its_own() const;

  Source source_;
  common_chat_templates_ptr templates_;
  chat::Capabilities capabilities_;
  bool calls_in_history_ = false;
  bool wants_short_ids_ = false;
  bool takes_several_calls_ = true;  // in one message; else an answer has no more than one
  bool joins_systems_ = false;
  // The library knows templates of some families by name, changes their messages before it
  // renders, and finds out about all others by rendering them many times.
  bool is_known_family_ = false;
  std::string between_turns_;
  TextFrame frame_;
  mutable RequestCache<AnswerFormat> formats_;
  mutable RequestCache<std::vector<chat::Tool>> written_tools_;  // where they are not those sent
};

Result<common_chat_params> LibraryTemplate::apply(const chat::Request& request,
                                                  Wanted extent) const {
  const auto call = [&] {
    auto inputs = make_template_inputs(request);
    // What an answer that goes on has said is written by the library, but not in pure content.
    if (extent == Wanted::kPromptOnly && (is_known_family_ || request.continue_last)) {
      inputs.tool_choice = COMMON_CHAT_TOOL_CHOICE_NONE;  // the prompt is the same
    } else if (extent == Wanted::kPromptOnly) {
      inputs.force_pure_content = true;
    }
    return common_chat_templates_apply(templates_.get(), inputs);
  };
  auto params = library_call(Code::kInvalidArgument, "write this with the model's template", call);
  if (!params) return fail(shortened(params.error()));
  if (params->prompt.size() > kPromptBytesMax) {
    return fail(Code::kInvalidArgument,
                fmt::format("the prompt has {} bytes; at most {} are allowed",
                            params->prompt.size(), kPromptBytesMax));
  }
  return params;
}

// What was said before decides nothing of an answer but how the prompt has begun it, and some
// templates take long for many messages: a question alone tells as much, where it ends alike.
Result<common_chat_params> LibraryTemplate::apply_briefly(const chat::Request& request,
                                                          const std::string& prompt_end) const {
  if (!request.continue_last && request.messages.size() > kFewMessages) {
    chat::Request brief = request;
    brief.messages = trial_question().messages;
    auto params = apply(brief, Wanted::kWithFormat);
    if (params && params->generation_prompt == prompt_end) return params;
  }
  return apply(request, Wanted::kWithFormat);
}

Result<std::vector<chat::Tool>> LibraryTemplate::find_writable(const chat::Request& request) const {
  chat::Request alone = request;
  alone.messages = trial_question().messages;
  alone.continue_last = false;
  return writable_tools(request.tools, [&](const chat::Tool& tool) -> Result<void> {
    alone.tools = {tool};
    const auto params = apply(alone, Wanted::kPromptOnly);
    if (const auto& stopped = Watch::current().stopped()) return fail(*stopped);
    if (!params) return fail(params.error());
    return {};
  });
}

template <typename Apply>
Result<common_chat_params> LibraryTemplate::apply_writable(const chat::Request& request,
                                                           Apply apply_to) const {
  if (request.tools.empty()) return apply_to(request);
  const auto showing = [&](std::vector<chat::Tool> tools) {
    chat::Request other = request;
    other.tools = std::move(tools);
    return apply_to(other);
  };
  std::string key = request_key(request, {});
  if (auto known = written_tools_.find(key)) return showing(*std::move(known));
  auto params = apply_to(request);
  if (params || Watch::current().stopped()) return params;
  auto tools = HEARTH_TRY(find_writable(request));
  if (tools == request.tools) return params;
  written_tools_.add(std::move(key), tools);
  return showing(std::move(tools));
}

bool LibraryTemplate::has_parser_of_its_own() const {
  return library_call(
             Code::kInternal, "look at the model's chat template",
             [&] {
               const common_chat_template copy(common_chat_templates_source(templates_.get()),
                                               source_.begin_text, source_.end_text);
               autoparser::generation_params params;
               params.messages = common_chat_msgs_to_json_oaicompat(
                   make_template_inputs(trial_question()).messages);
               return common_chat_try_specialized_template(copy, copy.source(), params).has_value();
             })
      .value_or(true);
}

bool LibraryTemplate::knows_calls() const {
  chat::Request request = trial_question();
  request.tools = {{.name = "one", .description = "One.", .parameters = {}}};
  request.tool_choice.kind = chat::ToolChoice::Kind::kRequired;
  const auto params = apply(request, Wanted::kWithFormat);
  return params && !params->grammar.empty();
}

void LibraryTemplate::find_capabilities() {
  auto known = common_chat_templates_get_caps(templates_.get());
  capabilities_.system = known["supports_system_role"];
  calls_in_history_ = known["supports_tool_calls"];
  const TrialWriter write = [this](const chat::Request& request) {
    const auto params = apply(request, Wanted::kPromptOnly);
    return params ? std::optional(params->prompt) : std::nullopt;
  };
  wants_short_ids_ = calls_in_history_ && refuses_long_ids(write);
  capabilities_.tools = known["supports_tools"] && knows_calls();
  const CallIds ids = wants_short_ids_ ? CallIds::kShort : CallIds::kLong;
  takes_several_calls_ = !calls_in_history_ || takes_several_calls(write, ids);
  capabilities_.parallel_calls = capabilities_.tools && takes_several_calls_;
  joins_systems_ = takes_one_system_alone(write);
  const auto params = apply(trial_question(), Wanted::kWithFormat);
  capabilities_.thinking = params && reads_thinking(*params, trial_question());
}

// What the template writes around the text of an answer.
void LibraryTemplate::find_edges() {
  const std::string answer = base::make_id("answer");
  const std::string next = base::make_id("question");
  const auto asked = apply(trial_question(), Wanted::kWithFormat);
  const auto told = apply({.messages = {make_message(chat::Role::kUser, "1"),
                                        make_message(chat::Role::kAssistant, answer),
                                        make_message(chat::Role::kUser, next)}},
                          Wanted::kPromptOnly);
  if (!asked || !told) return;
  const std::string_view end =
      asked->thinking_end_tags.empty() ? std::string_view() : asked->thinking_end_tags.front();
  frame_ = find_text_frame({.prompt = asked->prompt,
                            .told = told->prompt,
                            .answer = answer,
                            .turn_begin = asked->generation_prompt,
                            .thinking_begin = without_space(asked->thinking_start_tag),
                            .thinking_end = without_space(end)});
  const std::size_t ended = told->prompt.find(answer) + answer.size();
  const std::size_t asks = told->prompt.find(next, ended);
  if (ended < answer.size() || asks == std::string::npos) return;
  between_turns_ = told->prompt.substr(ended, asks - ended);
}

// The library tries a template out when it reads it, and so do we.
Result<void> LibraryTemplate::load() {
  source_.text = with_plain_lines(source_.text);
  const Watch watch(source_.allowance);
  const auto tried = check_template(source_.text)
                         .and_then([this] { return readable(source_.text); })
                         .and_then([this] { return try_out(); });
  if (watch.stopped()) return fail(refusal(Code::kUnimplemented, *watch.stopped()));
  if (!tried) return fail(with_advice(tried.error()));
  return {};
}

Result<void> LibraryTemplate::try_out() {
  auto templates = library_call(Code::kUnimplemented, "read the model's chat template", [&] {
    return common_chat_templates_init(nullptr, source_.text.empty() ? "chatml" : source_.text,
                                      source_.begin_text, source_.end_text);
  });
  if (!templates) return fail(shortened(templates.error()));
  templates_ = std::move(*templates);
  is_known_family_ = has_parser_of_its_own();
  return library_call(Code::kUnimplemented, "try the model's chat template",
                      [&]() {
                        find_capabilities();
                        find_edges();
                        return true;
                      })
      .map([](bool) {});
}

Result<void> LibraryTemplate::check_expressible(const chat::Request& request) const {
  const bool wants_calls =
      !request.tools.empty() && request.tool_choice.kind != chat::ToolChoice::Kind::kNone;
  if (wants_calls && !capabilities_.tools)
    return fail(Code::kInvalidArgument, "this model's chat template has no place for tools",
                chat::part_context({chat::RequestPart::Kind::kTools}));
  return {};
}

Result<AnswerFormat> LibraryTemplate::format_of(const chat::Request& request,
                                                const std::string& prompt_end,
                                                const base::CancelToken& cancel) const {
  std::string key = request_key(request, prompt_end);
  if (auto known = formats_.find(key)) return *std::move(known);
  // Only the tool that has to be called is in the format; the prompt tells of all.
  chat::Request offered = request;
  if (request.tool_choice.kind == chat::ToolChoice::Kind::kNamed) {
    std::erase_if(offered.tools,
                  [&](const chat::Tool& tool) { return tool.name != request.tool_choice.name; });
  }
  const bool calls = request.tool_choice.kind != chat::ToolChoice::Kind::kNone;
  const ToolOutlines tools =
      HEARTH_TRY(ToolOutlines::create(calls ? offered.tools : std::vector<chat::Tool>(), cancel));
  chat::Request told = offered;
  if (calls) told.tools = tools.told();
  // Some families' rules of an answer that has to call let text stand before the call which they do
  // not read themselves; so it is read as one that may call, and held to calls.
  if (must_call(request)) told.tool_choice.kind = chat::ToolChoice::Kind::kAuto;
  const auto params_of = [&](const chat::Request& asked) {
    const auto briefly = [&](const chat::Request& other) {
      return apply_briefly(other, prompt_end);
    };
    return apply_writable(asked, briefly).map_error([&](Error error) {
      return make_error(error.code, tools.revealed(error.message));
    });
  };
  const auto params = HEARTH_TRY(params_of(told));
  auto format = HEARTH_TRY(make_format(params, offered, tools, {source_.special_texts, frame_}));
  if (needs_whole_calls(request)) {
    told.tool_choice.kind = chat::ToolChoice::Kind::kRequired;
    const auto required = HEARTH_TRY(params_of(told));
    format.calls = HEARTH_TRY(calls_alone(required, tools));
  }
  // The library may make something of a run that was stopped.
  const bool whole = !Watch::current().stopped();
  if (whole && !request.continue_last) formats_.add(std::move(key), format);
  return format;
}

template <typename Work>
auto LibraryTemplate::within_bounds(const chat::Request& request, const base::CancelToken& cancel,
                                    Work work) const -> decltype(work()) {
  HEARTH_TRY(check_conversation(request));
  HEARTH_TRY(check_expressible(request));
  const Watch watch(allowance_for(request, source_.allowance), cancel);
  auto done = work();
  if (cancel.cancelled()) return fail(Code::kCancelled, "cancelled");
  if (watch.stopped()) return fail(refusal(Code::kInvalidArgument, *watch.stopped()));
  return done;
}

Result<Rendered> LibraryTemplate::render(const chat::Request& request,
                                         const base::CancelToken& cancel) const {
  return within_bounds(request, cancel, [&] {
    return prompt_of(request).and_then(
        [&](Prompt&& prompt) { return with_format(std::move(prompt), cancel); });
  });
}

Result<std::vector<PromptPiece>> LibraryTemplate::write(const chat::Request& request,
                                                        const base::CancelToken& cancel) const {
  return within_bounds(request, cancel, [&] {
    return prompt_of(request).map([](Prompt&& prompt) { return std::move(prompt.pieces); });
  });
}

Result<LibraryTemplate::Prompt> LibraryTemplate::prompt_of(const chat::Request& request) const {
  Prompt prompt;
  prompt.request = request;
  if (!calls_in_history_) write_calls_as_text(prompt.request);
  const auto readable = quote_broken_arguments(prompt.request);
  if (wants_short_ids_) shorten_ids(prompt.request);
  if (joins_systems_) join_systems(prompt.request);
  // Whoever answers each call of an answer could not go on.
  if (!takes_several_calls_) prompt.request.parallel_tool_calls = false;
  Disguise disguise(source_.special_texts);
  const Disguised disguised(disguise);
  const auto hidden = [&](const chat::Request& shown) {
    return apply(disguise.hide(shown), Wanted::kPromptOnly);
  };
  auto params = apply_writable(prompt.request, hidden);
  if (!params) return fail(readable ? params.error() : readable.error());
  prompt.pieces = disguise.reveal(params->prompt);
  prompt.end = std::move(params->generation_prompt);
  return prompt;
}

Result<Rendered> LibraryTemplate::with_format(Prompt prompt,
                                              const base::CancelToken& cancel) const {
  Rendered rendered;
  rendered.format = HEARTH_TRY(format_of(prompt.request, prompt.end, cancel));
  rendered.pieces = std::move(prompt.pieces);
  return rendered;
}

}  // namespace

Result<std::unique_ptr<ChatTemplate>> ChatTemplate::create(Source source) {
  auto made = std::make_unique<LibraryTemplate>(std::move(source));
  HEARTH_TRY(made->load());
  return made;
}

}  // namespace hearth::dialogue
