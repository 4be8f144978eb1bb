// A manifest that is there and cannot be read: damaged, of a newer Hearth, or in another one's
// place. Nobody knows which blobs it names.
//
// Threads: values; pure.
#pragma once

#include <optional>
#include <string>

#include "base/error.h"
#include "store/name/model_name.h"

namespace hearth::store {

struct DamagedManifest {
  std::string file;               // in the store's folder: "manifests/…"
  std::optional<ModelName> name;  // whose place it is; none where it is nobody's
  Error error;

  // What people call the model; the file where it is nobody's.
  std::string model() const;
  // How it goes away, behind what the error says.
  std::string advice() const;
};

// The name whose manifest has this place in the store's folder; none when no name has.
std::optional<ModelName> name_of_place(const std::string& file);

}  // namespace hearth::store
