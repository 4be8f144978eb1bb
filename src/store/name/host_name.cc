#include "store/name/host_name.h"

#include <array>
#include <charconv>

#include <fmt/format.h>

#include "store/name/name_rules.h"

namespace hearth::store {

namespace {

struct Known {
  std::string_view host;
  KnownHost is;
};

constexpr std::array kKnownHosts{
    Known{kHuggingFaceHost, KnownHost::kHuggingFace},
    Known{"huggingface.co", KnownHost::kHuggingFace},
    Known{"www.huggingface.co", KnownHost::kHuggingFace},
    Known{kOllamaHost, KnownHost::kOllama},
    Known{"ollama.com", KnownHost::kOllama},
    Known{"www.ollama.com", KnownHost::kOllama},
    Known{kDockerHost, KnownHost::kDocker},
    Known{"index.docker.io", KnownHost::kDocker},
    Known{"registry-1.docker.io", KnownHost::kDocker},
    Known{"hub.docker.com", KnownHost::kDockerPages},
};

constexpr WordRule kHostRule{"the host", ".-", kHostBytesMax};

int usual_port(Transport transport) {
  return transport == Transport::kTls ? 443 : 80;
}

Result<int> parse_port(std::string_view text) {
  int port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (whole && text.front() != '0' && text.front() != '-' && port > 0 && port <= 65535) return port;
  return fail(Code::kInvalidArgument,
              fmt::format("the port {} is no number from 1 to 65535", in_quotes(text)));
}

}  // namespace

Result<std::string> parse_host(std::string_view text, Transport transport) {
  if (text.find('@') != std::string_view::npos) {
    return fail(Code::kInvalidArgument,
                "a host stands there without user and password; a token is given in the settings "
                "or in HF_TOKEN");
  }
  const std::size_t colon = text.find(':');
  const std::string_view host = text.substr(0, colon);
  HEARTH_TRY(check_word(host, kHostRule));
  if (host.back() == '.' || host.back() == '-') {
    return fail(Code::kInvalidArgument, fmt::format("the host {} ends in '{}'; leave that out",
                                                    in_quotes(host), host.back()));
  }
  if (colon == std::string_view::npos) return lower_case(host);
  const int port = HEARTH_TRY(parse_port(text.substr(colon + 1)));
  if (port == usual_port(transport)) return lower_case(host);
  return fmt::format("{}:{}", lower_case(host), port);
}

KnownHost known_host(std::string_view host) {
  for (const Known& known : kKnownHosts) {
    if (known.host == host) return known.is;
  }
  return KnownHost::kNone;
}

bool looks_like_host(std::string_view text) {
  return text.find_first_of(".:") != std::string_view::npos || lower_case(text) == "localhost";
}

}  // namespace hearth::store
