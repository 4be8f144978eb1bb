#include "chat/request_size.h"

namespace hearth::chat {

namespace {

// An element of a list costs its fixed part, too: a million empty messages are not free.
std::uint64_t bytes_of(const Message& message) {
  std::uint64_t bytes = sizeof message + message.content.size() + message.thinking.size() +
                        message.tool_call_id.size() + message.tool_name.size();
  for (const ToolCall& call : message.tool_calls)
    bytes += sizeof call + call.id.size() + call.name.size() + call.arguments.size();
  return bytes;
}

}  // namespace

std::uint64_t content_bytes(const Request& request) {
  std::uint64_t bytes = (request.raw_prompt ? request.raw_prompt->size() : 0) +
                        request.suffix.value_or("").size() +
                        request.raw_tokens.size() * sizeof(std::int32_t) +
                        request.constraint.text.size() + request.cache_scope.size();
  for (const Message& message : request.messages)
    bytes += bytes_of(message);
  for (const Tool& tool : request.tools)
    bytes += sizeof tool + tool.name.size() + tool.description.size() + tool.parameters.size();
  for (const TemplateArgument& argument : request.template_arguments)
    bytes += sizeof argument + argument.name.size() + argument.value.size();
  for (const std::string& stop : request.stop)
    bytes += sizeof stop + stop.size();
  return bytes + request.sampling.logit_bias.size() * sizeof(LogitBias);
}

std::uint64_t content_bytes(const TokenizeRequest& request) {
  return request.text.size() + request.tokens.size() * sizeof(std::int32_t) +
         (request.conversation ? content_bytes(*request.conversation) : 0);
}

std::uint64_t content_bytes(const EmbedRequest& request) {
  std::uint64_t bytes = 0;
  for (const std::string& text : request.texts)
    bytes += sizeof text + text.size();
  for (const std::vector<std::int32_t>& tokens : request.token_lists)
    bytes += sizeof tokens + tokens.size() * sizeof(std::int32_t);
  return bytes;
}

}  // namespace hearth::chat
