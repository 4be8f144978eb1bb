#include "store/source/hub_url.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "store/manifest/manifest.h"
#include "store/name/name_rules.h"
#include "store/name/web_name.h"

namespace hearth::store {

namespace {

constexpr std::string_view kUnreserved = "-._~";

std::string origin_text(const WebAddress& address) {
  return fmt::format("{}://{}", address.transport == Transport::kTls ? "https" : "http",
                     address.host);
}

std::string escaped(std::string_view text, std::string_view also_plain) {
  std::string url;
  for (const char c : text) {
    const bool plain = is_letter_or_digit(c) || kUnreserved.find(c) != std::string_view::npos ||
                       also_plain.find(c) != std::string_view::npos;
    if (plain) {
      url += c;
    } else {
      url += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return url;
}

}  // namespace

Result<std::string> base_url(std::string_view text) {
  const WebAddress address = HEARTH_TRY(parse_web_address(text));
  std::string_view path = address.path;
  while (path.ends_with('/'))
    path.remove_suffix(1);
  const bool plain = std::all_of(path.begin(), path.end(), [](char c) {
    return c > 0x20 && c < 0x7F && c != '@' && c != '\\';
  });
  if (!address.tail.empty() || !plain || text.size() > kOriginBytesMax) {
    return fail(Code::kInvalidArgument,
                in_quotes(text) +
                    " is no address of a hub: that is https://HOST, perhaps with a "
                    "path");
  }
  return path.empty() ? origin_text(address) : fmt::format("{}/{}", origin_text(address), path);
}

Result<std::string> origin_of(std::string_view url) {
  return origin_text(HEARTH_TRY(parse_web_address(url)));
}

std::string host_of(std::string_view url) {
  const auto address = parse_web_address(url);
  return address ? address->host : std::string();
}

std::string escaped_for_url(std::string_view text) {
  return escaped(text, {});
}

std::string escaped_path_for_url(std::string_view path) {
  return escaped(path, "/");
}

std::string unescaped_from_url(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    unsigned char byte = 0;
    const bool escape = text.size() >= 3 && text.front() == '%';
    const auto [end, error] =
        escape ? std::from_chars(text.data() + 1, text.data() + 3, byte, 16)
               : std::from_chars_result{text.data(), std::errc::invalid_argument};
    const bool whole = error == std::errc() && end == text.data() + 3;
    plain += whole ? static_cast<char>(byte) : text.front();
    text.remove_prefix(whole ? 3 : 1);
  }
  return plain;
}

}  // namespace hearth::store
