// Asks a registry for a model: one that speaks Ollama's protocol, or Docker Hub, whose protocol is
// nearly the same. The manifest says which layers there are; the large ones become files, and the
// small ones are read here, once their digests are what the manifest says.
//
// Threads: thread-safe; blocks its caller.
// Errors:  those of find_offer.
#pragma once

#include "base/result.h"
#include "store/name/model_name.h"
#include "store/name/source.h"
#include "store/source/answer.h"
#include "store/source/hubs.h"
#include "store/source/offer.h"

namespace hearth::store {

inline constexpr int kIndexTriesMax = 8;  // manifests of an index that are looked into

Result<Offer> find_in_registry(const ModelName& name, const RegistryName& wanted,
                               const Asking& asking);

Result<Offer> find_at_docker_hub(const ModelName& name, const DockerName& wanted, const Hubs& hubs,
                                 const Asking& asking);

}  // namespace hearth::store
