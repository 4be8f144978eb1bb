// What OpenSSL makes, with an owner, and what it says when it fails.
//
// Threads: thread-compatible.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

namespace hearth::net {

template <auto kFree>
struct FreedBy {
  template <typename T>
  void operator()(T* thing) const {
    kFree(thing);
  }
};

using OwnedBio = std::unique_ptr<BIO, FreedBy<&BIO_free_all>>;
using OwnedBioMethod = std::unique_ptr<BIO_METHOD, FreedBy<&BIO_meth_free>>;
using OwnedCertificate = std::unique_ptr<X509, FreedBy<&X509_free>>;
using OwnedKey = std::unique_ptr<EVP_PKEY, FreedBy<&EVP_PKEY_free>>;
using OwnedSsl = std::unique_ptr<SSL, FreedBy<&SSL_free>>;
using OwnedSslContext = std::unique_ptr<SSL_CTX, FreedBy<&SSL_CTX_free>>;

// Reads from the text, which must outlive it.
inline OwnedBio bio_of(std::string_view text) {
  return OwnedBio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// The oldest of what went wrong in this thread; all of it is forgotten.
inline std::string take_openssl_problem() {
  const char* const reason = ERR_reason_error_string(ERR_peek_error());
  ERR_clear_error();
  return reason != nullptr ? reason : "unknown reason";
}

}  // namespace hearth::net
