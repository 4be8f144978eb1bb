#include "base/utf8.h"

#include <cstdint>

namespace hearth::base {

namespace {

struct Character {
  std::size_t size = 0;  // bytes that belong to it, valid or not; at least 1
  enum class State { kValid, kUnfinished, kInvalid } state = State::kValid;
};

// The legal range of the second byte depends on the first: Unicode 15, table 3-7.
struct Lead {
  std::size_t size;
  std::uint8_t second_min;
  std::uint8_t second_max;
};

Lead lead_of(std::uint8_t byte) {
  if (byte < 0x80) return {1, 0, 0};
  if (byte >= 0xC2 && byte <= 0xDF) return {2, 0x80, 0xBF};
  if (byte == 0xE0) return {3, 0xA0, 0xBF};
  if (byte == 0xED) return {3, 0x80, 0x9F};
  if (byte >= 0xE1 && byte <= 0xEF) return {3, 0x80, 0xBF};
  if (byte == 0xF0) return {4, 0x90, 0xBF};
  if (byte >= 0xF1 && byte <= 0xF3) return {4, 0x80, 0xBF};
  if (byte == 0xF4) return {4, 0x80, 0x8F};
  return {0, 0, 0};
}

Character read_character(std::string_view text) {
  using State = Character::State;
  const Lead lead = lead_of(static_cast<std::uint8_t>(text[0]));
  if (lead.size == 0) return {1, State::kInvalid};
  for (std::size_t i = 1; i < lead.size; ++i) {
    if (i >= text.size()) return {i, State::kUnfinished};
    const auto byte = static_cast<std::uint8_t>(text[i]);
    const std::uint8_t low = i == 1 ? lead.second_min : 0x80;
    const std::uint8_t high = i == 1 ? lead.second_max : 0xBF;
    if (byte < low || byte > high) return {i, State::kInvalid};
  }
  return {lead.size, State::kValid};
}

}  // namespace

std::size_t find_invalid_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const Character character = read_character(text.substr(at));
    if (character.state != Character::State::kValid) return at;
    at += character.size;
  }
  return std::string_view::npos;
}

std::size_t unfinished_utf8_suffix(std::string_view text) {
  const std::size_t longest = text.size() < 3 ? text.size() : 3;
  for (std::size_t size = 1; size <= longest; ++size) {
    const std::string_view suffix = text.substr(text.size() - size);
    if ((static_cast<std::uint8_t>(suffix[0]) & 0xC0) == 0x80) continue;
    const Character character = read_character(suffix);
    const bool unfinished = character.state == Character::State::kUnfinished;
    return unfinished && character.size == size ? size : 0;
  }
  return 0;
}

std::string repair_utf8(std::string_view text) {
  std::string repaired;
  repaired.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const Character character = read_character(text.substr(at));
    if (character.state == Character::State::kValid) {
      repaired.append(text.substr(at, character.size));
    } else {
      repaired += "\xEF\xBF\xBD";
    }
    at += character.size;
  }
  return repaired;
}

}  // namespace hearth::base
