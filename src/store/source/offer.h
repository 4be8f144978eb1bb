// What a hub says a model consists of, and where each file is: found before anything is fetched.
//
// Threads: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "store/manifest/manifest.h"

namespace hearth::store {

struct OfferedFile {
  FileRole role = FileRole::kModel;
  SplitPart part;
  std::string file_name;             // without folders
  std::string url;                   // leads, by redirects perhaps, to its bytes
  std::uint64_t size_bytes = 0;      // 0: nobody says
  std::optional<BlobDigest> digest;  // nothing: nobody promises any

  bool operator==(const OfferedFile&) const = default;
};

struct Offer {
  // All but its files. What the hub says of its use (template, system, parameters) is in it.
  Manifest manifest;
  std::vector<OfferedFile> files;
  // What a server wants to see in Authorization, for the origin of each URL; empty: nothing.
  std::string authorization;
};

}  // namespace hearth::store
