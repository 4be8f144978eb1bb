#include "api/llamacpp/embedding_fields.h"

#include <cstdint>
#include <iterator>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "api/core/field_checks.h"
#include "api/core/keep_alive_field.h"
#include "api/llamacpp/prompt_fields.h"
#include "api/openai/embedding_request.h"
#include "json/node.h"
#include "json/parse.h"

namespace hearth::api::llamacpp {

namespace {

using json::Node;

constexpr std::int64_t kNumberMax = std::numeric_limits<std::int32_t>::max();
constexpr std::int64_t kNormMax = 100;

Result<void> add_text(const Node& node, EmbedAsk& ask) {
  const std::string_view text = HEARTH_TRY(node.text());
  if (text.empty()) return fail(node.wrong("must not be empty"));
  ask.request.texts.emplace_back(text);
  return {};
}

Result<void> add_tokens(const Node& node, EmbedAsk& ask) {
  std::vector<std::int32_t> tokens = HEARTH_TRY(read_tokens(node));
  if (tokens.empty()) return fail(node.wrong("must not be empty"));
  ask.request.token_lists.push_back(std::move(tokens));
  return {};
}

// The first element says what the others have to be: texts, tokens, or lists of tokens.
Result<void> read_content(const Node& node, EmbedAsk& ask) {
  ask.is_one_text = node.is_string();
  if (ask.is_one_text) return add_text(node, ask);
  const auto elements = HEARTH_TRY(node.elements());
  if (elements.empty()) return fail(node.wrong("must not be empty"));
  const bool texts = elements.front().is_string();
  if (!texts && !elements.front().is_array()) return add_tokens(node, ask);
  if (elements.size() > openai::kInputsMax) {
    return fail(node.wrong(
        fmt::format("has {} inputs; the limit is {}", elements.size(), openai::kInputsMax)));
  }
  for (const Node& element : elements)
    HEARTH_TRY(texts ? add_text(element, ask) : add_tokens(element, ask));
  return {};
}

Result<void> read_norm(const Node& node, EmbedAsk& ask) {
  const std::int64_t norm = HEARTH_TRY(node.integer(-1, kNormMax));
  if (norm < 0) {
    return fail(
        node.wrong("asks for vectors as the model makes them, which are not kept: send 2 for those "
                   "of length 1, or leave it out"));
  }
  ask.norm = static_cast<int>(norm);
  return {};
}

Result<void> take_float(const Node& node, EmbedAsk& /*ask*/) {
  if (HEARTH_TRY(node.text()) == "float") return {};
  return fail(node.wrong("must be \"float\" here; /v1/embeddings has \"base64\", too"));
}

Result<void> read_dimensions(const Node& node, EmbedAsk& ask) {
  ask.request.dimensions = static_cast<std::uint32_t>(HEARTH_TRY(node.integer(1, kNumberMax)));
  return {};
}

Result<void> read_own(const Node& node, EmbedAsk& ask) {
  HEARTH_TRY(check_members(node, {"keep_alive"}));
  const auto keep_alive = node.find("keep_alive");
  if (keep_alive) ask.request.keep_alive = HEARTH_TRY(read_keep_alive(*keep_alive));
  return {};
}

Result<void> ignore(const Node& node, EmbedAsk& ask) {
  ask.ignored.push_back(node.path());
  return {};
}

// Read before all others.
Result<void> leave_out(const Node&, EmbedAsk&) {
  return {};
}

struct Field {
  std::string_view name;
  Result<void> (*read)(const Node& node, EmbedAsk& ask);
};
constexpr Field kFields[] = {
    {"model", leave_out},
    {"content", read_content},
    {"input", read_content},
    {"embd_normalize", read_norm},
    {"encoding_format", take_float},
    {"dimensions", read_dimensions},
    {"user", ignore},
    {"id_slot", ignore},
    {"hearth", read_own},
};

Result<void> read_field(std::string_view name, const Node& node, EmbedAsk& ask) {
  for (const Field& field : kFields) {
    if (field.name == name) return field.read(node, ask);
  }
  return fail(node.wrong("is not a field that is supported here; leave it out"));
}

}  // namespace

Result<EmbedAsk> read_embedding(std::string_view body, const NameModel& model) {
  const auto document = json::parse(body);
  if (!document) return fail(Code::kInvalidArgument, document.error().message);
  const Node root(*document);
  HEARTH_TRY(root.members());
  std::string named;
  if (const auto node = root.find("model")) named = HEARTH_TRY(read_model_name(*node));
  EmbedAsk ask;
  ask.request.model = HEARTH_TRY(model(named));
  const auto input = root.find("input");
  if (input && root.find("content")) {
    return fail(input->wrong("stands beside content; send one of them"));
  }
  for (const auto& [name, node] : HEARTH_TRY(root.members())) {
    if (!node.is_null()) HEARTH_TRY(read_field(name, node, ask));  // null means "not given"
  }
  if (ask.request.inputs() > 0) return ask;
  return fail(Code::kInvalidArgument, "content is missing", "content");
}

}  // namespace hearth::api::llamacpp
