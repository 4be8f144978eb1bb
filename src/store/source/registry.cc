#include "store/source/registry.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "store/digest.h"
#include "store/name/host_name.h"
#include "store/name/name_rules.h"
#include "store/source/hub_url.h"
#include "store/source/layer_files.h"
#include "store/source/registry_access.h"
#include "store/source/registry_answers.h"

namespace hearth::store {

namespace {

constexpr int kNotThere = 404;
constexpr std::string_view kDockerManifest = "application/vnd.docker.distribution.manifest.v2+json";
constexpr std::string_view kOciManifests =
    "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json, "
    "application/vnd.docker.distribution.manifest.v2+json";

// What is asked for, in the registry's words.
struct Place {
  std::string repository;  // "library/qwen2.5"
  std::string tag;
  std::string accept;
  std::string file_stem;  // of what the files will be called: a registry's have no names
  std::string text;       // for messages
};

// A manifest, and what it is called by its own bytes.
struct Found {
  std::string digest;
  RegistryAnswer answer;
};

class Question {
 public:
  Question(Place place, RegistryAccess access)
      : place_(std::move(place)), access_(std::move(access)) {}

  Result<Offer> offer(const ModelName& name);

 private:
  Result<Found> ask_manifest(const std::string& reference);
  Result<Found> look_into(const RegistryAnswer& index);
  Result<std::vector<OfferedFile>> files(const std::vector<Layer>& layers) const;
  Result<void> read_texts(const std::vector<Layer>& layers, Manifest& manifest);
  Result<std::string> ask_text(const Layer& layer);
  Error explain(const net::WebHead& head) const;
  Error no_model(const RegistryAnswer& answer) const;

  std::string blob_path_of(const BlobDigest& digest) const {
    return fmt::format("/v2/{}/blobs/{}", place_.repository, digest.text());
  }

  Place place_;
  RegistryAccess access_;
};

Error Question::explain(const net::WebHead& head) const {
  if (head.status != kNotThere) return status_error(head);
  return make_error(Code::kNotFound,
                    fmt::format("{} is not there; check the spelling and the tag", place_.text));
}

Error Question::no_model(const RegistryAnswer& answer) const {
  const bool tensors =
      std::any_of(answer.layers.begin(), answer.layers.end(),
                  [](const Layer& layer) { return layer.use == LayerUse::kTensor; });
  return make_error(
      Code::kUnimplemented,
      fmt::format("{} {}; choose another tag of it", place_.text,
                  tensors ? "is no GGUF file, and Hearth runs only those"
                          : "has no file of a model: it may run on its registry's own "
                            "machines only"));
}

Result<Found> Question::ask_manifest(const std::string& reference) {
  const std::string path = fmt::format("/v2/{}/manifests/{}", place_.repository, reference);
  const net::WebDocument document =
      HEARTH_TRY(access_.get(path, place_.accept, kRegistryManifestBytesMax));
  if (!is_success(document.head)) return fail(explain(document.head));
  const BlobDigest digest = HEARTH_TRY(digest_of_text(document.body));
  const std::string* said = net::find_header(document.head.headers, "Docker-Content-Digest");
  const bool by_digest = reference.starts_with("sha256:");
  if ((said != nullptr && *said != digest.text()) || (by_digest && reference != digest.text())) {
    return fail(Code::kCorrupt,
                fmt::format("the manifest of {} has the digest {}, and {} was promised; try again",
                            place_.text, digest.text(), in_quotes(by_digest ? reference : *said)));
  }
  auto answer = read_registry_answer(document.body);
  if (!answer) return fail(nonsense(document.head.url, answer.error()));
  return Found{digest.text(), *std::move(answer)};
}

Result<Found> Question::look_into(const RegistryAnswer& index) {
  int tries = 0;
  for (const BlobDigest& manifest : index.manifests) {
    if (++tries > kIndexTriesMax) break;
    Found found = HEARTH_TRY(ask_manifest(manifest.text()));
    if (has_model(found.answer)) return found;
  }
  return fail(no_model(index));
}

Result<std::vector<OfferedFile>> Question::files(const std::vector<Layer>& layers) const {
  const auto named = files_of_layers(layers, place_.file_stem);
  if (!named) return fail(nonsense(access_.base(), named.error().message));
  std::vector<OfferedFile> files;
  for (const ManifestFile& file : *named) {
    files.push_back({file.role, file.part, file.file_name,
                     access_.base() + blob_path_of(file.digest), file.size_bytes, file.digest});
  }
  return files;
}

Result<std::string> Question::ask_text(const Layer& layer) {
  const net::WebDocument document =
      HEARTH_TRY(access_.get(blob_path_of(layer.digest), {}, kLayerTextsBytesMax));
  if (!is_success(document.head)) return fail(explain(document.head));
  const BlobDigest digest = HEARTH_TRY(digest_of_text(document.body));
  if (digest == layer.digest && document.body.size() == layer.size_bytes) return document.body;
  return fail(Code::kCorrupt,
              fmt::format("a part of {} has {} bytes and the digest {}, and {} bytes and {} were "
                          "promised; try again",
                          place_.text, document.body.size(), digest.text(), layer.size_bytes,
                          layer.digest.text()));
}

Result<void> Question::read_texts(const std::vector<Layer>& layers, Manifest& manifest) {
  std::uint64_t left = kLayerTextsBytesMax;
  std::set<std::string> seen;
  for (const Layer& layer : layers) {
    if (layer.is_file() || layer.use == LayerUse::kTensor) continue;
    if (!seen.insert(layer.digest.hex()).second) continue;
    if (layer.size_bytes > left) {
      return fail(
          nonsense(access_.base(), fmt::format("the texts of {} are longer than {}", place_.text,
                                               base::format_bytes(kLayerTextsBytesMax))));
    }
    left -= layer.size_bytes;
    const std::string text = HEARTH_TRY(ask_text(layer));
    const auto taken = take_layer_text(layer.use, text, manifest);
    if (!taken) return fail(nonsense(access_.base(), taken.error()));
  }
  return {};
}

Result<Offer> Question::offer(const ModelName& name) {
  Found found = HEARTH_TRY(ask_manifest(place_.tag));
  if (found.answer.is_index) found = HEARTH_TRY(look_into(found.answer));
  if (!has_model(found.answer)) return fail(no_model(found.answer));
  std::vector<OfferedFile> offered = HEARTH_TRY(files(found.answer.layers));
  Manifest manifest{name, Origin{name, found.digest, access_.base()}, {}, {}, {}};
  HEARTH_TRY(read_texts(found.answer.layers, manifest));
  return Offer{std::move(manifest), std::move(offered), access_.authorization()};
}

}  // namespace

Result<Offer> find_in_registry(const ModelName& name, const RegistryName& wanted,
                               const Asking& asking) {
  const bool tls = wanted.transport == Transport::kTls;
  RegistryAccess access(asking, fmt::format("{}://{}", tls ? "https" : "http", wanted.host), {});
  Place place{fmt::format("{}/{}", wanted.space, wanted.model), wanted.tag,
              std::string(kDockerManifest), fmt::format("{}-{}", wanted.model, wanted.tag),
              name.text()};
  return Question(std::move(place), std::move(access)).offer(name);
}

Result<Offer> find_at_docker_hub(const ModelName& name, const DockerName& wanted, const Hubs& hubs,
                                 const Asking& asking) {
  std::string base = HEARTH_TRY(base_url(hubs.docker_hub));
  std::string tokens = HEARTH_TRY(origin_of(hubs.docker_hub_tokens));
  RegistryAccess access(asking, std::move(base), std::move(tokens));
  Place place{fmt::format("{}/{}", wanted.space, wanted.model), wanted.tag,
              std::string(kOciManifests), fmt::format("{}-{}", wanted.model, wanted.tag),
              name.text()};
  return Question(std::move(place), std::move(access)).offer(name);
}

}  // namespace hearth::store
