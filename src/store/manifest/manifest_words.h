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

template <typename Value>
struct Word {
  std::string_view word;
  Value is;
};

inline constexpr std::array kRoleWords{
    Word<FileRole>{"model", FileRole::kModel},
    Word<FileRole>{"projector", FileRole::kProjector},
    Word<FileRole>{"adapter", FileRole::kAdapter},
};
inline constexpr std::array kSpeakerWords{
    Word<Speaker>{"system", Speaker::kSystem},
    Word<Speaker>{"user", Speaker::kUser},
    Word<Speaker>{"assistant", Speaker::kAssistant},
};
inline constexpr std::array kOwnerWords{
    Word<Owner>{"hub", Owner::kHub},
    Word<Owner>{"user", Owner::kUser},
};

template <typename Value, std::size_t count>
std::string_view word_for(const std::array<Word<Value>, count>& words, Value value) {
  for (const Word<Value>& entry : words) {
    if (entry.is == value) return entry.word;
  }
  return {};
}

}  // namespace hearth::store
