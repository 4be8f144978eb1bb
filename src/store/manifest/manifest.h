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
inline constexpr std::size_t kParametersMax = 256;
inline constexpr std::size_t kParameterNameBytesMax = 64;
inline constexpr std::size_t kMessagesMax = 1024;

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

// As a Modelfile has it: `PARAMETER stop "<|end|>"`. A name can stand several times. What a value
// means, and whether the name is known, is not decided here.
struct Parameter {
  std::string name;
  std::string value;

  bool operator==(const Parameter&) const = default;
};

enum class Speaker : std::uint8_t { kSystem, kUser, kAssistant };

struct ExampleMessage {
  Speaker speaker = Speaker::kUser;
  std::string content;

  bool operator==(const ExampleMessage&) const = default;
};

struct Manifest {
  ModelName name;  // what it is called here; not a path
  Origin origin;
  std::vector<ManifestFile> files;
  std::vector<std::string> licences;  // identifiers or whole texts
  std::string chat_template;          // in place of the file's own; empty: that one
  std::string system;
  std::vector<Parameter> parameters;
  std::vector<ExampleMessage> messages;  // a conversation begins with them

  bool operator==(const Manifest&) const = default;
};

// kInvalidArgument where a rule of the format is broken, with the rule: one whole model, sizes and
// names within their limits, texts of UTF-8 without NUL.
Result<void> check_manifest(const Manifest& manifest);

}  // namespace hearth::store
