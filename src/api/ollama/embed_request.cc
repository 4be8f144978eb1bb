#include "api/ollama/embed_request.h"

#include <cstdint>
#include <iterator>
#include <limits>

#include <fmt/format.h>

#include "api/core/field_checks.h"
#include "api/core/keep_alive_field.h"
#include "api/ollama/option_fields.h"
#include "api/openai/embedding_request.h"
#include "json/parse.h"

namespace hearth::api::ollama {

namespace {

using json::Node;

struct Field {
  std::string_view name;
  Result<void> (*read)(const Node& node, EmbedAsk& ask);
};

Result<void> read_model(const Node& node, EmbedAsk& ask) {
  ask.request.model = HEARTH_TRY(read_model_name(node));
  return {};
}

Result<void> read_text(const Node& node, EmbedAsk& ask) {
  const std::string_view text = HEARTH_TRY(node.text());
  if (!text.empty()) ask.request.texts.emplace_back(text);
  return {};
}

// An empty text alone asks for nothing; among others, its vector would be missing in the list.
Result<void> read_input(const Node& node, EmbedAsk& ask) {
  if (!node.is_array()) return read_text(node, ask);
  const auto elements = HEARTH_TRY(node.elements());
  if (elements.size() > openai::kInputsMax) {
    return fail(node.wrong(
        fmt::format("has {} inputs; the limit is {}", elements.size(), openai::kInputsMax)));
  }
  for (const Node& element : elements) {
    const std::string_view text = HEARTH_TRY(element.text());
    if (text.empty()) return fail(element.wrong("must not be empty"));
    ask.request.texts.emplace_back(text);
  }
  return {};
}

Result<void> read_truncate(const Node& node, EmbedAsk& ask) {
  ask.request.truncate = HEARTH_TRY(node.boolean());
  return {};
}

Result<void> read_dimensions(const Node& node, EmbedAsk& ask) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
  ask.request.dimensions = static_cast<std::uint32_t>(HEARTH_TRY(node.integer(0, kMost)));
  return {};
}

Result<void> read_stay(const Node& node, EmbedAsk& ask) {
  ask.request.keep_alive = HEARTH_TRY(read_keep_alive(node));
  return {};
}

Result<void> read_options(const Node& node, EmbedAsk& ask) {
  return ignore_options(node, ask.ignored);
}

constexpr Field kEmbed[] = {
    {"model", read_model},           {"input", read_input},     {"truncate", read_truncate},
    {"dimensions", read_dimensions}, {"keep_alive", read_stay}, {"options", read_options},
};
constexpr Field kEmbedOne[] = {
    {"model", read_model},
    {"prompt", read_text},
    {"keep_alive", read_stay},
    {"options", read_options},
};

template <std::size_t count>
Result<EmbedAsk> read(std::string_view body, const Field (&fields)[count]) {
  if (body.empty()) return fail(Code::kInvalidArgument, "missing request body");
  const auto document = json::parse(body);
  if (!document) return fail(Code::kInvalidArgument, document.error().message);
  const Node root(*document);
  EmbedAsk ask;
  ask.request.truncate = true;
  for (const auto& [name, node] : HEARTH_TRY(root.members())) {
    if (node.is_null()) continue;  // that means "not given"
    const auto* field = std::begin(fields);
    while (field != std::end(fields) && field->name != name)
      ++field;
    if (field == std::end(fields)) {
      return fail(node.wrong("is not a field that is supported here; leave it out"));
    }
    HEARTH_TRY(field->read(node, ask));
  }
  HEARTH_TRY(root.require("model"));
  return ask;
}

}  // namespace

Result<EmbedAsk> read_embed(std::string_view body) {
  return read(body, kEmbed);
}

Result<EmbedAsk> read_embed_one(std::string_view body) {
  return read(body, kEmbedOne);
}

}  // namespace hearth::api::ollama
