#include "store/name/web_name.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "store/name/host_name.h"
#include "store/name/name_rules.h"

namespace hearth::store {

namespace {

constexpr std::string_view kSchemeEnd = "://";
constexpr std::string_view kPlainInPaths = "-._~!$&'()*+,;=:@/";
// Escaped, they would be another spelling of what stands there plainly, or lead elsewhere.
constexpr std::string_view kNeverEscaped = "-._~/\\%";

std::optional<int> hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

// Three characters that stand for one that cannot stand there itself.
bool is_needed_escape(std::string_view text) {
  if (text.size() < 3) return false;
  const auto high = hex_value(text[1]);
  const auto low = hex_value(text[2]);
  if (!high || !low) return false;
  const int byte = *high * 16 + *low;
  if (byte < 0x20 || byte > 0x7E) return false;
  const char c = static_cast<char>(byte);
  return !is_letter_or_digit(c) && kNeverEscaped.find(c) == std::string_view::npos;
}

Result<void> check_path(std::string_view path) {
  for (std::size_t at = 0; at < path.size(); ++at) {
    if (is_letter_or_digit(path[at]) || kPlainInPaths.find(path[at]) != std::string_view::npos)
      continue;
    if (path[at] == '%' && is_needed_escape(path.substr(at))) {
      at += 2;
      continue;
    }
    return fail(Code::kInvalidArgument,
                fmt::format("the URL's path has {} in it, which cannot stand there, or need not "
                            "be written so; copy the URL as the server shows it",
                            in_quotes(path.substr(at, path[at] == '%' ? 3 : 1))));
  }
  for (std::string_view rest = path;;) {
    const std::string_view segment = rest.substr(0, rest.find('/'));
    if (segment.empty() || segment == "." || segment == "..") {
      return fail(Code::kInvalidArgument,
                  "the URL's path has a part that is empty, '.' or '..'; write it without");
    }
    if (segment.size() == rest.size()) return {};
    rest.remove_prefix(segment.size() + 1);
  }
}

}  // namespace

Result<WebAddress> parse_web_address(std::string_view text) {
  const std::size_t scheme_end = text.find(kSchemeEnd);
  const std::string scheme = lower_case(text.substr(0, scheme_end));
  if (scheme != "https" && scheme != "http") {
    return fail(Code::kInvalidArgument,
                fmt::format("the scheme {} is not known, only https:// and http:// are",
                            in_quotes(scheme)));
  }
  WebAddress address;
  address.transport = scheme == "https" ? Transport::kTls : Transport::kPlain;
  text.remove_prefix(scheme_end + kSchemeEnd.size());
  const std::size_t host_end = std::min(text.find_first_of("/?#"), text.size());
  address.host = HEARTH_TRY(parse_host(text.substr(0, host_end), address.transport));
  text.remove_prefix(host_end);
  if (text.starts_with('/')) text.remove_prefix(1);
  address.path = text.substr(0, text.find_first_of("?#"));
  address.tail = text.substr(address.path.size());
  return address;
}

Result<WebName> parse_web_name(const WebAddress& address) {
  HEARTH_TRY(check_path(address.path));
  return WebName{fmt::format("{}://{}/{}", address.transport == Transport::kTls ? "https" : "http",
                             address.host, address.path)};
}

}  // namespace hearth::store
