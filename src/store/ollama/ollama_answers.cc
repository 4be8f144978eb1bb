#include "store/ollama/ollama_answers.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "base/utf8.h"
#include "json/node.h"
#include "json/parse.h"

namespace hearth::store {

namespace {

using json::Node;

constexpr json::Limits kLimits{.bytes = kOllamaAnswerBytesMax, .depth = 32, .values = 256 * 1024};
constexpr std::size_t kCapabilitiesMax = 64;

Failure nonsense(const Error& why) {
  return fail(Code::kUpstream, "what answers there is no Ollama: " + why.message);
}

// What a terminal would obey is shown as what it is not.
std::string clean(std::string_view text) {
  const std::string_view kept = text.substr(0, kOllamaTextBytesMax);
  std::string result =
      base::repair_utf8(kept.substr(0, kept.size() - base::unfinished_utf8_suffix(kept)));
  std::replace_if(
      result.begin(), result.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, '?');
  return result;
}

// Absent fields are empty: versions of Ollama differ.
std::string text_of(const Node& object, std::string_view key) {
  const auto member = object.find(key);
  return member && member->is_string() ? clean(*member->text()) : std::string();
}

std::uint64_t size_of(const Node& object, std::string_view key) {
  const auto member = object.find(key);
  if (!member) return 0;
  const auto size = member->integer(0, std::numeric_limits<std::int64_t>::max());
  return static_cast<std::uint64_t>(size.value_or(0));
}

// Each has a name; what else is missing is empty.
template <typename Read>
Result<void> read_models(std::string_view text, Read read) {
  const auto value = json::parse(text, kLimits);
  if (!value) return nonsense(value.error());
  const Node root(*value);
  if (!root.is_object()) return nonsense(root.wrong("must be an object"));
  const auto list = root.find("models");
  if (!list) return {};  // null where there is none
  const auto models = list->elements();
  if (!models) return nonsense(models.error());
  if (models->size() > kOllamaModelsMax) return nonsense(list->wrong("has too many models"));
  for (const Node& model : *models) {
    if (!model.is_object()) return nonsense(model.wrong("must be an object"));
    std::string name = text_of(model, "name");
    if (name.empty()) name = text_of(model, "model");
    if (name.empty()) return nonsense(model.wrong("has no name"));
    read(model, std::move(name));
  }
  return {};
}

}  // namespace

Result<std::string> read_ollama_version(std::string_view text) {
  const auto value = json::parse(text, kLimits);
  if (!value) return nonsense(value.error());
  const Node root(*value);
  if (!root.is_object()) return nonsense(root.wrong("must be an object"));
  const auto version = root.require("version");
  if (!version || !version->is_string()) return nonsense(root.wrong("has no version"));
  // A daemon of ours, this one perhaps: what it has is listed already.
  if (root.find("hearth")) return fail(Code::kUnavailable, "what answers there is Hearth");
  return clean(*version->text());
}

Result<std::vector<OllamaTag>> read_ollama_tags(std::string_view text) {
  std::vector<OllamaTag> tags;
  HEARTH_TRY(read_models(text, [&](const Node& model, std::string name) {
    OllamaTag tag{std::move(name), size_of(model, "size"), text_of(model, "digest"), {}, {}};
    const auto details = model.find("details");
    if (details && details->is_object()) {
      tag.parameters = text_of(*details, "parameter_size");
      tag.quantisation = text_of(*details, "quantization_level");
    }
    tags.push_back(std::move(tag));
  }));
  return tags;
}

Result<std::vector<OllamaLoaded>> read_ollama_loaded(std::string_view text) {
  std::vector<OllamaLoaded> loaded;
  HEARTH_TRY(read_models(text, [&](const Node& model, std::string name) {
    loaded.push_back({std::move(name), size_of(model, "size"), size_of(model, "size_vram"),
                      text_of(model, "expires_at")});
  }));
  return loaded;
}

Result<OllamaFacts> read_ollama_facts(std::string_view text) {
  const auto value = json::parse(text, kLimits);
  if (!value) return nonsense(value.error());
  const Node root(*value);
  if (!root.is_object()) return nonsense(root.wrong("must be an object"));
  OllamaFacts facts;
  if (const auto details = root.find("details"); details && details->is_object()) {
    facts.format = text_of(*details, "format");
    facts.family = text_of(*details, "family");
    facts.parameters = text_of(*details, "parameter_size");
    facts.quantisation = text_of(*details, "quantization_level");
  }
  const auto capabilities = root.find("capabilities");
  if (!capabilities || !capabilities->is_array()) return facts;
  const auto words = capabilities->elements();
  for (const Node& one : *words) {
    if (facts.capabilities.size() == kCapabilitiesMax) break;
    if (one.is_string()) facts.capabilities.push_back(clean(*one.text()));
  }
  return facts;
}

std::string read_ollama_error(std::string_view text) {
  const auto value = json::parse(text, kLimits);
  return value && value->is_object() ? text_of(Node(*value), "error") : std::string();
}

}  // namespace hearth::store
