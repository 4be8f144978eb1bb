// What Ollama holds in one of its folders: manifests/HOST/NAMESPACE/MODEL/TAG, each a registry's
// manifest, and blobs/sha256-…, the layers that it names. Newer versions keep manifests among the
// blobs, and manifests-v2/ has links to them.
//
// A model is what a pull from the same registry would have made of it (docs/model-sources.md).
//
// Threads: thread-safe; every call looks at the disk again.
// Errors:  kNotFound; kCorrupt for a manifest that makes no sense or names what is not there;
//          kUnimplemented for a model that is no GGUF file.
// Limits:  those of the look, of a registry's answers and of a manifest.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "store/found/look.h"
#include "store/model_file.h"
#include "store/name/model_name.h"

namespace hearth::store {

// Without those that cannot be used.
std::vector<ModelFile> models_of_ollama(const std::string& folder, Look& look);
// Where the name leaves the quantisation open: what has none in its name, or the best there is.
Result<ModelFile> find_in_ollama(const std::string& folder, const ModelName& name, Look& look);

}  // namespace hearth::store
