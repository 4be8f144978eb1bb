#include "api/llamacpp/prompt_fields.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "api/core/field_checks.h"

namespace hearth::api::llamacpp {

namespace {

using json::Node;

constexpr std::int64_t kTokenMax = std::numeric_limits<std::int32_t>::max();

Result<std::int32_t> read_token(const Node& node) {
  return static_cast<std::int32_t>(HEARTH_TRY(node.integer(0, kTokenMax)));
}

// Tokens that follow one another are one part.
Result<void> add_part(const Node& element, PromptParts& parts) {
  if (element.is_string()) {
    parts.push_back(RawPrompt{std::string(HEARTH_TRY(element.text()))});
    return {};
  }
  const std::int32_t token = HEARTH_TRY(read_token(element));
  if (parts.empty() || parts.back().tokens.empty()) parts.push_back(RawPrompt{});
  parts.back().tokens.push_back(token);
  return {};
}

// Each text is asked about by itself, so that there must not be any number of them.
Result<PromptParts> read_mixed(const Node& node) {
  PromptParts parts;
  for (const Node& element : HEARTH_TRY(node.elements())) {
    HEARTH_TRY(add_part(element, parts));
    if (parts.size() <= kPromptPartsMax) continue;
    return fail(
        node.wrong(fmt::format("has more than {} texts and tokens between them", kPromptPartsMax)));
  }
  return parts;
}

// A text beside pictures; those that see are not here yet.
Result<PromptParts> read_seen(const Node& node) {
  HEARTH_TRY(check_members(node, {"prompt_string", "multimodal_data"}));
  if (const auto data = node.find("multimodal_data")) {
    const bool none = HEARTH_TRY(data->elements()).empty();
    if (!none) return fail(data->wrong("cannot be looked at: no model sees here yet"));
  }
  const Node text = HEARTH_TRY(node.require("prompt_string"));
  return PromptParts{RawPrompt{std::string(HEARTH_TRY(text.text()))}};
}

Result<PromptParts> read_one(const Node& node) {
  if (node.is_string()) return PromptParts{RawPrompt{std::string(HEARTH_TRY(node.text()))}};
  if (node.is_object()) return read_seen(node);
  if (!node.is_array()) {
    return fail(node.wrong("must be a text, tokens, texts and tokens, or a list of such prompts"));
  }
  PromptParts parts = HEARTH_TRY(read_mixed(node));
  if (parts.empty()) return fail(node.wrong("must not be empty"));
  return parts;
}

// Texts alone are as many prompts; with a token among them they are one.
bool is_list(const std::vector<Node>& elements) {
  const auto is_text = [](const Node& node) { return node.is_string(); };
  const auto is_nested = [](const Node& node) { return node.is_array() || node.is_object(); };
  return std::any_of(elements.begin(), elements.end(), is_nested) ||
         std::all_of(elements.begin(), elements.end(), is_text);
}

}  // namespace

Result<Prompts> read_prompts(const Node& node) {
  Prompts prompts;
  const auto elements = node.is_array() ? HEARTH_TRY(node.elements()) : std::vector<Node>();
  if (elements.empty() || !is_list(elements)) {
    prompts.all.push_back(HEARTH_TRY(read_one(node)));
    return prompts;
  }
  if (elements.size() > kPromptsMax) {
    return fail(
        node.wrong(fmt::format("has {} prompts; the limit is {}", elements.size(), kPromptsMax)));
  }
  prompts.is_list = true;
  for (const Node& element : elements)
    prompts.all.push_back(HEARTH_TRY(read_one(element)));
  return prompts;
}

Result<PromptParts> read_parts(const Node& node) {
  if (node.is_string()) return PromptParts{RawPrompt{std::string(HEARTH_TRY(node.text()))}};
  if (node.is_array()) return read_mixed(node);
  return fail(node.wrong("must be a text, or a list of texts and tokens"));
}

Result<std::vector<std::int32_t>> read_tokens(const Node& node) {
  std::vector<std::int32_t> tokens;
  for (const Node& element : HEARTH_TRY(node.elements()))
    tokens.push_back(HEARTH_TRY(read_token(element)));
  return tokens;
}

}  // namespace hearth::api::llamacpp
