#include "api/openai/tool_calls_body.h"

namespace hearth::api::openai {

void write_tool_calls(json::Writer& json, const std::vector<chat::ToolCall>& calls) {
  json.open('[');
  for (const chat::ToolCall& call : calls) {
    json.open('{').key("id").text(call.id).key("type").text("function");
    json.key("function").open('{').key("name").text(call.name);
    json.key("arguments").text(call.arguments).close('}').close('}');
  }
  json.close(']');
}

std::string tool_call_delta(const chat::ToolCallDelta& delta) {
  json::Writer json;
  json.open('{').key("tool_calls").open('[').open('{').key("index").number(delta.index);
  const bool begins = !delta.id.empty() || !delta.name.empty();
  if (begins) json.key("id").text(delta.id).key("type").text("function");
  json.key("function").open('{');
  if (begins) json.key("name").text(delta.name);
  json.key("arguments").text(delta.arguments).close('}');
  json.close('}').close(']').close('}');
  return json.take();
}

}  // namespace hearth::api::openai
