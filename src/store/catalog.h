// Which models there are and what they are called: those that were pulled into the store, the
// *.gguf files that lie in its folder, those that ship with Hearth, those that other programs of
// this machine hold, and any file by its path. It opens no model; whether a file is one is gguf/'s
// to say.
//
// Threads: immutable; every call looks at the disk again.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/found/found_models.h"
#include "store/model_file.h"

namespace hearth::store {

// The models that ship with Hearth. Files beside them in their folder are nobody's.
struct BuiltInModels {
  struct Entry {
    std::string name;
    std::string sha256;
  };
  std::string folder;
  std::vector<Entry> entries;
};

class Catalog {
 public:
  // The aliases of the user, if there is such a file, are read again each time.
  explicit Catalog(std::string folder, BuiltInModels built_in = {}, std::string aliases_file = {},
                   FoundPlaces found = {})
      : folder_(std::move(folder)),
        built_in_(std::move(built_in)),
        aliases_file_(std::move(aliases_file)),
        found_(std::move(found)) {}

  // By the name of a file, in any case of letters, by an absolute path, or by any name of a model
  // that was pulled or is held elsewhere, aliases included; or by "ollama:" and the name that
  // Ollama has for it. kNotFound says what there is and how to get a model.
  Result<ModelFile> find_model(const std::string& name) const;
  // Whether find_model would; cheaper where it would not.
  bool has_model(const std::string& name) const;
  // In the order of their names. Of those of one name a file of the folder is listed, then what
  // ships, what was pulled, and what others hold.
  std::vector<ModelFile> list() const;
  const std::string& folder() const { return folder_; }

 private:
  void add_files(std::vector<ModelFile>& files) const;
  void add_built_in(std::vector<ModelFile>& files) const;
  void add_installed(std::vector<ModelFile>& files) const;
  void add_found(std::vector<ModelFile>& files) const;
  std::vector<ModelFile> own() const;
  // Nothing where there is nothing of this name.
  std::optional<Result<ModelFile>> look_up(const std::string& name) const;
  Error unknown(const std::string& name) const;

  std::string folder_;
  BuiltInModels built_in_;
  std::string aliases_file_;
  FoundModels found_;
};

}  // namespace hearth::store
