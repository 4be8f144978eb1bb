// What is told of a model when it has come into the store, and of one that cannot be read there.
//
// Threads: pure.
#pragma once

#include <vector>

#include "api/hearth/told_work.h"
#include "json/node.h"
#include "json/writer.h"
#include "store/damaged_manifest.h"
#include "store/manifest/manifest.h"

namespace hearth::api {

// Members of an object that is open.
void write_installed(json::Writer& json, const store::Manifest& manifest);

// The member "damaged_manifests", where there are any.
void write_damaged(json::Writer& json, const std::vector<store::DamagedManifest>& damaged);

// The field "stream".
Result<Telling> read_telling(const json::Node& value);

}  // namespace hearth::api
