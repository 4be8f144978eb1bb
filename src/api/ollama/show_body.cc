#include "api/ollama/show_body.h"

#include <algorithm>

#include <fmt/format.h>

#include "api/core/time_text.h"
#include "api/ollama/model_details.h"
#include "json/writer.h"
#include "store/manifest/manifest_words.h"
#include "store/modelfile/modelfile.h"
#include "store/modelfile/parameter_rules.h"

namespace hearth::api::ollama {

namespace {

using fleet::ModelSheet;
using json::Writer;

store::Modelfile modelfile_of(const ModelSheet& sheet) {
  const auto& manifest = sheet.state.model.manifest;
  store::Modelfile modelfile;
  if (manifest) modelfile = store::modelfile_of(*manifest);
  const bool has_path = std::any_of(modelfile.from.begin(), modelfile.from.end(), store::is_path);
  // Where files lie is nobody's business on another machine.
  if (has_path || modelfile.from.empty()) modelfile.from = {sheet.state.model.name};
  modelfile.adapters.clear();
  return modelfile;
}

// As `ollama show` prints them.
std::string parameter_lines(const std::vector<store::Parameter>& parameters) {
  std::string lines;
  for (const store::Parameter& parameter : parameters) {
    const bool is_text = store::is_list(parameter.name);
    lines += fmt::format("{}{:<30} {}{}{}", lines.empty() ? "" : "\n", parameter.name,
                         is_text ? "\"" : "", parameter.value, is_text ? "\"" : "");
  }
  return lines;
}

void write_licence(Writer& json, const ModelSheet& sheet) {
  std::string text = sheet.facts.licence;
  const auto& manifest = sheet.state.model.manifest;
  if (manifest && !manifest->licences.empty()) {
    text.clear();
    for (const std::string& licence : manifest->licences)
      text += (text.empty() ? "" : "\n") + licence;
  }
  if (!text.empty()) json.key("license").text(text);
}

void write_directions(Writer& json, const ModelSheet& sheet) {
  const auto& manifest = sheet.state.model.manifest;
  const store::Directions directions = manifest ? manifest->directions : store::Directions{};
  const std::string& own = directions.chat_template;
  json.key("parameters").text(parameter_lines(directions.parameters));
  json.key("template").text(own.empty() ? sheet.facts.chat_template.value_or("") : own);
  if (!directions.system.empty()) json.key("system").text(directions.system);
  if (directions.messages.empty()) return;
  json.key("messages").open('[');
  for (const store::ExampleMessage& message : directions.messages) {
    json.open('{').key("role").text(store::word_for(store::kSpeakerWords, message.speaker));
    json.key("content").text(message.content).close('}');
  }
  json.close(']');
}

// By the keys that the file has for them.
void write_info(Writer& json, const gguf::ModelFacts& facts) {
  std::uint32_t heads_kv = 0;
  for (const std::uint32_t heads : facts.heads_kv)
    heads_kv = std::max(heads_kv, heads);
  const std::pair<std::string_view, std::uint64_t> numbers[] = {
      {"context_length", facts.context_trained},
      {"embedding_length", facts.embedding},
      {"block_count", facts.layers},
      {"feed_forward_length", facts.feed_forward},
      {"attention.head_count", facts.heads},
      {"attention.head_count_kv", heads_kv},
      {"attention.key_length", facts.key_length},
      {"attention.value_length", facts.value_length},
      {"attention.sliding_window", facts.sliding_window},
      {"expert_count", facts.experts},
      {"expert_used_count", facts.experts_used},
      {"rope.dimension_count", facts.rope.dimensions},
      {"vocab_size", facts.vocabulary},
  };
  json.key("model_info").open('{');
  json.key("general.architecture").text(facts.architecture);
  if (!facts.name.empty()) json.key("general.name").text(facts.name);
  json.key("general.parameter_count").number(facts.parameters);
  for (const auto& [key, number] : numbers) {
    if (number > 0) json.key(fmt::format("{}.{}", facts.architecture, key)).number(number);
  }
  if (facts.rope.dimensions > 0) {
    json.key(facts.architecture + ".rope.freq_base").number(facts.rope.base);
  }
  if (!facts.tokenizer_model.empty()) {
    json.key("tokenizer.ggml.model").text(facts.tokenizer_model);
  }
  if (!facts.tokenizer_pre.empty()) json.key("tokenizer.ggml.pre").text(facts.tokenizer_pre);
  json.close('}');
}

}  // namespace

std::string show_body(const ModelSheet& sheet) {
  const Details details = details_of(sheet);
  Writer json;
  json.open('{');
  write_licence(json, sheet);
  const auto text = store::write_modelfile(modelfile_of(sheet));
  json.key("modelfile").text(text.value_or("FROM " + sheet.state.model.name + "\n"));
  write_directions(json, sheet);
  write_details(json, details);
  write_info(json, sheet.facts);
  json.key("capabilities").open('[');
  for (const std::string& word : details.capabilities)
    json.text(word);
  json.close(']').key("modified_at").text(time_text(sheet.state.model.modified_ms));
  return json.close('}').take();
}

}  // namespace hearth::api::ollama
