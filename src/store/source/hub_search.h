// Asks the Hugging Face hub, or the mirror in its place, which models there are for some words.
//
// Threads: search_hub blocks its caller; reading is pure.
// Errors:  as find_offer; kInvalidArgument for words that are none or too many.
// Limits:  below. What an answer says of a model that cannot be is left out; one that is no list is
//          kUpstream.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/source/answer.h"
#include "store/source/hubs.h"

namespace hearth::store {

inline constexpr std::size_t kSearchWordsBytesMax = 256;
inline constexpr std::uint32_t kSearchLimitUsual = 20;
inline constexpr std::uint32_t kSearchLimitMax = 100;

struct HubSearch {
  std::string words;
  std::uint32_t limit = kSearchLimitUsual;
};

struct FoundModel {
  std::string name;  // that can be pulled
  std::uint64_t downloads = 0;
  std::uint64_t likes = 0;
  std::string updated;  // "2026-11-22"; empty: the hub does not say
  bool gated = false;   // its terms have to be accepted

  bool operator==(const FoundModel&) const = default;
};

// Those with GGUF files, the most downloaded first.
Result<std::vector<FoundModel>> search_hub(const HubSearch& search, const Hubs& hubs,
                                           const Asking& asking);

// Of /api/models?search=…, at most so many.
Result<std::vector<FoundModel>> read_hub_search(std::string_view text, std::uint32_t limit);

}  // namespace hearth::store
