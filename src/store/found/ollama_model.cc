#include "store/found/ollama_model.h"

#include <climits>
#include <memory>
#include <set>

#include <fmt/format.h>
#include <unistd.h>

#include "store/digest.h"
#include "store/found/plain_file.h"
#include "store/manifest/layout.h"
#include "store/name/name_rules.h"
#include "store/source/layer_files.h"
#include "store/source/registry.h"
#include "store/source/registry_answers.h"

namespace hearth::store {

namespace {

constexpr std::string_view kBlobName = "sha256-";

struct Text {
  BlobDigest digest;
  std::string text;
};

// Its bytes have to be what its name says.
Result<Text> load_blob_text(const std::string& folder, const BlobDigest& digest,
                            std::size_t bytes_max) {
  std::string text = HEARTH_TRY(load_plain_text(folder + "/" + blob_path(digest), bytes_max));
  const BlobDigest is = HEARTH_TRY(digest_of_text(text));
  if (is == digest) return Text{digest, std::move(text)};
  return fail(Code::kCorrupt, fmt::format("the blob {} has other bytes", digest.text()));
}

// Of a link only the blob's name counts, so it leads nowhere else.
Result<Text> load_manifest_text(const std::string& folder, const std::string& path) {
  char target[PATH_MAX];
  const ssize_t size = ::readlink(path.c_str(), target, sizeof target);
  if (size > 0) {
    std::string_view name(target, static_cast<std::size_t>(size));
    name.remove_prefix(name.rfind('/') + 1);
    if (!name.starts_with(kBlobName))
      return fail(Code::kCorrupt, "its manifest is a link to " + in_quotes(name));
    const BlobDigest digest = HEARTH_TRY(BlobDigest::parse(name.substr(kBlobName.size())));
    return load_blob_text(folder, digest, kRegistryManifestBytesMax);
  }
  std::string text = HEARTH_TRY(load_plain_text(path, kRegistryManifestBytesMax));
  const BlobDigest digest = HEARTH_TRY(digest_of_text(text));
  return Text{digest, std::move(text)};
}

Result<RegistryAnswer> look_into(const std::string& folder, const RegistryAnswer& index) {
  int tries = 0;
  for (const BlobDigest& digest : index.manifests) {
    if (++tries > kIndexTriesMax) break;
    const auto text = load_blob_text(folder, digest, kRegistryManifestBytesMax);
    if (!text) continue;
    auto answer = read_registry_answer(text->text);
    if (answer && has_model(*answer)) return answer;
  }
  return RegistryAnswer{};
}

Result<void> take_texts(const std::string& folder, const std::vector<Layer>& layers,
                        Manifest& manifest) {
  std::uint64_t left = kLayerTextsBytesMax;
  std::set<std::string> seen;
  for (const Layer& layer : layers) {
    if (layer.is_file() || layer.use == LayerUse::kTensor) continue;
    if (!seen.insert(layer.digest.hex()).second) continue;
    if (layer.size_bytes > left)
      return fail(Code::kResourceExhausted, "its texts are longer than a manifest may be");
    left -= layer.size_bytes;
    const Text text = HEARTH_TRY(
        load_blob_text(folder, layer.digest, static_cast<std::size_t>(layer.size_bytes)));
    HEARTH_TRY(take_layer_text(layer.use, text.text, manifest));
  }
  return {};
}

std::string stem_of(const ModelName& name) {
  if (const auto* registry = std::get_if<RegistryName>(&name.source()))
    return registry->model + "-" + registry->tag;
  if (const auto* hub = std::get_if<HuggingFaceName>(&name.source())) return hub->repository;
  return "model";
}

Result<Manifest> read_manifest_of(const std::string& folder, const OllamaManifest& from) {
  const Text text = HEARTH_TRY(load_manifest_text(folder, from.path));
  RegistryAnswer answer = HEARTH_TRY(read_registry_answer(text.text));
  if (answer.is_index) answer = HEARTH_TRY(look_into(folder, answer));
  if (!has_model(answer)) {
    return fail(Code::kUnimplemented,
                "it has no GGUF file, so only Ollama itself can run it, perhaps on its machines");
  }
  Manifest manifest{from.name, Origin{from.name, text.digest.text(), {}}, {}, {}, {}};
  manifest.files = HEARTH_TRY(files_of_layers(answer.layers, stem_of(from.name)));
  HEARTH_TRY(take_texts(folder, answer.layers, manifest));
  HEARTH_TRY(check_manifest(manifest));
  return manifest;
}

Result<ModelFile> files_of(const std::string& folder, const Manifest& manifest) {
  ModelFile model;
  for (const ManifestFile& file : manifest.files) {
    const auto found = find_plain_file(folder + "/" + blob_path(file.digest));
    if (!found) {
      return fail(Code::kCorrupt,
                  fmt::format("its blob {} is missing or may not be read", file.digest.text()));
    }
    if (file.role == FileRole::kProjector) {
      model.projectors.push_back(found->path);
    } else if (file.role == FileRole::kAdapter) {
      model.adapters.push_back(found->path);
    } else if (model.path.empty()) {
      model.path = found->path;
      model = with_facts(std::move(model), found->facts);
    } else {
      model.more_parts.push_back(found->path);
      model.size_bytes += static_cast<std::uint64_t>(found->facts.st_size);
    }
  }
  return model;
}

}  // namespace

Result<ModelFile> load_ollama_model(const std::string& folder, const OllamaManifest& from) {
  auto manifest = read_manifest_of(folder, from);
  auto model = manifest ? files_of(folder, *manifest) : Result<ModelFile>(fail(manifest.error()));
  if (!model) {
    const bool known = model.error().code == Code::kUnimplemented;
    return fail(known ? Code::kUnimplemented : Code::kCorrupt,
                fmt::format("Ollama's {} cannot be used in place: {}",
                            in_quotes(from.name.short_text()), model.error().message),
                from.path);
  }
  model->name = from.name.short_text();
  model->holder = Holder::kOllama;
  model->manifest = std::make_shared<const Manifest>(*std::move(manifest));
  return model;
}

}  // namespace hearth::store
