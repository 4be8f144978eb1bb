#include "store/ollama/ollama_host.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/trimmed.h"
#include "store/name/name_rules.h"

namespace hearth::store {

namespace {

constexpr std::string_view kBlanks = " \t\r\n\"'";
constexpr std::string_view kUsualHost = "127.0.0.1";
constexpr std::uint16_t kUsualPort = 11434;
constexpr std::uint16_t kHttpPort = 80;
constexpr std::size_t kHostBytes = 512;

Failure wrong(std::string_view text, std::string_view why) {
  return fail(Code::kInvalidArgument,
              fmt::format("OLLAMA_HOST is {}, {}; write HOST:PORT", in_quotes(text), why));
}

bool is_host(std::string_view host) {
  return std::all_of(host.begin(), host.end(), [](char c) {
    return is_letter_or_digit(c) || c == '.' || c == '-' || c == '_' || c == ':';
  });
}

bool is_path(std::string_view path) {
  return std::all_of(path.begin(), path.end(), [](char c) {
    return is_letter_or_digit(c) || c == '.' || c == '-' || c == '_' || c == '/';
  });
}

// What Ollama takes as the port when it cannot read one is its own; here it is an error.
Result<std::uint16_t> parse_port(std::string_view text, std::string_view port) {
  std::uint16_t number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (error != std::errc() || end != port.data() + port.size() || number == 0)
    return wrong(text, "whose port is no number from 1 to 65535");
  return number;
}

// "host", "host:port", ":port", "[v6]", "[v6]:port", or an IPv6 address alone.
Result<void> take_authority(std::string_view text, std::string_view authority, OllamaHost& into) {
  std::string_view host = authority;
  std::string_view port;
  if (authority.starts_with('[')) {
    const std::size_t end = authority.find(']');
    if (end == std::string_view::npos) return wrong(text, "whose '[' has no ']'");
    host = authority.substr(1, end - 1);
    const std::string_view rest = authority.substr(end + 1);
    if (!rest.empty() && !rest.starts_with(':')) return wrong(text, "with more behind ']'");
    port = rest.empty() ? rest : rest.substr(1);
  } else if (std::count(authority.begin(), authority.end(), ':') == 1) {
    host = authority.substr(0, authority.find(':'));
    port = authority.substr(authority.find(':') + 1);
  }
  if (!is_host(host)) return wrong(text, "which is no host");
  if (!host.empty()) into.host = host;
  if (!port.empty()) into.port = HEARTH_TRY(parse_port(text, port));
  return {};
}

}  // namespace

std::string OllamaHost::url() const {
  const bool is_v6 = host.find(':') != std::string::npos;
  return fmt::format("http://{}:{}{}", is_v6 ? "[" + host + "]" : host, port, path);
}

Result<OllamaHost> parse_ollama_host(std::string_view given) {
  const std::string_view text = base::trimmed(given, kBlanks);
  if (text.size() > kHostBytes) return wrong(text, "which is too long");
  OllamaHost result{std::string(kUsualHost), kUsualPort, {}};
  std::string_view rest = text;
  if (const std::size_t scheme = text.find("://"); scheme != std::string_view::npos) {
    const std::string name = lower_case(text.substr(0, scheme));
    if (name == "https") {
      return fail(Code::kUnimplemented,
                  "OLLAMA_HOST says https://, and Hearth asks a neighbour in plain HTTP only");
    }
    if (name != "http") return wrong(text, "which is neither http:// nor a host");
    result.port = kHttpPort;
    rest.remove_prefix(scheme + 3);
  }
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  std::string_view path = rest.substr(slash);
  while (path.ends_with('/'))
    path.remove_suffix(1);
  if (!is_path(path)) return wrong(text, "whose path has more than letters in it");
  result.path = path;
  HEARTH_TRY(take_authority(text, rest.substr(0, slash), result));
  if (result.host == "0.0.0.0") result.host = kUsualHost;
  if (result.host == "::") result.host = "::1";
  return result;
}

}  // namespace hearth::store
