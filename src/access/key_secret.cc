#include "access/key_secret.h"

#include <algorithm>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <sys/random.h>

#include "base/result.h"

namespace hearth::access {

namespace {

constexpr std::string_view kPrefix = "hearth-";
constexpr std::string_view kDigits =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::size_t kSecretDigits = 43;  // 62^43 > 256^32
constexpr std::size_t kChecksumBytes = 4;
constexpr std::size_t kHiddenDigitsLeast = 24;  // a mistyped or cut one is no less a secret
constexpr std::size_t kChecksumDigits = 6;      // 62^6 > 256^4

using Hash = std::array<std::uint8_t, 32>;

Hash sha256(std::string_view text) {
  Hash hash{};
  unsigned int size = 0;
  HEARTH_ASSERT(
      ::EVP_Digest(text.data(), text.size(), hash.data(), &size, ::EVP_sha256(), nullptr) == 1 &&
      size == hash.size());
  return hash;
}

// The number that the bytes are, the highest first, in so many digits.
template <std::size_t kBytes>
std::string base62(std::array<std::uint8_t, kBytes> number, std::size_t digits) {
  std::string text(digits, '0');
  for (std::size_t at = digits; at-- > 0;) {
    unsigned rest = 0;
    for (std::uint8_t& byte : number) {
      const unsigned value = rest * 256 + byte;
      byte = static_cast<std::uint8_t>(value / kDigits.size());
      rest = value % static_cast<unsigned>(kDigits.size());
    }
    text[at] = kDigits[rest];
  }
  return text;
}

std::string checksum(std::string_view text) {
  const Hash hash = sha256(text);
  std::array<std::uint8_t, kChecksumBytes> beginning{};
  std::copy_n(hash.begin(), kChecksumBytes, beginning.begin());
  return base62(beginning, kChecksumDigits);
}

}  // namespace

std::string secret_text(const std::array<std::uint8_t, kSecretBytes>& bytes) {
  const std::string text = std::string(kPrefix) + base62(bytes, kSecretDigits);
  return text + checksum(text);
}

std::string make_secret() {
  std::array<std::uint8_t, kSecretBytes> bytes{};
  HEARTH_ASSERT(::getrandom(bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
  return secret_text(bytes);
}

bool is_well_formed(std::string_view secret) {
  if (secret.size() != kPrefix.size() + kSecretDigits + kChecksumDigits) return false;
  const std::string_view text = secret.substr(0, secret.size() - kChecksumDigits);
  return secret.starts_with(kPrefix) && secret.substr(text.size()) == checksum(text);
}

std::string without_secrets(std::string_view text) {
  const auto is_digit = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  std::string clean;
  std::size_t at = text.find(kPrefix);
  for (; at != std::string_view::npos; at = text.find(kPrefix)) {
    const std::string_view digits = text.substr(at + kPrefix.size());
    const std::string_view own = digits.substr(0, digits.find(kPrefix));
    const auto end = std::find_if_not(own.begin(), own.end(), is_digit);
    const auto size = static_cast<std::size_t>(end - own.begin());
    clean += text.substr(0, at + kPrefix.size());
    clean += size < kHiddenDigitsLeast ? digits.substr(0, size) : std::string_view("…");
    text = digits.substr(size);
  }
  return clean += text;
}

KeyHash KeyHash::of(std::string_view secret) {
  KeyHash made;
  made.hash_ = sha256(secret);
  return made;
}

KeyHash KeyHash::from_bytes(std::string_view bytes) {
  KeyHash made;
  if (bytes.size() == made.hash_.size()) std::copy(bytes.begin(), bytes.end(), made.hash_.begin());
  return made;
}

bool KeyHash::operator==(const KeyHash& other) const {
  return ::CRYPTO_memcmp(hash_.data(), other.hash_.data(), hash_.size()) == 0;
}

}  // namespace hearth::access
