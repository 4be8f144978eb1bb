#include "api/openai/embedding_request.h"

#include <cstdint>
#include <iterator>
#include <limits>

#include <fmt/format.h>

#include "api/core/field_checks.h"
#include "api/core/keep_alive_field.h"
#include "json/parse.h"

namespace hearth::api::openai {

namespace {

using json::Node;

constexpr std::int64_t kNumberMax = std::numeric_limits<std::int32_t>::max();

Result<void> read_model(const Node& node, EmbeddingCall& call) {
  call.request.model = HEARTH_TRY(read_model_name(node));
  return {};
}

Error is_empty(const Node& node) {
  return node.wrong("must not be empty");
}

Result<void> add_text(const Node& node, EmbeddingCall& call) {
  const std::string_view text = HEARTH_TRY(node.text());
  if (text.empty()) return fail(is_empty(node));
  call.request.texts.emplace_back(text);
  return {};
}

Result<void> add_tokens(const std::vector<Node>& elements, EmbeddingCall& call) {
  std::vector<std::int32_t> tokens;
  tokens.reserve(elements.size());
  for (const Node& element : elements)
    tokens.push_back(static_cast<std::int32_t>(HEARTH_TRY(element.integer(0, kNumberMax))));
  call.request.token_lists.push_back(std::move(tokens));
  return {};
}

Result<void> add_list_of_tokens(const Node& node, EmbeddingCall& call) {
  const std::vector<Node> elements = HEARTH_TRY(node.elements());
  if (elements.empty()) return fail(is_empty(node));
  return add_tokens(elements, call);
}

// The first element says what the others have to be: a text, a list of tokens, or a token.
Result<void> read_input(const Node& node, EmbeddingCall& call) {
  if (node.is_string()) return add_text(node, call);
  if (!node.is_array()) {
    return fail(
        node.wrong("must be a string, an array of strings, an array of tokens, or an array "
                   "of arrays of tokens"));
  }
  const std::vector<Node> elements = HEARTH_TRY(node.elements());
  if (elements.empty()) return fail(is_empty(node));
  const bool texts = elements.front().is_string();
  if (!texts && !elements.front().is_array()) return add_tokens(elements, call);
  if (elements.size() > kInputsMax) {
    return fail(
        node.wrong(fmt::format("has {} inputs; the limit is {}", elements.size(), kInputsMax)));
  }
  for (const Node& element : elements)
    HEARTH_TRY(texts ? add_text(element, call) : add_list_of_tokens(element, call));
  return {};
}

Result<void> read_encoding(const Node& node, EmbeddingCall& call) {
  const std::string_view word = HEARTH_TRY(node.text());
  if (word != "float" && word != "base64") {
    return fail(node.wrong("must be \"float\" or \"base64\""));
  }
  call.encoding =
      word == "float" ? EmbeddingBody::Encoding::kFloat : EmbeddingBody::Encoding::kBase64;
  return {};
}

Result<void> read_dimensions(const Node& node, EmbeddingCall& call) {
  call.request.dimensions = static_cast<std::uint32_t>(HEARTH_TRY(node.integer(1, kNumberMax)));
  return {};
}

// The object `hearth`: wishes that OpenAI has no word for.
Result<void> read_own(const Node& node, EmbeddingCall& call) {
  for (const auto& [name, value] : HEARTH_TRY(node.members())) {
    if (value.is_null()) continue;
    if (name != "keep_alive") return fail(value.wrong("is not supported"));
    call.request.keep_alive = HEARTH_TRY(read_keep_alive(value));
  }
  return {};
}

Result<void> ignore(const Node& node, EmbeddingCall& call) {
  call.ignored.push_back(node.path());
  return {};
}

struct Field {
  std::string_view name;
  Result<void> (*read)(const Node& node, EmbeddingCall& call);
};

constexpr Field kFields[] = {
    {"model", read_model},           {"input", read_input}, {"encoding_format", read_encoding},
    {"dimensions", read_dimensions}, {"user", ignore},      {"hearth", read_own},
};

}  // namespace

Result<EmbeddingCall> parse_embedding_call(std::string_view body) {
  const auto document = json::parse(body);
  if (!document) return fail(Code::kInvalidArgument, document.error().message);
  const Node root(*document);
  EmbeddingCall call;
  for (const auto& [name, node] : HEARTH_TRY(root.members())) {
    const auto* field = std::begin(kFields);
    while (field != std::end(kFields) && field->name != name)
      ++field;
    if (field == std::end(kFields)) {
      return fail(node.wrong("is not a field that is supported here; leave it out"));
    }
    if (!node.is_null()) HEARTH_TRY(field->read(node, call));  // null means "not given"
  }
  HEARTH_TRY(root.require("model"));
  HEARTH_TRY(root.require("input"));
  return call;
}

}  // namespace hearth::api::openai
