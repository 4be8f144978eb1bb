// What registries answer, read without trust: manifests and indexes (Docker's and OCI's), the
// small layers of a model, and tokens.
//
// Threads: pure.
// Errors:  kInvalidArgument and kResourceExhausted, as in json/: whoever asked says which registry
//          it was.
// Limits:  below.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "store/manifest/blob_digest.h"
#include "store/manifest/manifest.h"

namespace hearth::store {

inline constexpr std::size_t kRegistryManifestBytesMax = 4 * base::kMiB;  // Docker's own limit
inline constexpr std::size_t kLayersMax = kFilesMax + 512;
// Of all small layers together: they become part of our manifest.
inline constexpr std::size_t kLayerTextsBytesMax = 512 * base::kKiB;
inline constexpr std::size_t kTokenBytesMax = 16 * base::kKiB;

// What a layer is for, which its media type says.
enum class LayerUse : std::uint8_t {
  kModel,
  kProjector,
  kAdapter,
  kChatTemplate,  // a Jinja template; Ollama's are written in Go's language and are kOther
  kSystem,
  kParameters,
  kMessages,
  kLicence,
  kTensor,  // of a model that is no GGUF file
  kOther,
};
LayerUse layer_use(std::string_view media_type);

struct Layer {
  LayerUse use = LayerUse::kModel;
  BlobDigest digest;
  std::uint64_t size_bytes = 0;

  bool is_file() const { return use <= LayerUse::kAdapter; }
  bool operator==(const Layer&) const = default;
};

// A manifest has layers, an index names manifests.
struct RegistryAnswer {
  bool is_index = false;
  std::vector<Layer> layers;          // without those that are kOther; a digest has one size
  std::vector<BlobDigest> manifests;  // without attestations
};
Result<RegistryAnswer> read_registry_answer(std::string_view text);

// Puts what a small layer says into the manifest. A licence is repaired where it is no UTF-8;
// everything else has to be.
Result<void> take_layer_text(LayerUse use, std::string_view text, Manifest& manifest);

// {"token": …} or {"access_token": …}: a word of visible ASCII.
Result<std::string> read_token(std::string_view text);

}  // namespace hearth::store
