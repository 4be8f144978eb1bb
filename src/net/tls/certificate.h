// What a certificate says of itself. Whether a client would trust it is the client's affair.
//
// Threads: pure.
// Errors:  kInvalidArgument for a file that holds no certificate in PEM, and those of opening it.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

namespace hearth::net {

// Of a file with a certificate and those that lead to it, or with a key.
inline constexpr std::size_t kPemBytesMax = 1024 * 1024;

struct CertificateFacts {
  std::string subject;         // "CN = hearth.lan"
  std::int64_t expires_s = 0;  // since 1970-01-01 UTC
};

// Of the first certificate in the file, which is the server's own.
Result<CertificateFacts> load_certificate_facts(const std::string& path);

}  // namespace hearth::net
