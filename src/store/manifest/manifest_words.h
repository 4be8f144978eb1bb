// The words of a manifest's text: what its writer and its reader share.
//
// Threads: immutable.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "store/manifest/manifest.h"

namespace hearth::store {

inline constexpr std::string_view kManifestFormat = "hearth manifest";

struct RoleWord {
  std::string_view word;
  FileRole is;
};
inline constexpr std::array kRoleWords{
    RoleWord{"model", FileRole::kModel},
    RoleWord{"projector", FileRole::kProjector},
    RoleWord{"adapter", FileRole::kAdapter},
};

struct SpeakerWord {
  std::string_view word;
  Speaker is;
};
inline constexpr std::array kSpeakerWords{
    SpeakerWord{"system", Speaker::kSystem},
    SpeakerWord{"user", Speaker::kUser},
    SpeakerWord{"assistant", Speaker::kAssistant},
};

template <typename Words, typename Value>
std::string_view word_for(const Words& words, Value value) {
  for (const auto& entry : words) {
    if (entry.is == value) return entry.word;
  }
  return {};
}

}  // namespace hearth::store
