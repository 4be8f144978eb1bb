// What a registry answers when it wants a token: WWW-Authenticate: Bearer realm="…",service="…",
// scope="…".
//
// Threads: pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace hearth::store {

struct BearerChallenge {
  std::string realm;  // the URL where tokens are
  std::string service;
  std::string scope;

  bool operator==(const BearerChallenge&) const = default;
};

// Nothing for other schemes, and for what has no realm.
std::optional<BearerChallenge> read_challenge(std::string_view header);

// Where a token is asked for. A registry that names a realm of somebody else would have us ask
// there in its place, and use what comes back (CVE-2025-51471 of another program): only the
// registry's own origin and `tokens` are. kPermissionDenied, naming both hosts.
Result<std::string> token_url(const BearerChallenge& challenge, std::string_view registry,
                              std::string_view tokens);

}  // namespace hearth::store
