// Names within a registry, without the host: Ollama's and those that speak its protocol, and
// Docker Hub.
//
// Threads: pure.
// Errors:  kInvalidArgument, as in name_rules.h.
// Limits:  kWordBytesMax for each part, kDockerTagBytesMax.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "store/name/source.h"

namespace hearth::store {

inline constexpr std::size_t kDockerTagBytesMax = 128;
inline constexpr std::string_view kLibrarySpace = "library";
inline constexpr std::string_view kDockerModelSpace = "ai";

// MODEL[:TAG] of Ollama's library, or NAMESPACE/MODEL[:TAG].
Result<RegistryName> parse_ollama_name(std::string_view text);

// NAMESPACE/MODEL[:TAG] of any registry. REQUIRES: a host from parse_host.
Result<RegistryName> parse_registry_name(std::string_view text, Transport transport,
                                         std::string host);

// NAMESPACE/MODEL[:TAG] of Docker Hub, whose names are in lower case.
Result<DockerName> parse_docker_name(std::string_view text);

// "registry.ollama.ai/library/qwen2.5:0.5b", "docker.io/ai/smollm2:latest": nothing left out.
std::string registry_text(const RegistryName& name);
std::string docker_text(const DockerName& name);

}  // namespace hearth::store
