// Where other programs of this machine keep their models: the folders alone, whether they exist or
// not.
//
// Threads: values; places_of reads two small files of LM Studio.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace hearth::store {

struct FoundPlaces {
  std::vector<std::string> ollama;      // each with manifests and blobs
  std::vector<std::string> lm_studio;   // PUBLISHER/REPOSITORY/FILE.gguf
  std::vector<std::string> hub_caches;  // models--OWNER--REPOSITORY, of Hugging Face or llama.cpp
};

// What the variables of those programs say, where they keep models when nothing is said, and where
// services keep them. Each folder once; paths that are not absolute are nobody's.
FoundPlaces places_of(const std::function<std::optional<std::string>(const char* name)>& variable);

}  // namespace hearth::store
