// What an installed model is: its name, where it came from, the blobs it consists of, and what its
// author or a Modelfile says about its use. docs/formats/manifest.md describes its text.
//
// A manifest says what belongs to a model, not whether it is there: blobs are checked by whoever
// opens them.
//
// Threads: values.
// Limits:  below; check_manifest holds a manifest against all of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "store/manifest/blob_digest.h"
#include "store/manifest/directions.h"
#include "store/name/model_name.h"
#include "store/name/split_file.h"

namespace hearth::store {

inline constexpr std::int64_t kManifestVersion = 1;
inline constexpr std::size_t kManifestBytesMax = 4 * base::kMiB;
inline constexpr std::uint64_t kFileBytesMax = 16 * 1024 * base::kGiB;
inline constexpr std::size_t kFilesMax = kSplitPartsMax + 64;
inline constexpr std::size_t kFileNameBytesMax = 255;
inline constexpr std::size_t kOriginBytesMax = 1024;
inline constexpr std::size_t kLicencesMax = 32;

enum class FileRole : std::uint8_t { kModel, kProjector, kAdapter };

struct ManifestFile {
  FileRole role = FileRole::kModel;
  SplitPart part;  // of a divided model
  BlobDigest digest;
  std::uint64_t size_bytes = 0;
  std::string file_name;  // what it was called where it came from, without folders

  bool operator==(const ManifestFile&) const = default;
};

struct Origin {
  ModelName name;        // what was fetched or imported
  std::string revision;  // which state of it: a commit, or a digest; may be empty
  std::string from;      // the server's base URL, a mirror perhaps; may be empty. Never a key.

  bool operator==(const Origin&) const = default;
};

// Who says what has the model's name.
enum class Owner : std::uint8_t {
  kUnsaid,  // an older manifest does not say
  kHub,     // it was pulled: what is made here does not take its place
  kUser,    // it was made here: what is pulled does not take its place
};

struct Manifest {
  ModelName name;  // what it is called here; not a path
  Origin origin;
  std::vector<ManifestFile> files;
  std::vector<std::string> licences;  // identifiers or whole texts
  Directions directions;
  Owner owner = Owner::kUnsaid;

  bool operator==(const Manifest&) const = default;
};

// Never kUnsaid: without a word, a model that is called as what it was made of was pulled.
Owner owner_of(const Manifest& manifest);

// kInvalidArgument where a rule of the format is broken, with the rule: one whole model, sizes and
// names within their limits, texts of UTF-8 without NUL.
Result<void> check_manifest(const Manifest& manifest);

}  // namespace hearth::store
