#include "api/core/guard.h"

#include <algorithm>

#include <arpa/inet.h>
#include <fmt/format.h>

namespace hearth::api {

namespace {

constexpr std::string_view kLocalHosts[] = {"localhost", "127.0.0.1", "::1"};
constexpr std::size_t kShownBytes = 100;

bool is_number(std::string_view host) {
  const std::string text(host);
  in6_addr address{};
  return ::inet_pton(AF_INET, text.c_str(), &address) == 1 ||
         ::inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

// A name that is looked up could be anybody's; these numbers are this machine's, whoever says them.
bool is_loopback_number(std::string_view host) {
  in_addr address{};
  return ::inet_pton(AF_INET, std::string(host).c_str(), &address) == 1 &&
         ntohl(address.s_addr) >> 24 == 127;
}

}  // namespace

bool changes_something(std::string_view method) {
  return method != "GET" && method != "HEAD" && method != "OPTIONS";
}

std::string_view without_port(std::string_view authority) {
  const std::size_t colon = authority.find_last_of(":]");
  if (colon != std::string_view::npos && authority[colon] == ':') {
    const std::string_view port = authority.substr(colon + 1);
    if (port.find_first_not_of("0123456789") != std::string_view::npos) return authority;
    authority = authority.substr(0, colon);
  }
  const bool bracketed = authority.starts_with('[') && authority.ends_with(']');
  return bracketed ? authority.substr(1, authority.size() - 2) : authority;
}

bool Guard::is_ours(std::string_view host) const {
  const auto same = [host](std::string_view name) { return net::equals_ignoring_case(host, name); };
  return std::any_of(std::begin(kLocalHosts), std::end(kLocalHosts), same) ||
         is_loopback_number(host) || std::any_of(more_hosts_.begin(), more_hosts_.end(), same);
}

Result<void> Guard::check(const net::HttpRequest& request) const {
  const auto host = request.find_header("Host");
  const bool by_number =
      request.peer_kind == net::PeerKind::kNetwork && host && is_number(without_port(*host));
  if (!net::is_unix(request.peer_kind) && host && !by_number && !is_ours(without_port(*host))) {
    return fail(Code::kPermissionDenied,
                fmt::format("this server does not answer to the name \"{}\"; use localhost, or add "
                            "the name to the setting server.hosts",
                            host->substr(0, kShownBytes)));
  }
  const auto origin = request.find_header("Origin");
  if (!origin || !changes_something(request.method)) return {};
  const std::size_t scheme = origin->find("://");
  if (scheme != std::string_view::npos) {
    const std::string_view page = origin->substr(scheme + 3);
    const bool from_here = by_number && net::equals_ignoring_case(page, *host);
    if (from_here || is_ours(without_port(page))) return {};
  }
  return fail(Code::kPermissionDenied,
              fmt::format("requests from pages of \"{}\" are not allowed here; add its host to the "
                          "setting server.hosts if you trust it",
                          origin->substr(0, kShownBytes)));
}

}  // namespace hearth::api
