// Where things are within the store's folder: paths relative to it, and no more than that.
// docs/formats/manifest.md is the specification.
//
// A manifest's path is made of its name's key, byte by byte and so that no two keys have the same
// path, also where a file system ignores the case of letters, composes Unicode, or keeps some
// names for devices; and so that no manifest is where another one needs a folder.
//
// Threads: pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "store/manifest/blob_digest.h"
#include "store/name/model_name.h"

namespace hearth::store {

inline constexpr std::string_view kManifestsFolder = "manifests";
inline constexpr std::string_view kBlobsFolder = "blobs";
inline constexpr std::size_t kPathPartBytesMax = 200;  // file systems take 255

// What is behind a blob's name once it has turned out to be damaged: nobody finds it then.
inline constexpr std::string_view kDamagedEnding = ".damaged";

// "manifests/hf.co/qwen/qwen2.5-7b-instruct-gguf%3aq4_k_m.json"
std::string manifest_path(const ModelName& name);
// "blobs/sha256-…"
std::string blob_path(const BlobDigest& digest);

// Any bytes as a relative path of lower-case letters, digits, '.', '_', '-', '%' and '/', ending in
// ".json". REQUIRES: not empty.
std::string escaped_path(std::string_view key);
// The bytes that have this path; nothing when escaped_path never gives it.
std::optional<std::string> unescaped_path(std::string_view path);

}  // namespace hearth::store
