// The cache that the tools of Hugging Face share, llama.cpp's among them:
// models--OWNER--REPOSITORY/ with refs/main (which state of it is meant), snapshots/COMMIT/ (its
// files, as links) and blobs/ (their bytes).
//
// Threads: thread-safe.
// Errors:  as in repository_folder.h.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "store/found/look.h"
#include "store/model_file.h"
#include "store/name/model_name.h"

namespace hearth::store {

// Of each repository the state that its main branch had when it was fetched.
std::vector<ModelFile> models_of_hub_cache(const std::string& cache, Look& look);
// At any revision that is there.
Result<ModelFile> find_in_hub_cache(const std::string& cache, const ModelName& name, Look& look);

}  // namespace hearth::store
