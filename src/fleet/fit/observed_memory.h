// How much memory runners have really held, known without loading their models again;
// docs/formats/memory.md is the page of its text. A model file that was replaced is not known.
//
// Errors:  text that is not ours is no knowledge; nothing depends on it.
// Limits:  kSeenModelsMax; the ones noted longest ago are forgotten first.
// Threads: thread-compatible.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gguf/memory_estimate.h"
#include "store/model_file.h"

namespace hearth::fleet {

inline constexpr std::size_t kSeenModelsMax = 1024;
inline constexpr std::size_t kSeenBytesMax = 256 * 1024;

// How a model was loaded, as far as its memory depends on it.
struct MemorySettings {
  std::uint32_t pool_tokens = 0;
  gguf::KvType kv_type = gguf::KvType::kF16;
  std::uint32_t sequences = 1;

  bool operator==(const MemorySettings&) const = default;
};

gguf::MemoryRequest request_of(const MemorySettings& settings);

struct SeenMemory {
  MemorySettings settings;
  std::uint64_t bytes = 0;

  bool operator==(const SeenMemory&) const = default;
};

class ObservedMemory {
 public:
  // What stands in the text, and nothing else.
  void read(std::string_view text);
  std::string text() const;

  // The last that was noted of this file.
  std::optional<SeenMemory> find(const store::ModelFile& model) const;
  enum class Change : bool { kNone, kSome };
  // A hundredth more or less is no change.
  Change note(const store::ModelFile& model, const SeenMemory& seen);

 private:
  struct Known {
    std::string key;
    SeenMemory seen;
  };

  std::vector<Known> known_;  // the latest first
};

}  // namespace hearth::fleet
