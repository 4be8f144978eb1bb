#include "net/target.h"

#include <algorithm>
#include <optional>

#include "base/utf8.h"

namespace hearth::net {

namespace {

std::optional<int> hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

Result<std::string> decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const auto high = i + 2 < text.size() ? hex_digit(text[i + 1]) : std::nullopt;
    const auto low = i + 2 < text.size() ? hex_digit(text[i + 2]) : std::nullopt;
    if (!high || !low) {
      return fail(Code::kInvalidArgument, "the path has a '%' without two hex digits after it");
    }
    out += static_cast<char>(*high * 16 + *low);
    i += 2;
  }
  if (!base::is_utf8(out) || std::any_of(out.begin(), out.end(), is_control)) {
    return fail(Code::kInvalidArgument, "the path is not plain UTF-8 text");
  }
  return out;
}

// "http://host:1/path" becomes "/path"; a proxy's habit that every server must take.
std::string_view without_origin(std::string_view text) {
  const std::size_t scheme = text.find("://");
  if (text.starts_with('/') || scheme == std::string_view::npos) return text;
  const std::size_t path = text.find('/', scheme + 3);
  return path == std::string_view::npos ? std::string_view("/") : text.substr(path);
}

}  // namespace

Result<Target> parse_target(std::string_view text) {
  text = without_origin(text);
  if (text == "*") return Target{"*", ""};
  if (!text.starts_with('/')) {
    return fail(Code::kInvalidArgument, "the request target must begin with '/'");
  }
  const std::size_t mark = std::min(text.find('?'), text.size());
  Target target;
  target.path = HEARTH_TRY(decode(text.substr(0, mark)));
  if (mark < text.size()) target.query = std::string(text.substr(mark + 1));
  return target;
}

std::string query_value(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    const std::size_t equals = pair.find('=');
    if (equals != std::string_view::npos && pair.substr(0, equals) == name) {
      return decode(pair.substr(equals + 1)).value_or("");
    }
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  return {};
}

std::string query_encoded(std::string_view value) {
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (kPlain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      out.append({'%', kDigits[byte >> 4U], kDigits[byte & 15U]});
    }
  }
  return out;
}

}  // namespace hearth::net
