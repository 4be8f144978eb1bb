#include "api/openai/past_calls.h"

#include <utility>

#include <fmt/format.h>

#include "api/core/field_checks.h"

namespace hearth::api::openai {

namespace {

using json::Node;

constexpr std::string_view kNoArguments = "{}";

Result<std::string> read_arguments(const Node& function) {
  const auto arguments = function.find("arguments");
  if (!arguments) return std::string(kNoArguments);
  if (arguments->is_object()) return arguments->json();
  const std::string_view text = HEARTH_TRY(arguments->text());
  return std::string(text.empty() ? kNoArguments : text);
}

Result<chat::ToolCall> read_past_call(const Node& node, ChatCall& call) {
  HEARTH_TRY(check_members(node, {"id", "type", "function", "index"}));
  if (const auto index = node.find("index")) note_ignored(call, "messages.tool_calls.index");
  if (const auto type = node.find("type")) {
    const bool is_function = HEARTH_TRY(type->text()) == "function";
    if (!is_function) return fail(type->wrong("is supported as \"function\" only"));
  }
  chat::ToolCall past;
  if (const auto id = node.find("id")) past.id = HEARTH_TRY(read_call_id(*id));
  const Node function = HEARTH_TRY(node.require("function"));
  HEARTH_TRY(check_members(function, {"name", "arguments", "index"}));
  const Node name = HEARTH_TRY(function.require("name"));
  past.name = std::string(HEARTH_TRY(read_text(name, kCallNameBytesMax)));
  past.arguments = HEARTH_TRY(read_arguments(function));
  return past;
}

}  // namespace

Result<std::vector<chat::ToolCall>> read_past_calls(const Node& node, ChatCall& call) {
  const auto elements = HEARTH_TRY(node.elements());
  if (elements.size() > chat::kToolsMax) {
    return fail(
        node.wrong(fmt::format("has {} calls; the limit is {}", elements.size(), chat::kToolsMax)));
  }
  std::vector<chat::ToolCall> calls;
  for (const Node& element : elements)
    calls.push_back(HEARTH_TRY(read_past_call(element, call)));
  return calls;
}

Result<std::string> read_call_id(const Node& node) {
  const std::string_view id = HEARTH_TRY(node.text());
  if (id.size() <= kCallIdBytesMax) return std::string(id);
  return fail(node.wrong(fmt::format("is longer than {} bytes", kCallIdBytesMax)));
}

}  // namespace hearth::api::openai
