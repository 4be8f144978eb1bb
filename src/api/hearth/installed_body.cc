#include "api/hearth/installed_body.h"

#include "store/manifest/manifest_words.h"

namespace hearth::api {

void write_installed(json::Writer& json, const store::Manifest& manifest) {
  json.key("status").text("installed");
  json.key("model").text(manifest.name.short_text()).key("name").text(manifest.name.text());
  json.key("files").open('[');
  for (const store::ManifestFile& file : manifest.files) {
    json.open('{').key("role").text(store::word_for(store::kRoleWords, file.role));
    json.key("file").text(file.file_name).key("digest").text(file.digest.text());
    json.key("size_bytes").number(file.size_bytes).close('}');
  }
  json.close(']');
}

void write_damaged(json::Writer& json, const std::vector<store::DamagedManifest>& damaged) {
  if (damaged.empty()) return;
  json.key("damaged_manifests").open('[');
  for (const store::DamagedManifest& each : damaged) {
    json.open('{').key("model").text(each.model()).key("file").text(each.file);
    json.key("problem").text(each.error.message).key("advice").text(each.advice()).close('}');
  }
  json.close(']');
}

Result<Telling> read_telling(const json::Node& value) {
  return HEARTH_TRY(value.boolean()) ? Telling::kLines : Telling::kWhole;
}

}  // namespace hearth::api
