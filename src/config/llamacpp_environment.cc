#include "config/llamacpp_environment.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string_view>

#include <fmt/format.h>

namespace hearth::config {

namespace {

constexpr std::string_view kHosts[] = {"localhost", "127.0.0.1", "[::1]", "0.0.0.0"};

using Read = Result<std::optional<std::string>>;

bool is_number(std::string_view text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

Read no_port(std::string_view url) {
  return fail(Code::kInvalidArgument,
              fmt::format("'{}' names no port; write it as http://127.0.0.1:8001", url));
}

// The port of a URL of this machine; nothing where it is of another. A number is a port, too.
Read port_of(std::string_view url) {
  if (url.empty()) return std::nullopt;
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos)
    return is_number(url) ? Read(std::string(url)) : no_port(url);
  std::string_view authority = url.substr(scheme + 3);
  authority = authority.substr(0, authority.find_first_of("/?#"));
  const std::size_t bracket = authority.find(']');
  const std::size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  const std::string_view host = authority.substr(0, colon);
  if (std::find(std::begin(kHosts), std::end(kHosts), host) == std::end(kHosts)) {
    return std::nullopt;
  }
  if (colon == std::string_view::npos || !is_number(authority.substr(colon + 1))) {
    return no_port(url);
  }
  return std::string(authority.substr(colon + 1));
}

// Below zero it is llama-server's to choose.
Read threads_of(std::string_view text) {
  if (text.empty()) return std::nullopt;
  return std::string(text.starts_with('-') ? "0" : text);
}

Read number_of(std::string_view text) {
  if (text.empty()) return std::nullopt;
  return std::string(text);
}

struct Variable {
  std::string_view name;
  std::string_view setting;
  Read (*read)(std::string_view text);
};
constexpr Variable kVariables[] = {
    {"LLAMACPP_EMBEDDINGS_URL", "server.embeddings_port", port_of},
    {"LLAMACPP_REASONING_URL", "server.reasoning_port", port_of},
    {"LLAMACPP_EMBEDDING_DIM", "server.embeddings_dimensions", number_of},
    {"LLAMACPP_N_THREADS", "model.threads", threads_of},
};

}  // namespace

Result<std::vector<Assignment>> llamacpp_settings(const std::vector<std::string>& environment) {
  std::vector<Assignment> assignments;
  for (const std::string& variable : environment) {
    const std::size_t equals = std::min(variable.find('='), variable.size());
    const std::string_view name = std::string_view(variable).substr(0, equals);
    for (const Variable& known : kVariables) {
      if (known.name != name || equals == variable.size()) continue;
      auto value = known.read(std::string_view(variable).substr(equals + 1));
      const Origin origin{Origin::Kind::kEnvironment, std::string(name)};
      if (!value) {
        return fail(value.error().code, origin.to_string() + ": " + value.error().message);
      }
      if (!*value) continue;
      assignments.push_back({std::string(known.setting), **std::move(value), origin});
    }
  }
  return assignments;
}

}  // namespace hearth::config
