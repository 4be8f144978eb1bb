#include "dialogue/request_key.h"

#include "json/writer.h"

namespace hearth::dialogue {

std::string request_key(const chat::Request& request, const std::string& prompt_end) {
  json::Writer key;
  key.open('[').text(prompt_end);
  key.number(static_cast<std::uint32_t>(request.tool_choice.kind)).text(request.tool_choice.name);
  key.boolean(request.parallel_tool_calls).boolean(is_held_to_form(request));
  key.number(static_cast<std::uint32_t>(request.thinking.mode)).text(request.thinking.effort);
  for (const chat::Tool& tool : request.tools)
    key.open('[').text(tool.name).text(tool.description).text(tool.parameters).close(']');
  for (const chat::TemplateArgument& argument : request.template_arguments)
    key.open('[').text(argument.name).text(argument.value).close(']');
  key.close(']');
  return key.take();
}

}  // namespace hearth::dialogue
