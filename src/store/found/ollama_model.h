// One model of Ollama's, from its manifest's file to what it is for us.
//
// Threads: thread-safe; reads the disk.
// Errors:  those of ollama_store.h.
#pragma once

#include <string>

#include "base/result.h"
#include "store/model_file.h"
#include "store/name/model_name.h"

namespace hearth::store {

struct OllamaManifest {
  ModelName name;
  std::string path;  // a file, or a link that names one of the blobs
};

// `folder` has the blobs.
Result<ModelFile> load_ollama_model(const std::string& folder, const OllamaManifest& manifest);

}  // namespace hearth::store
