// Models leave the store: first the manifest, then the blobs that no other one names. Whoever
// fetches holds the store's lock with others; blobs go only while nobody does, since a pull may
// have found one and not yet written the manifest that names it.
//
// Where a manifest cannot be read, no blob goes, since it may name any of them. It can be removed
// itself, by its name.
//
// Threads: thread-safe, also between processes.
// Errors:  kNotFound when the model is not installed; those of files, and of manifests that cannot
//          be read.
#pragma once

#include <cstdint>
#include <string>

#include "base/file_lock.h"
#include "base/result.h"
#include "store/manifest/manifest.h"

namespace hearth::store {

// For as long as blobs are fetched that no manifest names yet. Creates the folder.
Result<base::FileLock> hold_blobs(const std::string& store_folder);

struct Removal {
  std::uint64_t freed_bytes = 0;
  std::size_t blobs = 0;          // that are gone, and other files
  bool somebody_fetches = false;  // so no blob was removed; collect_blobs() does it later
  bool was_damaged = false;       // the manifest, so nobody knows its blobs; likewise
};

// Also one whose manifest cannot be read.
Result<Removal> remove_model(const std::string& store_folder, const ModelName& name);

// Blobs that no manifest names, and what interrupted pulls and other makers have left.
Result<Removal> collect_blobs(const std::string& store_folder);

}  // namespace hearth::store
