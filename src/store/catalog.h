// Which models there are and what they are called: those that were pulled into the store, the
// *.gguf files that lie in its folder, those that ship with Hearth, and any file by its path. It
// opens no model; whether a file is one is gguf/'s to say.
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
  // What people call it: the short name it was pulled by, the file's name without ".gguf", or the
  // path.
  std::string name;
  std::string path;               // without links, so that one file has one path; of the first part
  std::uint64_t size_bytes = 0;   // of all parts
  std::int64_t modified_ms = 0;   // wall time
  std::uint64_t file_number = 0;  // the inode: a file that took its place has another
  // What the file has to be, in hexadecimal digits; empty: whatever it is.
  std::string sha256;
  std::vector<std::string> more_parts = {};  // of a divided model, in their order

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
  // The aliases of the user, if there is such a file, are read again each time.
  explicit Catalog(std::string folder, BuiltInModels built_in = {}, std::string aliases_file = {})
      : folder_(std::move(folder)),
        built_in_(std::move(built_in)),
        aliases_file_(std::move(aliases_file)) {}

  // By the name of a file, in any case of letters, by an absolute path, or by any name of a model
  // that was pulled, aliases included. kNotFound says what there is and how to get a model.
  Result<ModelFile> find_model(const std::string& name) const;
  // In the order of their names. A file of the folder hides others of its name.
  std::vector<ModelFile> list() const;
  const std::string& folder() const { return folder_; }

 private:
  void add_files(std::vector<ModelFile>& files) const;
  void add_built_in(std::vector<ModelFile>& files) const;
  void add_installed(std::vector<ModelFile>& files) const;

  std::string folder_;
  BuiltInModels built_in_;
  std::string aliases_file_;
};

}  // namespace hearth::store
