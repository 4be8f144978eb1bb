// The models whose manifests are in the folder of a store.
//
// Threads: immutable; every call looks at the disk again.
// Errors:  kNotFound says how to get the model; kCorrupt where its manifest is damaged.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "store/damaged_manifest.h"
#include "store/manifest/manifest.h"

namespace hearth::store {

class Installed {
 public:
  explicit Installed(std::string store_folder) : folder_(std::move(store_folder)) {}

  struct Listing {
    std::vector<Manifest> manifests;       // in the order of their names
    std::vector<DamagedManifest> damaged;  // that cannot be read, in the order of their files
  };
  Listing look() const;
  // Without those that cannot be read.
  std::vector<Manifest> list() const { return look().manifests; }
  // The same, but what cannot be read is an error: for who must not overlook a model.
  Result<std::vector<Manifest>> list_all() const;
  // The model of this name; where that leaves the quantisation open, the best one that is there.
  Result<Manifest> find(const ModelName& name) const;
  // What that one is called, also where its manifest cannot be read.
  Result<ModelName> find_name(const ModelName& name) const;
  const std::string& folder() const { return folder_; }

 private:
  std::string folder_;
};

}  // namespace hearth::store
