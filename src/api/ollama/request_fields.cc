#include "api/ollama/request_fields.h"

#include <iterator>
#include <limits>
#include <utility>

#include "api/core/field_checks.h"
#include "api/core/keep_alive_field.h"
#include "api/core/own_fields.h"
#include "api/ollama/message_fields.h"
#include "api/ollama/option_fields.h"
#include "api/ollama/past_context.h"
#include "api/openai/format_fields.h"
#include "api/openai/thinking_fields.h"
#include "api/openai/tool_fields.h"
#include "json/parse.h"

namespace hearth::api::ollama {

namespace {

using chat::Role;
using json::Node;
using Constraint = chat::Constraint::Kind;
using Mode = chat::Thinking::Mode;
using Reader = Result<void> (*)(const Node& node, Ask& ask);

struct Field {
  std::string_view name;
  Reader read;
};

Result<void> read_model(const Node& node, Ask& ask) {
  ask.model = HEARTH_TRY(read_model_name(node));
  ask.call.request.model = ask.model;
  return {};
}

template <auto member>
Result<void> read_text_into(const Node& node, Ask& ask) {
  ask.*member = std::string(HEARTH_TRY(node.text()));
  return {};
}
template <auto member>
Result<void> read_flag_into(const Node& node, Ask& ask) {
  ask.*member = HEARTH_TRY(node.boolean());
  return {};
}
Result<void> read_stream(const Node& node, Ask& ask) {
  ask.call.stream = HEARTH_TRY(node.boolean());
  return {};
}

Result<void> read_suffix(const Node& node, Ask& ask) {
  const std::string_view text = HEARTH_TRY(node.text());
  if (!text.empty()) ask.suffix = std::string(text);
  return {};
}

Result<void> read_template(const Node& node, Ask& ask) {
  ask.chat_template = std::string(HEARTH_TRY(node.text()));
  if (ask.chat_template.empty()) return {};
  return fail(
      node.wrong("cannot be given with a request; make a model that has it (/api/create, or "
                 "TEMPLATE in a Modelfile)"));
}

Result<void> read_context(const Node& node, Ask& ask) {
  std::vector<std::uint32_t> numbers;
  constexpr std::int64_t kMost = std::numeric_limits<std::uint32_t>::max();
  for (const Node& element : HEARTH_TRY(node.elements()))
    numbers.push_back(static_cast<std::uint32_t>(HEARTH_TRY(element.integer(0, kMost))));
  if (!numbers.empty()) ask.past = HEARTH_TRY(unpack_past(numbers));
  return {};
}

Result<void> read_images(const Node& node, Ask& /*ask*/) {
  return take_no_images(node);
}

// "json", a schema, or nothing.
Result<void> read_format(const Node& node, Ask& ask) {
  if (node.is_object()) return openai::read_json_schema(node, ask.call);
  if (!node.is_string()) return fail(node.wrong("must be \"json\" or a JSON schema"));
  const std::string_view word = HEARTH_TRY(node.text());
  if (word.empty()) return {};
  if (word != "json") return fail(node.wrong("must be \"json\" or a JSON schema"));
  ask.call.request.constraint = {Constraint::kAnyObject};
  ask.call.names.constraint = node.path();
  return {};
}

Result<void> read_keep_alive(const Node& node, Ask& ask) {
  ask.call.request.keep_alive = HEARTH_TRY(api::read_keep_alive(node));
  return {};
}

// true, false, or how much: "low", "medium", "high", "max".
Result<void> read_think(const Node& node, Ask& ask) {
  if (!node.is_string()) return openai::read_thinking(node, ask.call);
  HEARTH_TRY(openai::read_effort(node, ask.call));
  chat::Thinking& thinking = ask.call.request.thinking;
  if (thinking.mode == Mode::kDefault) thinking.mode = Mode::kOn;
  return {};
}

Result<void> read_logprobs(const Node& node, Ask& ask) {
  const bool wanted = HEARTH_TRY(node.boolean());
  if (wanted && !ask.call.request.logprobs) ask.call.request.logprobs = 0;
  return {};
}
Result<void> check_top_logprobs(const Node& node, Ask& /*ask*/) {
  HEARTH_TRY(node.integer(0, chat::kTopLogprobsMax));
  return {};
}

Result<void> read_tools(const Node& node, Ask& ask) {
  return openai::read_tools(node, ask.call);
}

// Read after all others: it may say otherwise.
Result<void> leave_for_later(const Node&, Ask&) {
  return {};
}

constexpr Field kShared[] = {
    {"model", read_model},
    {"stream", read_stream},
    {"format", read_format},
    {"options", read_options},
    {"keep_alive", read_keep_alive},
    {"think", read_think},
    {"truncate", read_flag_into<&Ask::truncate>},
    {"shift", read_flag_into<&Ask::shift>},
    {"logprobs", read_logprobs},
    {"top_logprobs", check_top_logprobs},
    {"hearth", leave_for_later},
};
constexpr Field kGenerate[] = {
    {"prompt", read_text_into<&Ask::prompt>},
    {"suffix", read_suffix},
    {"system", read_text_into<&Ask::system>},
    {"template", read_template},
    {"context", read_context},
    {"raw", read_flag_into<&Ask::raw>},
    {"images", read_images},
};
constexpr Field kChat[] = {{"messages", read_messages}, {"tools", read_tools}};

template <std::size_t count>
Reader find_reader(const Field (&fields)[count], std::string_view name) {
  for (const Field& field : fields) {
    if (field.name == name) return field.read;
  }
  return nullptr;
}

// A schema's answer is written faster where it cannot outgrow its context, so only who says so may.
void set_overflow(Ask& ask) {
  chat::Request& request = ask.call.request;
  const bool may_shift = ask.shift.value_or(request.constraint.kind == Constraint::kNone);
  if (!ask.truncate.value_or(true)) {
    request.overflow = chat::Overflow::kError;
    if (ask.shift.value_or(false)) openai::note_ignored(ask.call, "shift");
  } else {
    request.overflow = may_shift ? chat::Overflow::kShift : chat::Overflow::kTruncate;
  }
}

Result<void> read_dependents(const Node& root, Ask& ask) {
  set_overflow(ask);
  if (const auto top = root.find("top_logprobs")) {
    const auto count = HEARTH_TRY(top->integer(0, chat::kTopLogprobsMax));
    auto& logprobs = ask.call.request.logprobs;
    if (logprobs) logprobs = static_cast<std::uint32_t>(count);
    if (!logprobs && count > 0) openai::note_ignored(ask.call, "top_logprobs");
  }
  if (const auto own = root.find("hearth"))
    return read_own_fields(*own, ask.call.request, ask.call.own_tools);
  return {};
}

template <std::size_t count>
Result<Ask> read_ask(std::string_view body, const openai::Blank& blank,
                     const Field (&fields)[count]) {
  if (body.empty()) return fail(Code::kInvalidArgument, "missing request body");
  const auto document = json::parse(body);
  if (!document) return fail(Code::kInvalidArgument, document.error().message);
  const Node root(*document);
  HEARTH_TRY(root.members());
  const Node model = HEARTH_TRY(root.require("model"));
  const std::string name = HEARTH_TRY(read_model_name(model));
  Ask ask;
  ask.call.request = blank(name);
  for (const auto& [key, node] : HEARTH_TRY(root.members())) {
    if (node.is_null()) continue;  // that means "not given"
    Reader read = find_reader(kShared, key);
    if (read == nullptr) read = find_reader(fields, key);
    if (read == nullptr) {
      return fail(node.wrong("is not a field that is supported here; leave it out"));
    }
    HEARTH_TRY(read(node, ask));
  }
  HEARTH_TRY(read_dependents(root, ask));
  return ask;
}

Result<void> make_raw(Ask& ask) {
  const bool has_more = !ask.system.empty() || !ask.past.empty();
  if (ask.raw && has_more) {
    return fail(Code::kInvalidArgument, "raw mode does not support template, system, or context",
                "raw");
  }
  if (has_more) {
    return fail(Code::kInvalidArgument,
                "suffix cannot stand beside system or context: what fills a gap is no conversation",
                "suffix");
  }
  ask.call.request.raw_prompt = std::move(ask.prompt);
  ask.call.request.suffix = std::move(ask.suffix);
  return {};
}

// A system message of now takes the place of the one before.
void make_conversation(Ask& ask) {
  auto& messages = ask.call.request.messages;
  messages = std::move(ask.past);
  if (!ask.system.empty()) {
    if (!messages.empty() && messages.front().role == Role::kSystem) {
      messages.erase(messages.begin());
    }
    messages.insert(messages.begin(), chat::Message{Role::kSystem, std::move(ask.system)});
  }
  messages.push_back(chat::Message{Role::kUser, std::move(ask.prompt)});
}

}  // namespace

Result<void> take_no_images(const Node& node) {
  if (HEARTH_TRY(node.elements()).empty()) return {};
  return fail(node.wrong("cannot be looked at: no model sees here yet; send text only"));
}

Result<Ask> read_generate(std::string_view body, const openai::Blank& blank) {
  Ask ask = HEARTH_TRY(read_ask(body, blank, kGenerate));
  ask.loads_only = ask.prompt.empty() && !ask.suffix;
  if (ask.loads_only) return ask;
  if (ask.raw || ask.suffix) {
    HEARTH_TRY(make_raw(ask));
  } else {
    make_conversation(ask);
  }
  return ask;
}

Result<Ask> read_chat(std::string_view body, const openai::Blank& blank) {
  Ask ask = HEARTH_TRY(read_ask(body, blank, kChat));
  ask.loads_only = ask.call.request.messages.empty();
  return ask;
}

}  // namespace hearth::api::ollama
