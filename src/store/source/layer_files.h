// The files of a registry's model, from the layers of its manifest.
//
// Threads: pure.
// Errors:  kInvalidArgument for layers that are no model.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/manifest/manifest.h"
#include "store/source/registry_answers.h"

namespace hearth::store {

bool has_model(const RegistryAnswer& answer);

// Of several models each is a part, in the order of the layers. A registry's files have no names:
// they are called by `stem`.
Result<std::vector<ManifestFile>> files_of_layers(const std::vector<Layer>& layers,
                                                  std::string_view stem);

}  // namespace hearth::store
