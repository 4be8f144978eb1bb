// What lies at a path of this machine: a model, its parts, a projector, an adapter. What a file is,
// it says itself; its name only tells where the other parts of a divided model are.
//
// Threads: thread-safe; reads the headers of the files.
// Errors:  those of gguf/; kInvalidArgument and kNotFound say which file to name instead.
// Limits:  kFolderFilesMax.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/manifest/manifest.h"
#include "store/model_file.h"

namespace hearth::store {

inline constexpr std::size_t kFolderFilesMax = kFilesMax;

struct LocalFile {
  FileRole role = FileRole::kModel;
  SplitPart part;
  std::string path;
  std::uint64_t size_bytes = 0;
  std::optional<BlobDigest> expected = std::nullopt;  // what it has to be, if anybody says

  std::string file_name() const;
};

// What the paths name: of a folder its model and projector, of one part of a model all of them.
// Models are looked into; whether they are whole and how many there are, check_one_model says.
// REQUIRES: absolute paths.
Result<std::vector<LocalFile>> find_local_files(const std::vector<std::string>& paths);

// A GGUF adapter. REQUIRES: an absolute path.
// Whether this file, a model or a part of one, could be loaded as far as its header says.
Result<void> check_model_file(const std::string& path);
Result<LocalFile> find_adapter(const std::string& path);

// That all parts of exactly one model are there.
Result<void> check_one_model(const std::vector<LocalFile>& files);

// The files of a model that has no manifest, or none of this store.
Result<std::vector<LocalFile>> files_of(const ModelFile& model);

}  // namespace hearth::store
