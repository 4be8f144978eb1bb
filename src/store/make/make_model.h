// A model is made of another one, or of files of this machine: `hearth create`, `import` and `cp`.
// Files that are in the store already are shared by their digests, others are copied into it
// (blob_import.h), and the manifest is written last. So the model is there whole or not at all.
//
// As with Ollama, it inherits what was said of its base; what the Modelfile says replaces it by
// kind: each parameter by its name, the messages as a whole, the system message, the template.
// Licences and adapters are added.
//
// Threads: thread-safe; blocks its caller. Holds the store's lock with those who pull.
// Errors:  those of made_name.h, local_files.h, blob_import.h and the catalogue.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/cancellation.h"
#include "base/result.h"
#include "store/catalog.h"
#include "store/modelfile/modelfile.h"

namespace hearth::store {

struct MakeProgress {
  std::string file_name;  // that is being copied
  std::size_t file = 0;   // which of them, from 1
  std::size_t files = 0;
  std::uint64_t file_done_bytes = 0;
  std::uint64_t file_size_bytes = 0;
  std::uint64_t done_bytes = 0;  // of all files
  std::uint64_t size_bytes = 0;
};
// Some ten times a second while files are copied, and at the end of each.
using MakeProgressHandler = std::function<void(const MakeProgress&)>;

struct MakeRequest {
  std::string name;     // empty: name_of_path of the file it is made of
  Modelfile modelfile;  // its paths are absolute
  std::string aliases_file;
  MakeProgressHandler progress;  // or none
};

struct MadeModel {
  Manifest manifest;
  std::vector<std::string> warnings;
};

Result<MadeModel> make_model(const MakeRequest& request, const Catalog& catalog,
                             const base::CancelToken& cancel);

}  // namespace hearth::store
