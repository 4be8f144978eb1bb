// What a Modelfile says of a model's use, over what was said of its base.
//
// Threads: pure.
// Errors:  kInvalidArgument for a template in which nothing is filled in, and for more than the
// limit. Limits:  kStopsMax.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/manifest/manifest.h"
#include "store/modelfile/modelfile.h"

namespace hearth::store {

// A model with more is not loaded as it was meant: they are a request's (chat/request.h) and a
// runner's (wire/messages.h).
inline constexpr std::size_t kStopsMax = 16;
inline constexpr std::size_t kAdaptersMax = 8;

// Directions and licences of `manifest` are those of the base, and then the model's. A template
// that cannot be used is left out, with a warning.
Result<std::vector<std::string>> direct(Manifest& manifest, const Modelfile& modelfile);

}  // namespace hearth::store
