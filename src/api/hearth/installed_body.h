// What is told of a model when it has come into the store.
//
// Threads: pure.
#pragma once

#include "api/hearth/told_work.h"
#include "json/node.h"
#include "json/writer.h"
#include "store/manifest/manifest.h"

namespace hearth::api {

// Members of an object that is open.
void write_installed(json::Writer& json, const store::Manifest& manifest);

// The field "stream".
Result<Telling> read_telling(const json::Node& value);

}  // namespace hearth::api
