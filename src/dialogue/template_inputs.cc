#include "dialogue/template_inputs.h"

#include <string>
#include <unordered_map>

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <chat.h>

namespace hearth::dialogue {

namespace {

constexpr const char* kNoParameters = R"({"type": "object", "properties": {}})";

std::string quoted(const std::string& text) {
  return boost::json::serialize(boost::json::string(text));
}

common_chat_msg make_message(const chat::Message& message) {
  common_chat_msg made;
  made.role = std::string(chat::role_name(message.role));
  made.content = message.content;
  made.reasoning_content = message.thinking;
  made.tool_call_id = message.tool_call_id;
  made.tool_name = message.tool_name;
  for (const chat::ToolCall& call : message.tool_calls) {
    const std::string& arguments = call.arguments;
    made.tool_calls.push_back({call.name, arguments.empty() ? "{}" : arguments, call.id});
  }
  return made;
}

// A result knows its tool by the call it answers, where the client does not say it.
void name_results(const chat::Request& request, common_chat_templates_inputs& inputs) {
  std::unordered_map<std::string, std::string> names;
  for (std::size_t i = 0; i < request.messages.size(); ++i) {
    for (const chat::ToolCall& call : request.messages[i].tool_calls)
      names[call.id] = call.name;
    common_chat_msg& made = inputs.messages[i];
    if (request.messages[i].role != chat::Role::kTool || !made.tool_name.empty()) continue;
    if (const auto name = names.find(made.tool_call_id); name != names.end())
      made.tool_name = name->second;
  }
}

common_chat_tool_choice make_choice(chat::ToolChoice::Kind kind) {
  switch (kind) {
    case chat::ToolChoice::Kind::kNone:
      return COMMON_CHAT_TOOL_CHOICE_NONE;
    case chat::ToolChoice::Kind::kRequired:
    case chat::ToolChoice::Kind::kNamed:
      return COMMON_CHAT_TOOL_CHOICE_REQUIRED;
    case chat::ToolChoice::Kind::kAuto:
      break;
  }
  return COMMON_CHAT_TOOL_CHOICE_AUTO;
}

void set_thinking(const chat::Thinking& thinking, common_chat_templates_inputs& inputs) {
  inputs.reasoning_format = COMMON_REASONING_FORMAT_AUTO;
  inputs.enable_thinking = thinking.mode != chat::Thinking::Mode::kOff;
  // Some templates ask for it by another name than the library.
  if (thinking.mode != chat::Thinking::Mode::kDefault)
    inputs.chat_template_kwargs["thinking"] = inputs.enable_thinking ? "true" : "false";
  if (!thinking.effort.empty())
    inputs.chat_template_kwargs["reasoning_effort"] = quoted(thinking.effort);
}

}  // namespace

common_chat_templates_inputs make_template_inputs(const chat::Request& request) {
  common_chat_templates_inputs inputs;
  for (const chat::Message& message : request.messages)
    inputs.messages.push_back(make_message(message));
  name_results(request, inputs);
  for (const chat::Tool& tool : request.tools) {
    inputs.tools.push_back(
        {tool.name, tool.description, tool.parameters.empty() ? kNoParameters : tool.parameters});
  }
  inputs.tool_choice = make_choice(request.tool_choice.kind);
  inputs.parallel_tool_calls = request.parallel_tool_calls;
  set_thinking(request.thinking, inputs);
  for (const chat::TemplateArgument& argument : request.template_arguments)
    inputs.chat_template_kwargs[argument.name] = argument.value;
  if (request.continue_last) inputs.continue_final_message = COMMON_CHAT_CONTINUATION_AUTO;
  return inputs;
}

}  // namespace hearth::dialogue
