// Manifests on the disk, in the folder of a store.
//
// Threads: thread-safe; of several that keep one model at once the last one wins, and nobody ever
//          reads half of a manifest.
// Errors:  those of manifest_text.h and of files; the context is the path.
#pragma once

#include <string>

#include "base/result.h"
#include "store/manifest/manifest.h"

namespace hearth::store {

// kNotFound when the model is not installed. kCorrupt also for a manifest that is another model's.
Result<Manifest> load_manifest(const std::string& store_folder, const ModelName& name);

// Whole or not at all, in place of the one that is there. To be called when all its blobs are.
Result<void> keep_manifest(const std::string& store_folder, const Manifest& manifest);

}  // namespace hearth::store
