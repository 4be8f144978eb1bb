#include "base/ids.h"

#include <array>
#include <cstdint>

#include <sys/random.h>

#include "base/clock.h"
#include "base/result.h"

namespace hearth::base {

namespace {

constexpr std::string_view kAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr int kTimeCharacters = 10;
constexpr int kRandomCharacters = 16;

}  // namespace

std::string make_id(std::string_view prefix) {
  std::array<std::uint8_t, kRandomCharacters> random{};
  HEARTH_ASSERT(::getrandom(random.data(), random.size(), 0) ==
                static_cast<ssize_t>(random.size()));
  std::string id(prefix);
  id += '-';
  const auto wall_ms = static_cast<std::uint64_t>(system_clock().wall_ms());
  for (int i = kTimeCharacters - 1; i >= 0; --i)
    id += kAlphabet[(wall_ms >> (5 * i)) & 31];
  for (const std::uint8_t byte : random)
    id += kAlphabet[byte & 31];
  return id;
}

}  // namespace hearth::base
