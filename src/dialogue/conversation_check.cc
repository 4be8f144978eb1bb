#include "dialogue/conversation_check.h"

#include <algorithm>
#include <unordered_set>

#include <fmt/format.h>

#include "chat/request_part.h"
#include "json/parse.h"

namespace hearth::dialogue {

namespace {

using Part = chat::RequestPart;

Result<boost::json::value> parse_json(const std::string& text, const json::Limits& limits,
                                      const std::string& what) {
  auto value = json::parse(text, limits);
  if (value) return value;
  // Over a limit of the parser is the client's fault too, and waiting does not help.
  return fail(Code::kInvalidArgument, what + ": " + value.error().message);
}

std::size_t property_pairs(const boost::json::value& value) {
  std::size_t pairs = 0;
  if (const auto* object = value.if_object()) {
    pairs = object->size() * object->size();
    for (const auto& member : *object)
      pairs += property_pairs(member.value());
  } else if (const auto* list = value.if_array()) {
    for (const boost::json::value& item : *list)
      pairs += property_pairs(item);
  }
  return pairs;
}

Result<void> check_parameters(const chat::Tool& tool, std::size_t& pairs) {
  if (tool.parameters.empty()) return {};
  const std::string what = "the parameters of the tool '" + tool.name + "'";
  const auto value = HEARTH_TRY(
      parse_json(tool.parameters, {.bytes = kSchemaBytesMax, .depth = kSchemaDepthMax}, what));
  const auto* schema = value.if_object();
  if (schema == nullptr)
    return fail(Code::kInvalidArgument, what + " must be a JSON schema of an object");
  const auto* type = schema->if_contains("type");
  if (type != nullptr && *type != "object")
    return fail(Code::kInvalidArgument, what + " must have the type 'object'");
  pairs += property_pairs(value);
  if (pairs > kPropertyPairsMax)
    return fail(Code::kInvalidArgument,
                fmt::format("{} have too many properties in one object, with the tools before: "
                            "the squares of their numbers come to {} and {} is the most; offer "
                            "fewer, or put some into objects of their own",
                            what, pairs, kPropertyPairsMax));
  return {};
}

Result<void> check_tools(const chat::Request& request) {
  if (request.tools.size() > chat::kToolsMax) {
    return fail(Code::kInvalidArgument, fmt::format("{} tools are too many; at most {} are allowed",
                                                    request.tools.size(), chat::kToolsMax));
  }
  std::unordered_set<std::string> names;
  std::size_t pairs = 0;
  for (const chat::Tool& tool : request.tools) {
    if (tool.name.empty()) return fail(Code::kInvalidArgument, "a tool must have a name");
    if (!names.insert(tool.name).second)
      return fail(Code::kInvalidArgument, "two tools have the name '" + tool.name + "'");
    const auto index = static_cast<std::size_t>(&tool - request.tools.data());
    HEARTH_TRY(chat::about({Part::Kind::kParameters, index}, check_parameters(tool, pairs)));
  }
  return {};
}

Result<void> check_tool_choice(const chat::Request& request) {
  const chat::ToolChoice& choice = request.tool_choice;
  const bool is_there =
      std::any_of(request.tools.begin(), request.tools.end(),
                  [&](const chat::Tool& tool) { return tool.name == choice.name; });
  if (choice.kind == chat::ToolChoice::Kind::kNamed && !is_there) {
    return fail(Code::kInvalidArgument,
                "tool_choice names '" + choice.name + "', which is none of the tools");
  }
  if (choice.kind == chat::ToolChoice::Kind::kRequired && request.tools.empty())
    return fail(Code::kInvalidArgument, "tool_choice wants a call, but there are no tools");
  return {};
}

Result<void> check_messages(const chat::Request& request) {
  if (request.messages.empty())
    return fail(Code::kInvalidArgument, "there must be at least one message");
  if (request.continue_last && request.messages.back().role != chat::Role::kAssistant)
    return fail(Code::kInvalidArgument,
                "only an answer can be continued; the last message is none");
  return {};
}

}  // namespace

Result<void> check_arguments(const chat::ToolCall& call) {
  if (call.arguments.empty()) return {};
  const std::string what =
      fmt::format("the arguments of the call '{}' of '{}'", call.id, call.name);
  HEARTH_TRY(chat::about({Part::Kind::kMessages},
                         parse_json(call.arguments, {.depth = kArgumentsDepthMax}, what)));
  return {};
}

Result<void> check_conversation(const chat::Request& request) {
  HEARTH_TRY(chat::about({Part::Kind::kMessages}, check_messages(request)));
  HEARTH_TRY(chat::about({Part::Kind::kTools}, check_tools(request)));
  HEARTH_TRY(chat::about({Part::Kind::kToolChoice}, check_tool_choice(request)));
  for (const chat::TemplateArgument& argument : request.template_arguments) {
    const std::string what = "the template argument '" + argument.name + "'";
    HEARTH_TRY(chat::about({Part::Kind::kTemplateArguments},
                           parse_json(argument.value, {.depth = kArgumentsDepthMax}, what)));
  }
  return {};
}

}  // namespace hearth::dialogue
