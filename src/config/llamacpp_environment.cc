#include "config/llamacpp_environment.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string_view>

namespace hearth::config {

namespace {

constexpr std::string_view kHosts[] = {"localhost", "127.0.0.1", "[::1]", "0.0.0.0"};

// The port of a URL of this machine; nothing where it is of another. What is no such URL is given
// back.
std::optional<std::string> port_of(std::string_view url) {
  if (url.empty()) return std::nullopt;
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return std::string(url);
  std::string_view authority = url.substr(scheme + 3);
  authority = authority.substr(0, authority.find_first_of("/?#"));
  const std::size_t bracket = authority.find(']');
  const std::size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  const std::string_view host = authority.substr(0, colon);
  if (std::find(std::begin(kHosts), std::end(kHosts), host) == std::end(kHosts)) return {};
  if (colon == std::string_view::npos) return std::string(url);
  return std::string(authority.substr(colon + 1));
}

// Below zero it is llama-server's to choose.
std::optional<std::string> threads_of(std::string_view text) {
  if (text.empty()) return std::nullopt;
  return std::string(text.starts_with('-') ? "0" : text);
}

std::optional<std::string> number_of(std::string_view text) {
  if (text.empty()) return std::nullopt;
  return std::string(text);
}

struct Variable {
  std::string_view name;
  std::string_view setting;
  std::optional<std::string> (*read)(std::string_view text);
};
constexpr Variable kVariables[] = {
    {"LLAMACPP_EMBEDDINGS_URL", "server.embeddings_port", port_of},
    {"LLAMACPP_REASONING_URL", "server.reasoning_port", port_of},
    {"LLAMACPP_EMBEDDING_DIM", "server.embeddings_dimensions", number_of},
    {"LLAMACPP_N_THREADS", "model.threads", threads_of},
};

}  // namespace

std::vector<Assignment> llamacpp_settings(const std::vector<std::string>& environment) {
  std::vector<Assignment> assignments;
  for (const std::string& variable : environment) {
    const std::size_t equals = std::min(variable.find('='), variable.size());
    const std::string_view name = std::string_view(variable).substr(0, equals);
    for (const Variable& known : kVariables) {
      if (known.name != name || equals == variable.size()) continue;
      auto value = known.read(std::string_view(variable).substr(equals + 1));
      if (!value) continue;
      assignments.push_back({std::string(known.setting),
                             *std::move(value),
                             {Origin::Kind::kEnvironment, std::string(name)}});
    }
  }
  return assignments;
}

}  // namespace hearth::config
