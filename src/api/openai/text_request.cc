#include "api/openai/text_request.h"

#include <iterator>
#include <limits>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "api/core/field_checks.h"
#include "api/core/own_fields.h"
#include "api/openai/format_fields.h"
#include "api/openai/sampling_fields.h"
#include "json/parse.h"

namespace hearth::api::openai {

namespace {

using json::Node;
using Reader = Result<void> (*)(const Node& node, TextCall& call);

constexpr std::int64_t kNumberMax = std::numeric_limits<std::int32_t>::max();

Result<void> read_model(const Node& node, TextCall& call) {
  call.chat.request.model = HEARTH_TRY(read_model_name(node));
  return {};
}

Result<void> add_text(const Node& node, TextCall& call) {
  call.prompts.push_back({std::string(HEARTH_TRY(node.text()))});
  return {};
}

Result<void> add_tokens(const Node& node, TextCall& call) {
  RawPrompt prompt;
  for (const Node& element : HEARTH_TRY(node.elements())) {
    prompt.tokens.push_back(static_cast<std::int32_t>(HEARTH_TRY(element.integer(0, kNumberMax))));
  }
  if (prompt.tokens.empty()) return fail(node.wrong("must not be empty"));
  call.prompts.push_back(std::move(prompt));
  return {};
}

// The first element says what the others have to be: a text, a list of tokens, or a token.
Result<void> read_prompt(const Node& node, TextCall& call) {
  if (node.is_string()) return add_text(node, call);
  if (!node.is_array()) {
    return fail(
        node.wrong("must be a string, an array of strings, an array of tokens, or an array of "
                   "arrays of tokens"));
  }
  const std::vector<Node> elements = HEARTH_TRY(node.elements());
  if (elements.empty()) return fail(node.wrong("must not be empty"));
  const bool texts = elements.front().is_string();
  if (!texts && !elements.front().is_array()) return add_tokens(node, call);
  if (elements.size() > kTextAnswersMax) {
    return fail(node.wrong(
        fmt::format("has {} prompts; the limit is {}", elements.size(), kTextAnswersMax)));
  }
  for (const Node& element : elements)
    HEARTH_TRY(texts ? add_text(element, call) : add_tokens(element, call));
  return {};
}

Result<void> read_choices(const Node& node, TextCall& call) {
  call.chat.choices = static_cast<std::uint32_t>(HEARTH_TRY(node.integer(1, kChoicesMax)));
  return {};
}
Result<void> read_candidates(const Node& node, TextCall& call) {
  call.candidates = static_cast<std::uint32_t>(HEARTH_TRY(node.integer(1, kChoicesMax)));
  return {};
}

// Of 0 tokens the prompt is read; one is computed, because no engine does less, and not told.
Result<void> read_max_tokens(const Node& node, TextCall& call) {
  const std::int64_t tokens = HEARTH_TRY(node.integer(0, kNumberMax));
  call.reads_only = tokens == 0;
  call.chat.request.max_tokens = call.reads_only ? 1 : static_cast<std::uint32_t>(tokens);
  return {};
}

Result<void> read_echo(const Node& node, TextCall& call) {
  call.echo = HEARTH_TRY(node.boolean());
  return {};
}

// One that is empty asks for no gap.
Result<void> read_suffix(const Node& node, TextCall& call) {
  const std::string_view text = HEARTH_TRY(node.text());
  if (!text.empty()) call.chat.request.suffix = std::string(text);
  return {};
}

// A number here, where chat completions have two fields.
Result<void> read_logprobs(const Node& node, TextCall& call) {
  call.chat.request.logprobs =
      static_cast<std::uint32_t>(HEARTH_TRY(node.integer(0, chat::kTopLogprobsMax)));
  return {};
}

template <auto read>
Result<void> read_as_chat(const Node& node, TextCall& call) {
  return read(node, call.chat);
}

Result<void> read_own(const Node& node, TextCall& call) {
  return read_own_fields(node, call.chat.request);
}

Result<void> ignore(const Node& node, TextCall& call) {
  note_ignored(call.chat, node.path());
  return {};
}

struct Field {
  std::string_view name;
  Reader read;
};

// Besides those of sampling_fields.h, which are all honoured.
constexpr Field kFields[] = {
    {"model", read_model},
    {"prompt", read_prompt},
    {"n", read_choices},
    {"best_of", read_candidates},
    {"max_tokens", read_max_tokens},
    {"echo", read_echo},
    {"suffix", read_suffix},
    {"logprobs", read_logprobs},
    {"stop", read_as_chat<read_stop>},
    {"stream", read_as_chat<read_stream>},
    {"stream_options", read_as_chat<read_stream_options>},
    {"hearth", read_own},
    // Of other servers.
    {"grammar", read_as_chat<read_grammar>},
    {"json_schema", read_as_chat<read_json_schema>},
    {"response_format", read_as_chat<read_response_format>},
    // Without effect.
    {"user", ignore},
};

Reader find_reader(std::string_view name) {
  for (const Field& field : kFields) {
    if (field.name == name) return field.read;
  }
  return nullptr;
}

Result<void> check_echo(const Node& root, const TextCall& call) {
  const auto echo = root.find("echo");
  if (!echo || !call.echo) return {};
  if (call.chat.request.logprobs) {
    return fail(
        echo->wrong("cannot stand beside logprobs: how likely a prompt was is not computed here"));
  }
  if (!call.prompts.front().tokens.empty()) {
    return fail(echo->wrong("needs a prompt that is a text"));
  }
  return {};
}

Result<void> check_candidates(const Node& root, TextCall& call) {
  const auto best_of = root.find("best_of");
  if (!best_of) {
    call.candidates = call.chat.choices;
  } else if (call.candidates < call.chat.choices) {
    return fail(best_of->wrong("must not be less than n"));
  } else if (call.candidates > call.chat.choices && call.chat.stream) {
    return fail(best_of->wrong("above n cannot be streamed: which are best is known at the end"));
  }
  if (call.prompts.size() * call.candidates <= kTextAnswersMax) return {};
  const Node prompt = HEARTH_TRY(root.require("prompt"));
  return fail(prompt.wrong(fmt::format("asks for {} answers in all; the limit is {}",
                                       call.prompts.size() * call.candidates, kTextAnswersMax)));
}

Result<void> read_fields(const Node& root, TextCall& call) {
  for (const auto& [name, node] : HEARTH_TRY(root.members())) {
    const auto known = HEARTH_TRY(read_sampling_field(name, node, call.chat.request.sampling));
    if (known == Known::kYes || node.is_null()) continue;  // null means "not given"
    const Reader read = find_reader(name);
    if (read == nullptr) {
      return fail(node.wrong("is not a field that is supported here; leave it out"));
    }
    HEARTH_TRY(read(node, call));
  }
  return {};
}

}  // namespace

Result<TextCall> parse_text_call(std::string_view body, const Blank& blank) {
  const auto document = json::parse(body);
  if (!document) return fail(Code::kInvalidArgument, document.error().message);
  const Node root(*document);
  HEARTH_TRY(root.members());
  const Node model = HEARTH_TRY(root.require("model"));
  TextCall call;
  if (blank) call.chat.request = blank(std::string(HEARTH_TRY(model.text())));
  chat::Request& request = call.chat.request;
  if (request.max_tokens == chat::kMaxTokensDefault) request.max_tokens = kTextTokensDefault;
  HEARTH_TRY(read_fields(root, call));
  HEARTH_TRY(root.require("prompt"));
  HEARTH_TRY(check_echo(root, call));
  HEARTH_TRY(check_candidates(root, call));
  if (request.suffix && !call.prompts.front().tokens.empty()) {
    const Node suffix = HEARTH_TRY(root.require("suffix"));
    return fail(suffix.wrong("needs a prompt that is a text"));
  }
  return call;
}

}  // namespace hearth::api::openai
