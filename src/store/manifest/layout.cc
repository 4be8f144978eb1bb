#include "store/manifest/layout.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "store/name/name_rules.h"

namespace hearth::store {

namespace {

constexpr std::string_view kEnding = ".json";
constexpr std::string_view kContinued = "%/";  // the same part goes on in a folder of its own
// Devices on some systems, whatever follows a dot.
constexpr std::array<std::string_view, 4> kDevices{"con", "prn", "aux", "nul"};
constexpr std::array<std::string_view, 2> kNumberedDevices{"com", "lpt"};

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

bool is_device(std::string_view part) {
  const std::string_view stem = part.substr(0, part.find('.'));
  if (std::find(kDevices.begin(), kDevices.end(), stem) != kDevices.end()) return true;
  return stem.size() == 4 && stem[3] >= '0' && stem[3] <= '9' &&
         std::find(kNumberedDevices.begin(), kNumberedDevices.end(), stem.substr(0, 3)) !=
             kNumberedDevices.end();
}

// Whether this byte of a part has to be escaped where it stands, although it is plain.
bool is_risky(std::string_view part, std::size_t at) {
  if (part[at] == '.') {
    const bool edge = at == 0 || at + 1 == part.size();
    return edge || part.substr(at) == kEnding;  // else a folder could have a manifest's name
  }
  return at == 0 && is_device(part);
}

// The byte as it stands in a path. `part` begins where the folder or file does.
std::string escaped_byte(std::string_view part, std::size_t at) {
  if (is_plain(part[at]) && !is_risky(part, at)) return std::string(1, part[at]);
  return fmt::format("%{:02x}", static_cast<unsigned char>(part[at]));
}

// One part of the key, between its slashes.
void append_part(std::string& path, std::string_view part) {
  std::size_t bytes = 0;
  for (std::size_t at = 0; at < part.size(); ++at) {
    std::string byte = escaped_byte(part, at);
    if (bytes + byte.size() > kPathPartBytesMax) {
      path += kContinued;
      bytes = 0;
      part.remove_prefix(at);
      at = 0;
      byte = escaped_byte(part, at);
    }
    bytes += byte.size();
    path += byte;
  }
}

// A slash that can be one of the path: there is something on both sides.
bool divides(std::string_view key, std::size_t at) {
  return at > 0 && at + 1 < key.size() && key[at - 1] != '/' && key[at + 1] != '/';
}

std::optional<char> unescaped_byte(std::string_view digits) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  if (digits.size() < 2) return std::nullopt;
  const std::size_t high = kDigits.find(digits[0]);
  const std::size_t low = kDigits.find(digits[1]);
  if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
  return static_cast<char>(high * 16 + low);
}

}  // namespace

std::string escaped_path(std::string_view key) {
  HEARTH_ASSERT(!key.empty());
  std::string path;
  std::size_t begin = 0;
  for (std::size_t at = 0; at <= key.size(); ++at) {
    if (at < key.size() && !(key[at] == '/' && divides(key, at))) continue;
    append_part(path, key.substr(begin, at - begin));
    if (at < key.size()) path += '/';
    begin = at + 1;
  }
  return path.append(kEnding);
}

std::optional<std::string> unescaped_path(std::string_view path) {
  const std::string_view whole = path;
  if (!path.ends_with(kEnding)) return std::nullopt;
  path.remove_suffix(kEnding.size());
  std::string key;
  while (!path.empty()) {
    if (path.starts_with(kContinued)) {
      path.remove_prefix(kContinued.size());
    } else if (path.front() == '%') {
      const auto byte = unescaped_byte(path.substr(1));
      if (!byte) return std::nullopt;
      key += *byte;
      path.remove_prefix(3);
    } else {
      key += path.front();
      path.remove_prefix(1);
    }
  }
  // Only one path is that of a key, so whatever else reads as one is not.
  if (key.empty() || escaped_path(key) != whole) return std::nullopt;
  return key;
}

std::string manifest_path(const ModelName& name) {
  return fmt::format("{}/{}", kManifestsFolder, escaped_path(name.key()));
}

std::string blob_path(const BlobDigest& digest) {
  return fmt::format("{}/sha256-{}", kBlobsFolder, digest.hex());
}

}  // namespace hearth::store
