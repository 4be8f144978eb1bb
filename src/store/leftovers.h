// What makers who were killed have left in the models folder, beside its blobs: the folders in
// which models were made (making_folder.h), copies from another disk that are not whole, and
// manifests that were being written.
//
// Threads: thread-safe, also between processes: what somebody holds, stays.
// Errors:  those of files.
#pragma once

#include <string>

#include "base/result.h"
#include "store/removal.h"

namespace hearth::store {

// Folders and copies; adds to the removal what is gone.
Result<void> remove_left_models(const std::string& store_folder, Removal& removal);

// REQUIRES: the store's lock, alone: whoever writes manifests has it with others.
Result<void> remove_left_manifests(const std::string& store_folder, Removal& removal);

// Whether a manifest is called so while it is being written.
bool is_unfinished_manifest(const std::string& file_name);

// Nothing when somebody else was quicker.
Result<void> remove_file(const std::string& path, Removal& removal);

}  // namespace hearth::store
