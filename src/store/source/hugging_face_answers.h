// What the Hugging Face hub's API answers, read without trust: a repository at one commit, and the
// pages of its files. Of files only those that end in .gguf are looked at.
//
// Threads: pure.
// Errors:  kInvalidArgument and kResourceExhausted, as in json/: whoever asked says which hub it
//          was.
// Limits:  kAnswerBytesMax, kRepositoryFilesMax.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/manifest/blob_digest.h"

namespace hearth::store {

struct HubFile {
  std::string path;
  std::optional<std::uint64_t> size_bytes;  // nothing: the hub does not say
  std::optional<BlobDigest> digest;         // of a file that is kept by LFS

  bool operator==(const HubFile&) const = default;
};

struct HubRepository {
  std::string commit;  // 40 or 64 hexadecimal digits
  bool gated = false;  // its terms have to be accepted before a file is given
  std::vector<std::string> licences;
  // Nothing: this answer does not list them, and the tree has to be asked for.
  std::optional<std::vector<HubFile>> files;
};

// Of /api/models/OWNER/REPOSITORY/revision/REVISION?blobs=true. No path stands there twice.
Result<HubRepository> read_hub_repository(std::string_view text);

// A page of /api/models/OWNER/REPOSITORY/tree/COMMIT?recursive=true.
Result<std::vector<HubFile>> read_hub_tree(std::string_view text);

// The URL of the next page, as a Link header has it: <URL>; rel="next".
std::optional<std::string> next_page(std::string_view link);

}  // namespace hearth::store
