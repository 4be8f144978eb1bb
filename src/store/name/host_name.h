// Hosts within names: one spelling of each, and those that are known to have models.
//
// Threads: pure.
// Errors:  kInvalidArgument, as in name_rules.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "store/name/source.h"

namespace hearth::store {

inline constexpr std::size_t kHostBytesMax = 350;  // with the port

inline constexpr std::string_view kHuggingFaceHost = "hf.co";
inline constexpr std::string_view kOllamaHost = "registry.ollama.ai";
inline constexpr std::string_view kDockerHost = "docker.io";

// "host" or "host:port", in lower case, without the port that the transport has anyway. Letters,
// digits, '.', '-' and '_' only: no user, no IPv6, no Unicode.
Result<std::string> parse_host(std::string_view text, Transport transport);

enum class KnownHost : std::uint8_t { kNone, kHuggingFace, kOllama, kDocker, kDockerPages };
// REQUIRES: lower case.
KnownHost known_host(std::string_view host);
// Whether the first part of a name that has several is a host at all.
bool looks_like_host(std::string_view text);

}  // namespace hearth::store
