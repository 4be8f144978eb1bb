// What a running Ollama answers, read without trust: texts are words for people and lists are
// bounded.
//
// Threads: pure.
// Errors:  kUpstream, with the field that makes no sense.
// Limits:  below.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/units.h"

namespace hearth::store {

inline constexpr std::size_t kOllamaAnswerBytesMax = 8 * base::kMiB;
inline constexpr std::size_t kOllamaModelsMax = 4096;
inline constexpr std::size_t kOllamaTextBytesMax = 1024;  // of a name or a time; longer is cut

// A tag that it has: /api/tags.
struct OllamaTag {
  std::string name;
  std::uint64_t size_bytes = 0;
  std::string digest;
  std::string parameters;    // "494.03M"
  std::string quantisation;  // "Q4_K_M"
};

// What it holds in memory: /api/ps.
struct OllamaLoaded {
  std::string name;
  std::uint64_t size_bytes = 0;
  std::uint64_t vram_bytes = 0;  // of these
  std::string expires;           // as it says it, in RFC 3339
};

// What it says of one model: /api/show.
struct OllamaFacts {
  std::string format;
  std::string family;
  std::string parameters;
  std::string quantisation;
  std::vector<std::string> capabilities;
};

Result<std::string> read_ollama_version(std::string_view text);
Result<std::vector<OllamaTag>> read_ollama_tags(std::string_view text);
Result<std::vector<OllamaLoaded>> read_ollama_loaded(std::string_view text);
Result<OllamaFacts> read_ollama_facts(std::string_view text);
// Its words for what went wrong; empty when there are none.
std::string read_ollama_error(std::string_view text);

}  // namespace hearth::store
