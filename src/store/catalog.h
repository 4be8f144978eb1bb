// Which model files there are and what they are called: the *.gguf files of the models folder,
// those that ship with Hearth, and any file by its path. It opens nothing; whether a file is a
// model is gguf/'s to say.
//
// Threads: immutable; every call looks at the disk again.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/fd.h"
#include "base/result.h"

namespace hearth::store {

struct ModelFile {
  std::string name;  // what people call it: the file's name without ".gguf", or the path
  std::string path;  // without links, so that one file has one path
  std::uint64_t size_bytes = 0;
  std::int64_t modified_ms = 0;   // wall time
  std::uint64_t file_number = 0;  // the inode: a file that took its place has another
  // What the file has to be, in hexadecimal digits; empty: whatever it is.
  std::string sha256;

  bool is_built_in() const { return !sha256.empty(); }
};

// The models that ship with Hearth. Files beside them in their folder are nobody's.
struct BuiltInModels {
  struct Entry {
    std::string name;
    std::string sha256;
  };
  std::string folder;
  std::vector<Entry> entries;
};

// The same model by name and path, with what the open file says of itself.
ModelFile same_as(ModelFile model, const Fd& file);

class Catalog {
 public:
  explicit Catalog(std::string folder, BuiltInModels built_in = {})
      : folder_(std::move(folder)), built_in_(std::move(built_in)) {}

  // By name, in any case of letters, or by an absolute path. kNotFound says what there is and
  // how to get a model.
  Result<ModelFile> find_model(const std::string& name) const;
  // In the order of their names. A file of the folder hides what ships under its name.
  std::vector<ModelFile> list() const;
  const std::string& folder() const { return folder_; }

 private:
  std::string folder_;
  BuiltInModels built_in_;
};

}  // namespace hearth::store
