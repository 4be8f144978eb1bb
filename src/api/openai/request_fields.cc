#include "api/openai/request_fields.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "api/core/field_checks.h"
#include "api/core/own_fields.h"
#include "api/openai/format_fields.h"
#include "api/openai/messages.h"
#include "api/openai/sampling_fields.h"
#include "api/openai/thinking_fields.h"
#include "api/openai/tool_fields.h"
#include "json/parse.h"

namespace hearth::api::openai {

namespace {

using json::Node;
using Reader = Result<void> (*)(const Node& node, ChatCall& call);

constexpr std::int64_t kTokensMax = std::numeric_limits<std::int32_t>::max();

Result<void> read_model(const Node& node, ChatCall& call) {
  call.request.model = HEARTH_TRY(read_model_name(node));
  return {};
}

Result<void> read_max_tokens(const Node& node, ChatCall& call) {
  call.request.max_tokens = static_cast<std::uint32_t>(HEARTH_TRY(node.integer(1, kTokensMax)));
  return {};
}

Result<void> add_stop(const Node& node, ChatCall& call) {
  const std::string_view text = HEARTH_TRY(node.text());
  if (text.empty()) return fail(node.wrong("must not be empty"));
  if (text.size() > chat::kStopBytesMax) {
    return fail(
        node.wrong(fmt::format("has {} bytes; the limit is {}", text.size(), chat::kStopBytesMax)));
  }
  call.request.stop.emplace_back(text);
  return {};
}

Result<void> read_choices(const Node& node, ChatCall& call) {
  call.choices = static_cast<std::uint32_t>(HEARTH_TRY(node.integer(1, kChoicesMax)));
  return {};
}
Result<void> read_logprobs(const Node& node, ChatCall& call) {
  const bool wanted = HEARTH_TRY(node.boolean());
  if (wanted && !call.request.logprobs) call.request.logprobs = 0;
  return {};
}
Result<void> read_top_logprobs(const Node& node, ChatCall& call) {
  const auto count = HEARTH_TRY(node.integer(0, chat::kTopLogprobsMax));
  if (count > 0) call.request.logprobs = static_cast<std::uint32_t>(count);
  return {};
}

Result<void> read_own(const Node& node, ChatCall& call) {
  return read_own_fields(node, call.request, call.own_tools);
}

Result<void> read_parallel_calls(const Node& node, ChatCall& call) {
  call.request.parallel_tool_calls = HEARTH_TRY(node.boolean());
  return {};
}

// Fields that ask for something only with certain values. What asks for nothing is taken; the
// rest is refused, because leaving it out would change the answer.
Result<void> take_no_functions(const Node& node, ChatCall&) {
  if (HEARTH_TRY(node.elements()).empty()) return {};
  return fail(node.wrong("is not supported any more; send \"tools\""));
}
Result<void> take_no_function_call(const Node& node, ChatCall&) {
  if (node.is_string()) {
    const std::string_view choice = HEARTH_TRY(node.text());
    if (choice == "none" || choice == "auto") return {};
  }
  return fail(node.wrong("is not supported any more; send \"tool_choice\""));
}
Result<void> take_text_modality(const Node& node, ChatCall&) {
  for (const Node& element : HEARTH_TRY(node.elements())) {
    if (HEARTH_TRY(element.text()) != "text") return fail(node.wrong("must be [\"text\"]"));
  }
  return {};
}

Result<void> ignore(const Node& node, ChatCall& call) {
  note_ignored(call, node.path());
  return {};
}

// What depends on another field is read when all others were; see read_dependents.
Result<void> leave_for_later(const Node&, ChatCall&) {
  return {};
}

struct Field {
  std::string_view name;
  Reader read;
};

// Besides those of sampling_fields.h, which are all honoured.
constexpr Field kFields[] = {
    // Honoured.
    {"model", read_model},
    {"messages", read_messages},
    {"max_tokens", read_max_tokens},
    {"max_completion_tokens", read_max_tokens},
    {"stop", read_stop},
    {"n", read_choices},
    {"logprobs", read_logprobs},
    {"top_logprobs", read_top_logprobs},
    {"stream", read_stream},
    {"stream_options", read_stream_options},
    {"tools", read_tools},
    {"tool_choice", leave_for_later},
    {"parallel_tool_calls", read_parallel_calls},
    {"response_format", read_response_format},
    {"reasoning_effort", read_effort},
    {"hearth", read_own},
    // Honoured, of other servers.
    {"grammar", read_grammar},
    {"json_schema", read_json_schema},
    {"reasoning_format", read_thinking_format},
    {"reasoning_budget_tokens", read_thinking_budget},
    {"thinking_budget_tokens", read_thinking_budget},
    {"chat_template_kwargs", read_template_arguments},
    {"continue_final_message", leave_for_later},
    // Honoured where the value asks for nothing we lack.
    {"functions", take_no_functions},
    {"function_call", take_no_function_call},
    {"modalities", take_text_modality},
    // Without effect: nothing in the answer depends on them.
    {"user", ignore},
    {"metadata", ignore},
    {"store", ignore},
    {"service_tier", ignore},
    {"safety_identifier", ignore},
    {"prompt_cache_key", ignore},
};

Reader find_reader(std::string_view name) {
  for (const Field& field : kFields) {
    if (field.name == name) return field.read;
  }
  return nullptr;
}

// Two names for one limit may both be sent, by libraries that serve old and new servers.
Result<void> check_token_limits(const Node& root) {
  const auto older = root.find("max_tokens");
  const auto newer = root.find("max_completion_tokens");
  if (!older || !newer) return {};
  const auto a = HEARTH_TRY(older->integer(1, kTokensMax));
  const auto b = HEARTH_TRY(newer->integer(1, kTokensMax));
  if (a == b) return {};
  return fail(older->wrong("contradicts max_completion_tokens; send one of them"));
}

// OpenAI refuses one without the other too.
Result<void> check_logprobs(const Node& root) {
  const auto wanted = root.find("logprobs");
  const auto count = root.find("top_logprobs");
  if (!count || HEARTH_TRY(count->integer(0, chat::kTopLogprobsMax)) == 0) return {};
  if (wanted && HEARTH_TRY(wanted->boolean())) return {};
  return fail(count->wrong("asks for logprobs; send \"logprobs\": true with it"));
}

Result<void> read_dependents(const Node& root, ChatCall& call) {
  if (const auto choice = root.find("tool_choice")) HEARTH_TRY(read_tool_choice(*choice, call));
  if (const auto wish = root.find("continue_final_message")) {
    HEARTH_TRY(read_continuation(*wish, call));
  }
  return {};
}

}  // namespace

Result<void> read_stream(const Node& node, ChatCall& call) {
  call.stream = HEARTH_TRY(node.boolean());
  return {};
}
Result<void> read_stream_options(const Node& node, ChatCall& call) {
  for (const auto& [key, value] : HEARTH_TRY(node.members())) {
    if (value.is_null()) continue;
    if (key == "include_usage") {
      call.include_usage = HEARTH_TRY(value.boolean());
    } else if (key == "include_obfuscation") {
      note_ignored(call, "stream_options.include_obfuscation");
    } else {
      return fail(value.wrong("is not supported"));
    }
  }
  return {};
}

Result<void> read_stop(const Node& node, ChatCall& call) {
  call.request.stop.clear();  // those of the model
  if (!node.is_array()) return add_stop(node, call);
  const auto elements = HEARTH_TRY(node.elements());
  if (elements.size() > chat::kStopsMax) {
    return fail(node.wrong(
        fmt::format("has {} sequences; the limit is {}", elements.size(), chat::kStopsMax)));
  }
  for (const Node& element : elements)
    HEARTH_TRY(add_stop(element, call));
  return {};
}

void note_ignored(ChatCall& call, std::string_view name) {
  if (std::find(call.ignored.begin(), call.ignored.end(), name) == call.ignored.end()) {
    call.ignored.emplace_back(name);
  }
}

Result<ChatCall> parse_chat_call(std::string_view body, const Blank& blank) {
  const auto document = json::parse(body);
  // Over a limit of the parser is the client's fault, and waiting does not help.
  if (!document) return fail(Code::kInvalidArgument, document.error().message);
  return read_chat_call(Node(*document), {}, blank);
}

Result<ChatCall> read_chat_call(const Node& root, std::span<const std::string_view> others,
                                const Blank& blank) {
  ChatCall call;
  if (blank) {
    const Node model = HEARTH_TRY(root.require("model"));
    call.request = blank(std::string(HEARTH_TRY(model.text())));
  }
  for (const auto& [name, node] : HEARTH_TRY(root.members())) {
    if (std::find(others.begin(), others.end(), name) != others.end()) continue;
    const auto known = HEARTH_TRY(read_sampling_field(name, node, call.request.sampling));
    if (known == Known::kYes) continue;
    if (node.is_null()) continue;  // that means "not given"
    const Reader read = find_reader(name);
    if (read == nullptr) {
      return fail(node.wrong("is not a field that is supported here; leave it out"));
    }
    HEARTH_TRY(read(node, call));
  }
  HEARTH_TRY(root.require("model"));
  HEARTH_TRY(root.require("messages"));
  HEARTH_TRY(read_dependents(root, call));
  HEARTH_TRY(check_token_limits(root));
  HEARTH_TRY(check_logprobs(root));
  return call;
}

}  // namespace hearth::api::openai
