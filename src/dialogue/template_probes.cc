#include "dialogue/template_probes.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "base/ids.h"
#include "dialogue/told_calls.h"

namespace hearth::dialogue {

namespace {

chat::Message message(chat::Role role, std::string content) {
  return {.role = role, .content = std::move(content)};
}

bool writes_all(const TrialWriter& write, const chat::Request& request,
                const std::vector<std::string>& texts) {
  const auto prompt = write(request);
  return prompt && std::all_of(texts.begin(), texts.end(), [&](const std::string& text) {
           return prompt->find(text) != std::string::npos;
         });
}

}  // namespace

chat::Request trial_question() {
  return {.messages = {message(chat::Role::kUser, "1")}};
}

bool refuses_long_ids(const TrialWriter& write) {
  chat::Request request = trial_question();
  request.messages.push_back(
      {.role = chat::Role::kAssistant, .tool_calls = {{.id = "call_0123456789", .name = "one"}}});
  if (write(request)) return false;
  shorten_ids(request);
  return write(request).has_value();
}

bool takes_several_calls(const TrialWriter& write, CallIds ids) {
  const auto told = [&](const std::vector<std::string>& values) {
    chat::Request request = trial_question();
    request.tools = {{.name = "one", .description = "One.", .parameters = {}}};
    request.messages.push_back(message(chat::Role::kAssistant, ""));
    for (const std::string& value : values) {
      chat::Message result = message(chat::Role::kTool, "2");
      result.tool_call_id = base::make_id("call");
      request.messages[1].tool_calls.push_back(
          {result.tool_call_id, "one", fmt::format(R"({{"a":"{}"}})", value)});
      request.messages.push_back(std::move(result));
    }
    if (ids == CallIds::kShort) shorten_ids(request);
    return writes_all(write, request, values);
  };
  const std::string first = base::make_id("value");
  return !told({first}) || told({first, base::make_id("value")});
}

bool takes_one_system_alone(const TrialWriter& write) {
  const auto told = [&](const std::vector<std::string>& systems) {
    chat::Request request = trial_question();
    for (auto text = systems.rbegin(); text != systems.rend(); ++text)
      request.messages.insert(request.messages.begin(), message(chat::Role::kSystem, *text));
    return writes_all(write, request, systems);
  };
  const std::string first = base::make_id("system");
  return told({first}) && !told({first, base::make_id("system")});
}

}  // namespace hearth::dialogue
