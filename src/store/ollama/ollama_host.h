// Where a running Ollama is, from OLLAMA_HOST: "", "host", "host:port", ":port", "[::1]:port",
// each with "http://" in front and a path behind. An address that a server listens on everywhere
// ("0.0.0.0") is asked on this machine.
//
// Threads: pure.
// Errors:  kInvalidArgument with what to write; kUnimplemented for https://.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace hearth::store {

struct OllamaHost {
  std::string host;  // of IPv6 without brackets
  std::uint16_t port = 0;
  std::string path;  // what stands before "/api"; empty or "/…"

  std::string url() const;
};

Result<OllamaHost> parse_ollama_host(std::string_view text);

}  // namespace hearth::store
