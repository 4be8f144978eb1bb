#include "dialogue/format_cache.h"

#include <algorithm>

#include "json/writer.h"

namespace hearth::dialogue {

std::string format_key(const chat::Request& request, const std::string& prompt_end) {
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

std::optional<AnswerFormat> FormatCache::find(const std::string& key) {
  const base::Lock lock(mutex_);
  const auto known = std::find_if(formats_.begin(), formats_.end(),
                                  [&](const auto& entry) { return entry.first == key; });
  if (known == formats_.end()) return std::nullopt;
  formats_.splice(formats_.begin(), formats_, known);
  return known->second;
}

void FormatCache::add(std::string key, const AnswerFormat& format) {
  if (key.size() > kFormatKeyBytesMax) return;
  const base::Lock lock(mutex_);
  formats_.emplace_front(std::move(key), format);
  if (formats_.size() > kFormatsMax) formats_.pop_back();
}

}  // namespace hearth::dialogue
