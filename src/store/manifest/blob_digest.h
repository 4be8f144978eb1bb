// The name of a blob: the SHA-256 of its bytes.
//
// Threads:    immutable.
// Invariants: 64 hexadecimal digits in lower case, so it is safe as a file's name.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace hearth::store {

inline constexpr std::size_t kDigestDigits = 64;

class BlobDigest {
 public:
  // "sha256:" and the digits, or the digits alone, in any case. kInvalidArgument for all else.
  static Result<BlobDigest> parse(std::string_view text);

  const std::string& hex() const { return hex_; }
  std::string text() const { return "sha256:" + hex_; }

  bool operator==(const BlobDigest&) const = default;

 private:
  explicit BlobDigest(std::string hex) : hex_(std::move(hex)) {}

  std::string hex_;
};

}  // namespace hearth::store
