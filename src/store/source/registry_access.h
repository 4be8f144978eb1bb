// Documents of one registry, with the token that it wants to see, if it wants one: asked for at
// the first 401, without any account, and shown from then on.
//
// Ownership: borrows what it asks with.
// Threads:   thread-compatible; blocks its caller.
// Errors:    those of answer.h; kPermissionDenied for tokens that are elsewhere; kUnauthenticated
//            when the registry wants an account.
#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"
#include "net/web/web.h"
#include "store/source/answer.h"

namespace hearth::store {

class RegistryAccess {
 public:
  // `tokens` is the one other origin that may be asked for them; empty: none.
  RegistryAccess(Asking asking, std::string base, std::string tokens)
      : asking_(asking), base_(std::move(base)), tokens_(std::move(tokens)) {}

  // Whatever the status, unless it is 401 or 403. `accept` may be empty.
  Result<net::WebDocument> get(const std::string& path, const std::string& accept,
                               std::size_t bytes_max);

  const std::string& base() const { return base_; }
  const std::string& authorization() const { return authorization_; }

 private:
  Result<void> get_token(const net::WebHead& refusal);
  Error refused() const;

  Asking asking_;
  std::string base_;
  std::string tokens_;
  std::string authorization_;
};

}  // namespace hearth::store
