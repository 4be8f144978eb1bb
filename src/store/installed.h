// The models whose manifests are in the folder of a store.
//
// Threads: immutable; every call looks at the disk again.
// Errors:  kNotFound says how to get the model; kCorrupt where its manifest is damaged.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "store/manifest/manifest.h"

namespace hearth::store {

class Installed {
 public:
  explicit Installed(std::string store_folder) : folder_(std::move(store_folder)) {}

  // In the order of their names; without those that cannot be read.
  std::vector<Manifest> list() const;
  // The same, but what cannot be read is an error: for who must not overlook a model.
  Result<std::vector<Manifest>> list_all() const;
  // The model of this name; where that leaves the quantisation open, the best one that is there.
  Result<Manifest> find(const ModelName& name) const;
  const std::string& folder() const { return folder_; }

 private:
  std::string folder_;
};

}  // namespace hearth::store
