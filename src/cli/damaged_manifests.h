// What the daemon says of manifests that it cannot read (api/hearth/installed_body.cc).
//
// Threads: values.
// Errors:  kUpstream for what makes no sense.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "json/node.h"
#include "json/writer.h"

namespace hearth::cli {

struct DamagedManifest {
  std::string model;  // or the file, where it is no model's
  std::string problem;
  std::string advice;
};

// The object's member "damaged_manifests"; none where it has none.
Result<std::vector<DamagedManifest>> read_damaged(const json::Node& object);
// The same member, where there are any.
void write_damaged(json::Writer& json, const std::vector<DamagedManifest>& damaged);

// "mine:latest: the manifest is damaged: …; `hearth rm mine:latest` removes it"
std::string damaged_text(const DamagedManifest& damaged);

}  // namespace hearth::cli
