// The secret of an API key: what a client sends, what is shown once, and of which only a hash is
// kept. It is 32 bytes from the kernel, so a hash needs neither salt nor slowness: there is nothing
// to guess.
//
// Threads: pure, but for make_secret(), which is thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace hearth::access {

inline constexpr std::size_t kSecretBytes = 32;

// "hearth-", 43 digits of base 62, and 6 of a checksum.
std::string make_secret();
std::string secret_text(const std::array<std::uint8_t, kSecretBytes>& bytes);

// Whether the checksum agrees: who mistypes a key is told so, whatever keys there are.
bool is_well_formed(std::string_view secret);

// The text without anything that looks like a secret, for logs: who puts his key where it does not
// belong, as in a path, finds "hearth-…" there.
std::string without_secrets(std::string_view text);

// SHA-256 of a secret, or of any text that a client sends for one.
class KeyHash {
 public:
  static KeyHash of(std::string_view secret);
  // Of its 32 bytes, as they are kept. Another number of bytes is the hash of no secret.
  static KeyHash from_bytes(std::string_view bytes);

  std::string bytes() const { return {hash_.begin(), hash_.end()}; }
  // Takes as long whatever is in them.
  bool operator==(const KeyHash& other) const;

 private:
  std::array<std::uint8_t, 32> hash_{};
};

}  // namespace hearth::access
