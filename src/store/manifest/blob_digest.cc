#include "store/manifest/blob_digest.h"

#include <algorithm>

#include <fmt/format.h>

#include "store/name/name_rules.h"

namespace hearth::store {

namespace {

constexpr std::string_view kAlgorithm = "sha256:";

bool is_hex_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

}  // namespace

Result<BlobDigest> BlobDigest::parse(std::string_view text) {
  std::string_view digits = text;
  if (digits.starts_with(kAlgorithm)) digits.remove_prefix(kAlgorithm.size());
  if (digits.size() == kDigestDigits && std::all_of(digits.begin(), digits.end(), is_hex_digit))
    return BlobDigest(lower_case(digits));
  return fail(Code::kInvalidArgument,
              fmt::format("{} is no SHA-256 digest: that is sha256: and {} hexadecimal digits",
                          in_quotes(text), kDigestDigits));
}

}  // namespace hearth::store
