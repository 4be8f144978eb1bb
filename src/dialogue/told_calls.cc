#include "dialogue/told_calls.h"

#include <cctype>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "dialogue/conversation_check.h"
#include "json/writer.h"

namespace hearth::dialogue {

namespace {

constexpr std::size_t kShortIdBytes = 9;

std::string short_id(const std::string& id) {
  std::string kept;
  for (const char byte : id) {
    if (std::isalnum(static_cast<unsigned char>(byte)) != 0) kept += byte;
  }
  kept.insert(0, kShortIdBytes, '0');
  return kept.substr(kept.size() - kShortIdBytes);  // the end is what is random
}

class ShortIds {
 public:
  std::string of(const std::string& id) {
    const auto known = made_.find(id);
    if (known != made_.end()) return known->second;
    std::string made = short_id(id);
    for (std::size_t other = 1; taken_.contains(made); ++other)
      made = short_id(std::to_string(other));
    taken_.insert(made);
    return made_.emplace(id, std::move(made)).first->second;
  }

 private:
  std::map<std::string, std::string> made_;
  std::set<std::string> taken_;
};

}  // namespace

void write_calls_as_text(chat::Request& request) {
  for (chat::Message& message : request.messages) {
    for (const chat::ToolCall& call : std::exchange(message.tool_calls, {})) {
      json::Writer text;
      text.open('{').key("name").text(call.name).key("arguments").text(call.arguments).close('}');
      message.content += (message.content.empty() ? "" : "\n") + text.take();
    }
  }
}

Result<void> quote_broken_arguments(chat::Request& request) {
  Result<void> first;
  for (chat::Message& message : request.messages) {
    for (chat::ToolCall& call : message.tool_calls) {
      auto checked = check_arguments(call);
      if (checked) continue;
      if (first) first = std::move(checked);
      json::Writer text;
      text.text(call.arguments);
      call.arguments = text.take();
    }
  }
  return first;
}

void shorten_ids(chat::Request& request) {
  ShortIds ids;
  for (chat::Message& message : request.messages) {
    for (chat::ToolCall& call : message.tool_calls)
      call.id = ids.of(call.id);
    if (message.role == chat::Role::kTool) message.tool_call_id = ids.of(message.tool_call_id);
  }
}

}  // namespace hearth::dialogue
