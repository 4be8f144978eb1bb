// Bytes carried by TLS, on the server's side. OpenSSL does the work in place: it reads and writes
// the socket itself, keeps no buffer while nothing is under way, and one encrypted record at most
// while the peer does not read.
//
// Errors: a peer that speaks HTTP without TLS is told so, in a reply that it understands.
#pragma once

#include <memory>
#include <string_view>

#include "net/carrier.h"

struct ssl_ctx_st;  // SSL_CTX, so that nobody else meets OpenSSL's headers

namespace hearth::net {

inline constexpr std::string_view kToPlainHttpText = "this port speaks TLS; ask it by https://...";

// The context holds the identity; the carrier keeps it alive.
Result<std::unique_ptr<Carrier>> make_tls_carrier(ssl_ctx_st* context, int fd);

}  // namespace hearth::net
