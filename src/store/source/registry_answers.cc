#include "store/source/registry_answers.h"

#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>

#include "base/utf8.h"
#include "json/node.h"
#include "json/parse.h"
#include "store/manifest/manifest_words.h"
#include "store/name/name_rules.h"
#include "store/source/answer.h"

namespace hearth::store {

namespace {

using json::Node;

constexpr json::Limits kManifestLimits{
    .bytes = kRegistryManifestBytesMax, .depth = 32, .values = 64 * 1024};
constexpr json::Limits kTextLimits{.bytes = kLayerTextsBytesMax, .depth = 16, .values = 16 * 1024};
constexpr json::Limits kTokenLimits{.bytes = kAnswerBytesMax, .depth = 16, .values = 1024};
constexpr std::size_t kManifestsMax = 64;  // of an index

struct MediaType {
  std::string_view type;
  LayerUse use;
};

// Ollama's, and Docker's with the names that it had before.
constexpr std::array kMediaTypes{
    MediaType{"application/vnd.ollama.image.model", LayerUse::kModel},
    MediaType{"application/vnd.ollama.image.projector", LayerUse::kProjector},
    MediaType{"application/vnd.ollama.image.adapter", LayerUse::kAdapter},
    MediaType{"application/vnd.ollama.image.system", LayerUse::kSystem},
    MediaType{"application/vnd.ollama.image.params", LayerUse::kParameters},
    MediaType{"application/vnd.ollama.image.messages", LayerUse::kMessages},
    MediaType{"application/vnd.ollama.image.license", LayerUse::kLicence},
    MediaType{"application/vnd.ollama.image.tensor", LayerUse::kTensor},
    MediaType{"application/vnd.docker.ai.gguf.v3", LayerUse::kModel},
    MediaType{"application/vnd.docker.ai.model.file.v1+gguf", LayerUse::kModel},
    MediaType{"application/vnd.docker.ai.mmproj", LayerUse::kProjector},
    MediaType{"application/vnd.docker.ai.gguf.v3.mmproj", LayerUse::kProjector},
    MediaType{"application/vnd.docker.ai.gguf.v3.lora", LayerUse::kAdapter},
    MediaType{"application/vnd.docker.ai.chat.template.jinja", LayerUse::kChatTemplate},
    MediaType{"application/vnd.docker.ai.license", LayerUse::kLicence},
    MediaType{"application/vnd.docker.ai.safetensors", LayerUse::kTensor},
    MediaType{"application/vnd.docker.ai.dduf", LayerUse::kTensor},
};

Result<BlobDigest> read_digest(const Node& node) {
  const Node member = HEARTH_TRY(node.require("digest"));
  const std::string_view text = HEARTH_TRY(member.text());
  return registry_digest(text);
}

Result<std::vector<Layer>> read_layers(const Node& node) {
  const std::vector<Node> entries = HEARTH_TRY(node.elements());
  if (entries.size() > kLayersMax)
    return fail(
        node.wrong(fmt::format("has {} entries; the limit is {}", entries.size(), kLayersMax)));
  std::vector<Layer> layers;
  std::map<std::string, std::uint64_t> sizes;
  for (const Node& entry : entries) {
    const Node type = HEARTH_TRY(entry.require("mediaType"));
    const LayerUse use = layer_use(HEARTH_TRY(type.text()));
    if (use == LayerUse::kOther) continue;
    const BlobDigest digest = HEARTH_TRY(read_digest(entry));
    const Node member = HEARTH_TRY(entry.require("size"));
    const auto size =
        static_cast<std::uint64_t>(HEARTH_TRY(member.integer(1, std::int64_t{kFileBytesMax})));
    if (sizes.emplace(digest.hex(), size).first->second != size)
      return fail(member.wrong("is another one than the same layer had before"));
    layers.push_back({use, digest, size});
  }
  return layers;
}

// What says how an image was built stands in an index, too, and is no model.
bool is_attestation(const Node& entry) {
  const auto annotations = entry.find("annotations");
  return annotations && annotations->is_object() &&
         annotations->find("vnd.docker.reference.type").has_value();
}

Result<std::vector<BlobDigest>> read_manifests(const Node& node) {
  const std::vector<Node> entries = HEARTH_TRY(node.elements());
  if (entries.size() > kManifestsMax)
    return fail(
        node.wrong(fmt::format("has {} entries; the limit is {}", entries.size(), kManifestsMax)));
  std::vector<BlobDigest> manifests;
  for (const Node& entry : entries) {
    if (!entry.is_object()) return fail(entry.wrong("must be an object"));
    if (is_attestation(entry)) continue;
    manifests.push_back(HEARTH_TRY(read_digest(entry)));
  }
  return manifests;
}

bool is_text(std::string_view text) {
  return base::is_utf8(text) && text.find('\0') == std::string_view::npos;
}

Failure no_text(std::string_view what) {
  return fail(Code::kInvalidArgument, fmt::format("{} is no UTF-8 text without NUL bytes", what));
}

bool is_parameter_name(std::string_view name) {
  return !name.empty() && name.size() <= kParameterNameBytesMax &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
         });
}

// Texts as they are, numbers and booleans as JSON has them.
Result<void> take_value(std::string_view name, const Node& value, Manifest& manifest) {
  if (value.is_array() || value.is_object())
    return fail(value.wrong("must be a text, a number or a boolean"));
  if (manifest.directions.parameters.size() == kParametersMax)
    return fail(value.wrong(fmt::format("is one of more than {} parameters", kParametersMax)));
  std::string text = value.is_string() ? std::string(*value.text()) : value.json();
  if (!is_text(text)) return no_text("a parameter");
  manifest.directions.parameters.push_back({std::string(name), std::move(text)});
  return {};
}

Result<void> take_parameters(std::string_view text, Manifest& manifest) {
  const auto value = HEARTH_TRY(json::parse(text, kTextLimits));
  for (const auto& [name, member] : HEARTH_TRY(Node(value).members())) {
    if (!is_parameter_name(name))
      return fail(Code::kInvalidArgument, in_quotes(name) + " is no name of a parameter");
    if (member.is_null()) continue;
    if (!member.is_array()) {
      HEARTH_TRY(take_value(name, member, manifest));
      continue;
    }
    for (const Node& element : HEARTH_TRY(member.elements()))
      HEARTH_TRY(take_value(name, element, manifest));
  }
  return {};
}

Result<ExampleMessage> read_message(const Node& node) {
  const Node role = HEARTH_TRY(node.require("role"));
  const std::string_view word = HEARTH_TRY(role.text());
  const auto content = node.find("content");
  const std::string text = content ? std::string(HEARTH_TRY(content->text())) : std::string();
  if (!is_text(text)) return no_text("a message");
  for (const Word<Speaker>& speaker : kSpeakerWords) {
    if (speaker.word == word) return ExampleMessage{speaker.is, text};
  }
  return fail(role.wrong("is " + in_quotes(word) + ", who does not speak in examples"));
}

Result<void> take_messages(std::string_view text, Manifest& manifest) {
  const auto value = HEARTH_TRY(json::parse(text, kTextLimits));
  for (const Node& entry : HEARTH_TRY(Node(value).elements())) {
    if (manifest.directions.messages.size() == kMessagesMax)
      return fail(entry.wrong(fmt::format("is one of more than {} messages", kMessagesMax)));
    manifest.directions.messages.push_back(HEARTH_TRY(read_message(entry)));
  }
  return {};
}

// Licences are for people to read: Latin-1 is no reason not to have the model.
Result<void> take_licence(std::string_view text, Manifest& manifest) {
  if (manifest.licences.size() == kLicencesMax) {
    return fail(Code::kInvalidArgument,
                fmt::format("there are more than {} licences", kLicencesMax));
  }
  std::string licence = base::repair_utf8(text);
  std::erase(licence, '\0');
  manifest.licences.push_back(std::move(licence));
  return {};
}

}  // namespace

LayerUse layer_use(std::string_view media_type) {
  const std::string type = lower_case(media_type.substr(0, media_type.find_first_of("; ")));
  for (const MediaType& known : kMediaTypes) {
    if (known.type == type) return known.use;
  }
  return LayerUse::kOther;
}

Result<RegistryAnswer> read_registry_answer(std::string_view text) {
  const auto value = HEARTH_TRY(json::parse(text, kManifestLimits));
  const Node node(value);
  if (!node.is_object()) return fail(node.wrong("must be a manifest, which is an object"));
  RegistryAnswer answer;
  if (const auto manifests = node.find("manifests")) {
    answer.is_index = true;
    answer.manifests = HEARTH_TRY(read_manifests(*manifests));
    return answer;
  }
  const Node layers = HEARTH_TRY(node.require("layers"));
  answer.layers = HEARTH_TRY(read_layers(layers));
  return answer;
}

Result<void> take_layer_text(LayerUse use, std::string_view text, Manifest& manifest) {
  switch (use) {
    case LayerUse::kChatTemplate:
      if (!is_text(text)) return no_text("the chat template");
      manifest.directions.chat_template = text;
      return {};
    case LayerUse::kSystem:
      if (!is_text(text)) return no_text("the system message");
      manifest.directions.system = text;
      return {};
    case LayerUse::kParameters:
      return take_parameters(text, manifest);
    case LayerUse::kMessages:
      return take_messages(text, manifest);
    case LayerUse::kLicence:
      return take_licence(text, manifest);
    case LayerUse::kModel:
    case LayerUse::kProjector:
    case LayerUse::kAdapter:
    case LayerUse::kTensor:
    case LayerUse::kOther:
      break;
  }
  return {};
}

Result<std::string> read_token(std::string_view text) {
  const auto value = HEARTH_TRY(json::parse(text, kTokenLimits));
  const Node node(value);
  if (!node.is_object()) return fail(node.wrong("must be an object"));
  auto member = node.find("token");
  if (!member) member = HEARTH_TRY(node.require("access_token"));
  const std::string_view token = HEARTH_TRY(member->text());
  const bool word =
      !token.empty() && token.size() <= kTokenBytesMax &&
      std::all_of(token.begin(), token.end(), [](char c) { return c > 0x20 && c < 0x7F; });
  if (word) return std::string(token);
  return fail(member->wrong("must be a word of visible ASCII"));
}

}  // namespace hearth::store
