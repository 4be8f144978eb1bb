// URLs as far as fetching needs them taken apart: whether one is for us, where it leads, and what
// of a redirect may be followed. Parsed by libcurl, whose reading of a URL is the one that counts
// when it connects.
//
// Threads: pure.
// Errors:  kInvalidArgument for a request's URL; kPermissionDenied for a redirect that is not
//          followed. Messages name hosts and never a path or a query.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace hearth::net {

// Who gets what is sent to a URL: the reach of a secret.
struct WebOrigin {
  std::string scheme;  // "http" or "https"
  std::string host;    // in small letters; of IPv6 with its brackets
  std::uint16_t port = 0;

  bool operator==(const WebOrigin&) const = default;
};

struct WebUrl {
  std::string text;  // as it is fetched: normalised, without fragment
  WebOrigin origin;
};

// "example.org", and with its port where it is not the scheme's own: for messages.
std::string host_text(const WebOrigin& origin);

// http and https with a host; no user or password, blanks or control characters.
Result<WebUrl> parse_web_url(std::string_view text);

// Whether an answer with this status asks to be looked for elsewhere with the same request.
bool is_redirect(int status);

// Where a Location leads that came from `from`, the `already_followed` redirects behind it. Not
// from https to http, to another scheme, to a URL with a user, or further than kRedirectsMax.
Result<WebUrl> follow_redirect(const WebUrl& from, std::string_view location, int already_followed);

}  // namespace hearth::net
