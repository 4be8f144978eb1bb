#include "dialogue/prompt_formatter.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "base/nearest.h"
#include "dialogue/bare_answer.h"
#include "dialogue/history.h"
#include "dialogue/model_type.h"
#include "json/writer.h"

namespace hearth::dialogue {

namespace {

using chat::Message;
using chat::Role;
using Messages = std::span<const Message>;

constexpr std::size_t kNamesShownMax = 20;

void append_calls(json::Writer& json, const std::vector<chat::ToolCall>& calls) {
  json.key("tool_calls").open('[');
  for (const auto& call : calls) {
    json.open('{').key("id").text(call.id).key("type").text("function").key("function");
    json.open('{').key("name").text(call.name).key("arguments").text(call.arguments).close('}');
    json.close('}');
  }
  json.close(']');
}

void append_message(json::Writer& json, const Message& message) {
  json.open('{').key("role").text(chat::role_name(message.role));
  json.key("content").text(message.content);
  if (!message.thinking.empty()) json.key("reasoning_content").text(message.thinking);
  if (!message.tool_calls.empty()) append_calls(json, message.tool_calls);
  if (!message.tool_call_id.empty()) json.key("tool_call_id").text(message.tool_call_id);
  if (!message.tool_name.empty()) json.key("name").text(message.tool_name);
  json.close('}');
}

enum class Ending { kAnswer, kMessage };

// What a template of conversations knows; see ModelType::text.
std::string variables_of(Messages messages, Ending ending) {
  std::string system;
  json::Writer json;
  json.open('{').key("messages").open('[');
  for (const auto& message : messages)
    append_message(json, message);
  json.close(']').key("turns").open('[');
  for (const auto& message : messages) {
    if (message.role != Role::kSystem) append_message(json, message);
    if (message.role == Role::kSystem) system += (system.empty() ? "" : "\n\n") + message.content;
  }
  json.close(']').key("system").text(system);
  json.key("add_generation_prompt").boolean(ending == Ending::kAnswer);
  return json.close('}').take();
}

bool is_built_in(const Jinja& jinja) {
  return find_model_type(jinja.name) != nullptr;
}

// The built-in templates write texts alone: what they would leave out is refused.
Result<void> check_texts_alone(Messages messages, std::string_view name) {
  const auto more = std::find_if(messages.begin(), messages.end(), [](const Message& message) {
    return message.role == Role::kTool || !message.tool_calls.empty();
  });
  if (more == messages.end()) return {};
  return fail(Code::kInvalidArgument,
              "the built-in template " + std::string(name) +
                  " writes no calls of tools and no results, as in message " +
                  std::to_string(more - messages.begin()) + "; write a template of your own");
}

// What each message takes, with its share of what the template writes around all of them.
std::vector<std::uint32_t> sizes_of(Messages messages, const PromptLimit& limit,
                                    std::uint64_t whole) {
  std::vector<std::uint32_t> sizes;
  for (const auto& message : messages) {
    auto size = limit.count(message.content);
    for (const auto& call : message.tool_calls)
      size += limit.count(call.arguments);
    sizes.push_back(size);
  }
  const auto bare = std::accumulate(sizes.begin(), sizes.end(), std::uint64_t{0});
  const auto share = whole > bare ? (whole - bare) / messages.size() : 0;
  for (auto& size : sizes)
    size += static_cast<std::uint32_t>(share);
  return sizes;
}

std::vector<Message> chosen(Messages messages, const std::vector<std::size_t>& places) {
  std::vector<Message> some;
  for (const auto place : places)
    some.push_back(messages[place]);
  return some;
}

}  // namespace

Result<std::unique_ptr<PromptFormatter>> PromptFormatter::create(std::string folder) {
  auto templates = HEARTH_TRY(TemplateFolder::create(std::move(folder)));
  return std::unique_ptr<PromptFormatter>(new PromptFormatter(std::move(templates)));
}

Result<std::vector<std::string>> PromptFormatter::names() const {
  auto names = HEARTH_TRY(folder_.names());
  for (const auto& type : model_types())
    names.emplace_back(type.name);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

Failure PromptFormatter::unknown(std::string_view name) const {
  const auto known = names();
  if (!known) return fail(known.error());
  const std::vector<std::string_view> views(known->begin(), known->end());
  std::string message = "there is no template '" + std::string(name.substr(0, kNameBytesMax)) + "'";
  if (const auto meant = base::nearest(name, views); !meant.empty()) {
    return fail(Code::kNotFound, message + "; did you mean '" + std::string(meant) + "'?");
  }
  message += "; there are ";
  for (std::size_t i = 0; i < views.size() && i < kNamesShownMax; ++i) {
    message += (i == 0 ? "" : ", ") + std::string(views[i]);
  }
  return fail(Code::kNotFound, message + (views.size() > kNamesShownMax ? ", …" : ""));
}

Result<Jinja> PromptFormatter::load_template(std::string_view name) const {
  auto found = HEARTH_TRY(folder_.find(name));
  if (found) return *std::move(found);
  if (const auto* type = find_model_type(name)) {
    return Jinja{std::string(type->text), std::string(type->name)};
  }
  return unknown(name);
}

Result<Jinja> PromptFormatter::load_for_model(std::string_view model_type) const {
  auto found = load_template(model_type);
  if (found || found.error().code != Code::kNotFound) return found;
  const auto* type = guess_model_type(model_type);
  return type == nullptr ? std::move(found) : load_template(type->name);
}

Result<std::string> PromptFormatter::apply_template(std::string_view name,
                                                    std::string_view variables) const {
  return render(HEARTH_TRY(load_template(name)), variables);
}

Result<std::string> PromptFormatter::format_prompt(Messages messages,
                                                   std::string_view model_type) const {
  if (messages.empty()) return fail(Code::kInvalidArgument, "there is no message to format");
  const auto jinja = HEARTH_TRY(load_for_model(model_type));
  if (is_built_in(jinja)) HEARTH_TRY(check_texts_alone(messages, jinja.name));
  const Message& last = messages.back();
  const bool is_text = last.tool_calls.empty() && last.thinking.empty();
  const bool goes_on = last.role == Role::kAssistant && is_text;
  const auto before = messages.first(messages.size() - (goes_on ? 1 : 0));
  auto prompt = HEARTH_TRY(render(jinja, variables_of(before, Ending::kAnswer)));
  return goes_on ? prompt + last.content : prompt;
}

Result<std::string> PromptFormatter::format_prompt(Messages messages, std::string_view model_type,
                                                   const PromptLimit& limit) const {
  auto prompt = HEARTH_TRY(format_prompt(messages, model_type));
  std::uint64_t used = limit.count(prompt);
  const auto sizes = sizes_of(messages, limit, used);
  const auto least = kept_messages(messages, sizes, 0, limit.history);
  std::vector<std::size_t> kept(messages.size());
  std::iota(kept.begin(), kept.end(), std::size_t{0});
  while (used > limit.tokens_max && kept != least && limit.history != chat::History::kKeep) {
    std::uint64_t room = 0;
    for (const auto place : kept)
      room += sizes[place];
    room -= std::min(room, used - limit.tokens_max);
    const auto most = std::uint64_t{std::numeric_limits<std::uint32_t>::max()};
    kept = kept_messages(messages, sizes, static_cast<std::uint32_t>(std::min(room, most)),
                         limit.history);
    prompt = HEARTH_TRY(format_prompt(chosen(messages, kept), model_type));
    used = limit.count(prompt);
  }
  if (used <= limit.tokens_max) return prompt;
  return fail(Code::kContextOverflow, "the prompt takes " + std::to_string(used) + " tokens and " +
                                          std::to_string(limit.tokens_max) +
                                          " are allowed; what is left of it has to stay");
}

Result<std::string> PromptFormatter::format_system_prompt(std::string_view text,
                                                          std::string_view model_type) const {
  const auto jinja = HEARTH_TRY(load_for_model(model_type));
  const Message system{.role = Role::kSystem, .content = std::string(text)};
  return render(jinja, variables_of({&system, 1}, Ending::kMessage));
}

Result<std::string> PromptFormatter::extract_response(std::string_view raw,
                                                      std::string_view model_type) const {
  const auto* type = find_model_type(model_type);
  if (type == nullptr) type = guess_model_type(model_type);
  if (type == nullptr) return unknown(model_type);
  return std::string(bare_answer(*type, raw));
}

}  // namespace hearth::dialogue
