#include <fmt/format.h>

#include "json/writer.h"
#include "store/manifest/manifest_text.h"
#include "store/manifest/manifest_words.h"

namespace hearth::store {

namespace {

void write_unless_empty(json::Writer& json, std::string_view key, std::string_view text) {
  if (!text.empty()) json.key(key).text(text);
}

void write_origin(json::Writer& json, const Origin& origin) {
  json.key("origin").open('{').key("name").text(origin.name.text());
  write_unless_empty(json, "revision", origin.revision);
  write_unless_empty(json, "from", origin.from);
  json.close('}');
}

void write_file(json::Writer& json, const ManifestFile& file) {
  json.open('{').key("role").text(word_for(kRoleWords, file.role));
  if (file.part.count > 1)
    json.key("part").number(file.part.number).key("parts").number(file.part.count);
  json.key("digest").text(file.digest.text()).key("size").number(file.size_bytes);
  json.key("file_name").text(file.file_name).close('}');
}

void write_use(json::Writer& json, const Manifest& manifest) {
  if (!manifest.licences.empty()) {
    json.key("licences").open('[');
    for (const std::string& licence : manifest.licences)
      json.text(licence);
    json.close(']');
  }
  write_unless_empty(json, "template", manifest.directions.chat_template);
  write_unless_empty(json, "system", manifest.directions.system);
  if (!manifest.directions.parameters.empty()) {
    json.key("parameters").open('[');
    for (const Parameter& parameter : manifest.directions.parameters) {
      json.open('{').key("name").text(parameter.name);
      json.key("value").text(parameter.value).close('}');
    }
    json.close(']');
  }
  if (manifest.directions.messages.empty()) return;
  json.key("messages").open('[');
  for (const ExampleMessage& message : manifest.directions.messages) {
    json.open('{').key("role").text(word_for(kSpeakerWords, message.speaker));
    json.key("content").text(message.content).close('}');
  }
  json.close(']');
}

}  // namespace

Result<std::string> write_manifest(const Manifest& manifest) {
  HEARTH_TRY(check_manifest(manifest));
  json::Writer json;
  json.open('{').key("format").text(kManifestFormat).key("version").number(kManifestVersion);
  json.key("name").text(manifest.name.text());
  write_origin(json, manifest.origin);
  write_unless_empty(json, "owner", word_for(kOwnerWords, manifest.owner));
  json.key("files").open('[');
  for (const ManifestFile& file : manifest.files)
    write_file(json, file);
  json.close(']');
  write_use(json, manifest);
  json.close('}');
  std::string text = json.take() + "\n";
  if (text.size() <= kManifestBytesMax) return text;
  return fail(Code::kResourceExhausted,
              fmt::format("the manifest has {} bytes, and at most {} are possible; shorten the "
                          "template, the messages or the licences",
                          text.size(), kManifestBytesMax));
}

}  // namespace hearth::store
