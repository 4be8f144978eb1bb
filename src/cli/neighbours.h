// What the daemon says of other programs of this machine that hold models: today a running Ollama.
//
// Threads: thread-compatible.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/daemon_api.h"
#include "json/writer.h"

namespace hearth::cli {

struct NeighbourModel {
  std::string name;
  std::uint64_t size_bytes = 0;
  std::uint64_t vram_bytes = 0;
  std::string expires;
};

struct Neighbour {
  std::string url;
  std::string version;
  std::vector<NeighbourModel> models;  // all that it has
  std::vector<NeighbourModel> loaded;
};

// Nothing where no Ollama answers the daemon soon, or the daemon is an older one.
std::optional<Neighbour> find_ollama(const DaemonApi& daemon);

// Of its models those that are none of the daemon's: it alone can read them.
std::vector<NeighbourModel> only_there(const Neighbour& ollama,
                                       const std::vector<KnownModel>& known);

// An array of them.
void write_neighbour_models(json::Writer& json, const std::vector<NeighbourModel>& models);

}  // namespace hearth::cli
