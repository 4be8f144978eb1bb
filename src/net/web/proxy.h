// Which proxy the environment names for a scheme, for messages alone: libcurl looks itself, and
// only it decides by NO_PROXY whether a host is spoken to through it.
//
// Threads: reads the environment, like libcurl at every fetch.
#pragma once

#include <string>
#include <string_view>

namespace hearth::net {

struct NamedProxy {
  std::string variable;  // as it is written in the environment; empty when there is none
  std::string host;      // with its port, without user and password
};

// Looks where libcurl does and in its order: http_proxy counts in small letters only, because
// HTTP_PROXY may be a header that a stranger has sent to a CGI program.
NamedProxy proxy_of_environment(std::string_view scheme);

}  // namespace hearth::net
