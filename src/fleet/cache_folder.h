// The one folder that a model's runner may write, made when there is none. It belongs to a model
// file and not to its name: what replaces the file finds nothing of it, so no model can leave
// anything behind for another.
//
// Errors:  of the file system.
// Threads: thread-safe.
#pragma once

#include <string>

#include "base/result.h"
#include "store/catalog.h"

namespace hearth::fleet {

// REQUIRES: the model was identified by store::same_as().
Result<std::string> ensure_cache_folder(const std::string& parent, const store::ModelFile& model);

}  // namespace hearth::fleet
