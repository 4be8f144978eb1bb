// Whose signatures on certificates are trusted: the system's authorities, or those of the file
// that SSL_CERT_FILE names instead, and beside them those of a file of our own.
//
// Threads: values.
// Errors:  those of reading a file; kInvalidArgument for one that holds no certificate.
// Limits:  kAuthoritiesBytesMax.
#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"

namespace hearth::net {

inline constexpr std::size_t kAuthoritiesBytesMax = 8 * 1024 * 1024;  // of one file

// Both empty: what libcurl was built to trust.
struct Authorities {
  std::string file;  // to be trusted instead of it
  std::string pem;   // to be trusted instead of it and of the file
};

// libcurl takes one file or one text: beside an `own_file`, the system's are joined to it in
// memory. An `own_file` that is empty is none.
Result<Authorities> load_authorities(const std::string& own_file);

}  // namespace hearth::net
