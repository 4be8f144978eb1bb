// What LM Studio holds: PUBLISHER/REPOSITORY/FILE.gguf, as Hugging Face has it, without links.
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

std::vector<ModelFile> models_of_lm_studio(const std::string& folder, Look& look);
Result<ModelFile> find_in_lm_studio(const std::string& folder, const ModelName& name, Look& look);

}  // namespace hearth::store
