// Who may speak to us at all. A web page anywhere can make a browser send requests to this
// machine, under its own name (DNS rebinding shows in Host) or across origins (shows in Origin);
// both are refused here. It knows no keys and no scopes.
//
// Errors:  kPermissionDenied that says what to do.
// Threads: immutable.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/http_message.h"

namespace hearth::api {

class Guard {
 public:
  // Names beside localhost, 127.0.0.1 and ::1 under which this server may be addressed. From other
  // machines it may also be addressed by a number: no attacker points one of those at us.
  explicit Guard(std::vector<std::string> more_hosts) : more_hosts_(std::move(more_hosts)) {}

  Result<void> check(const net::HttpRequest& request) const;

 private:
  bool is_ours(std::string_view host) const;

  std::vector<std::string> more_hosts_;
};

// GET, HEAD and OPTIONS do not, and compute nothing either.
bool changes_something(std::string_view method);

// "LocalHost:4327" is "localhost:4327" without its port; "[::1]:80" is "::1".
std::string_view without_port(std::string_view authority);

}  // namespace hearth::api
