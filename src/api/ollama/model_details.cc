#include "api/ollama/model_details.h"

#include <algorithm>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "api/core/meeting.h"
#include "store/digest.h"

namespace hearth::api::ollama {

namespace {

constexpr double kThousand = 1e3;
constexpr double kMillion = 1e6;
constexpr double kBillion = 1e9;

std::string template_of(const fleet::ModelSheet& sheet) {
  const auto& manifest = sheet.state.model.manifest;
  if (manifest && !manifest->directions.chat_template.empty()) {
    return manifest->directions.chat_template;
  }
  return sheet.facts.chat_template.value_or("");
}

bool has_any(const std::string& text, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return text.find(word) != std::string::npos; });
}

// What the model's runner has found out; before it was ever loaded, what its template looks like.
chat::Capabilities capabilities_of(const fleet::ModelSheet& sheet) {
  if (sheet.state.capabilities) return *sheet.state.capabilities;
  const std::string text = template_of(sheet);
  chat::Capabilities guessed;
  guessed.tools = has_any(text, {"tools"});
  guessed.thinking = has_any(text, {"<think>", "enable_thinking", "reasoning_content"});
  return guessed;
}

std::vector<std::string> capability_words(const fleet::ModelSheet& sheet) {
  const bool writes = sheet.kind == gguf::ModelKind::kChat || sheet.kind == gguf::ModelKind::kText;
  if (!writes) return {"embedding"};
  const chat::Capabilities capabilities = capabilities_of(sheet);
  std::vector<std::string> words{"completion"};
  if (capabilities.tools) words.emplace_back("tools");
  if (capabilities.thinking) words.emplace_back("thinking");
  return words;
}

}  // namespace

std::string parameter_size(std::uint64_t parameters) {
  const auto count = static_cast<double>(parameters);
  if (count >= kBillion) return fmt::format("{:.1f}B", count / kBillion);
  if (count >= kMillion) return fmt::format("{:.2f}M", count / kMillion);
  if (count >= kThousand) return fmt::format("{:.2f}K", count / kThousand);
  return std::to_string(parameters);
}

Details details_of(const fleet::ModelSheet& sheet) {
  Details details;
  const auto& manifest = sheet.state.model.manifest;
  if (manifest && !(manifest->origin.name == manifest->name)) {
    const store::ModelName& origin = manifest->origin.name;
    const bool is_path = std::holds_alternative<store::PathName>(origin.source());
    if (!is_path) details.parent = origin.short_text();
  }
  details.family = sheet.facts.architecture;
  details.parameter_size = parameter_size(sheet.facts.parameters);
  details.quantisation = sheet.facts.quantisation;
  details.context = sheet.facts.context_trained;
  details.embedding = sheet.facts.embedding;
  details.capabilities = capability_words(sheet);
  return details;
}

void write_details(json::Writer& json, const Details& details) {
  json.key("details").open('{').key("parent_model").text(details.parent);
  json.key("format").text("gguf").key("family").text(details.family);
  json.key("families").open('[');
  if (!details.family.empty()) json.text(details.family);
  json.close(']').key("parameter_size").text(details.parameter_size);
  json.key("quantization_level").text(details.quantisation);
  if (details.context > 0) json.key("context_length").number(details.context);
  if (details.embedding > 0) json.key("embedding_length").number(details.embedding);
  json.close('}');
}

std::string digest_of(const provider::ModelEntry& model) {
  if (!model.sha256.empty()) return model.sha256;
  const auto digest = store::digest_of_text(
      fmt::format("{} {} {}", model.name, model.size_bytes, model.modified_ms));
  return digest ? digest->hex() : std::string(store::kDigestDigits, '0');
}

asio::awaitable<Details> ModelDetails::find(const provider::ModelEntry& model) {
  const std::string key = fmt::format("{} {}", model.size_bytes, model.name);
  const auto known = known_.find(key);
  const bool is_new = known == known_.end() || known->second.modified_ms != model.modified_ms ||
                      known->second.with_capabilities != model.capabilities.has_value();
  if (!is_new) co_return known->second.details;
  const auto meeting =
      std::make_shared<Meeting<fleet::ModelSheet>>(co_await asio::this_coro::executor);
  control_.inquiries.show({model.name, {}}, arrive_at(meeting));
  co_await wait_for(meeting);
  if (!*meeting->result) co_return Details{};
  Known found{model.modified_ms, model.capabilities.has_value(), details_of(**meeting->result)};
  if (known_.size() >= kDetailsMax) known_.clear();
  known_[key] = found;
  co_return found.details;
}

}  // namespace hearth::api::ollama
