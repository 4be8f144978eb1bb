// A manifest as JSON text and back; docs/formats/manifest.md is the specification. Strict: what
// the format does not name is refused, because a program that skips what it does not know would
// run a model in another way than was meant.
//
// Threads: pure.
// Limits:  kManifestBytesMax.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "store/manifest/manifest.h"

namespace hearth::store {

// kInvalidArgument and kResourceExhausted for a manifest that could not be read again.
Result<std::string> write_manifest(const Manifest& manifest);

// kUnimplemented for another version, kCorrupt for everything that is none; both say what to do.
Result<Manifest> read_manifest(std::string_view text);

}  // namespace hearth::store
