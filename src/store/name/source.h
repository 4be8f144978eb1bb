// Where a model can come from, as a name says it: the closed set of kinds, and nothing of how any
// of them is fetched. Made by ModelName::parse only, which checks every part.
//
// Threads: values.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

namespace hearth::store {

// A repository of the Hugging Face hub, and what is meant of it.
struct HuggingFaceName {
  std::string owner;
  std::string repository;
  std::string revision;  // a branch, a tag or a commit; empty: main
  std::string quant;     // "Q4_K_M"; empty: the best there is
  std::string file;      // a path within the repository; then there is no quant

  bool operator==(const HuggingFaceName&) const = default;
};

enum class Transport : std::uint8_t { kTls, kPlain };

// A model of a registry that speaks Ollama's protocol, its own one above all.
struct RegistryName {
  Transport transport = Transport::kTls;
  std::string host;  // with its port, if that is not the usual one
  std::string space;
  std::string model;
  std::string tag;

  bool operator==(const RegistryName&) const = default;
};

// A model of Docker Hub: an OCI artefact.
struct DockerName {
  std::string space;
  std::string model;
  std::string tag;

  bool operator==(const DockerName&) const = default;
};

// One GGUF file of a web server.
struct WebName {
  std::string url;

  bool operator==(const WebName&) const = default;
};

// A file of this machine. As it was typed: relative to where that was, "~/" unresolved.
struct PathName {
  std::string path;

  bool operator==(const PathName&) const = default;
};

using Source = std::variant<HuggingFaceName, RegistryName, DockerName, WebName, PathName>;

}  // namespace hearth::store
