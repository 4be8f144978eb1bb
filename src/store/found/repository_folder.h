// The files of one Hugging Face repository as they lie on this disk, in the cache of the hub's
// tools or with LM Studio: which models they are, called as a pull would call them.
//
// Threads: thread-safe.
// Errors:  those of choose_files, but kNotFound for a model of which parts are missing: it may
//          still be arriving.
// Limits:  those of the look, and below.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/found/look.h"
#include "store/model_file.h"
#include "store/name/source.h"

namespace hearth::store {

inline constexpr int kRepositoryDepthMax = 4;  // of folders within it
inline constexpr std::size_t kRepositoryModelFilesMax = 2048;

struct RepositoryFolder {
  std::string path;
  HuggingFaceName name;  // without quantisation and file
  Holder holder = Holder::kHubCache;
  // Files may be links, and all have to be in this folder, which is without links; empty: none may
  // be a link.
  std::string links_within;
};

std::vector<ModelFile> models_in(const RepositoryFolder& folder, Look& look);
// Of what is wanted only the quantisation or the file counts.
Result<ModelFile> find_model_in(const RepositoryFolder& folder, const HuggingFaceName& wanted,
                                Look& look);

}  // namespace hearth::store
