// Who this server is to clients that speak TLS: a certificate and its key, from two files in PEM
// that may be replaced while it runs. Connections keep what they began with.
//
// Threads: confined to the loop.
// Errors:  kInvalidArgument for files that hold no certificate, no key, or two that do not belong
//          together; kUnimplemented for a key with a passphrase, because nobody is there to be
//          asked; and those of reading a file. No message has anything of a key in it.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "net/carrier.h"

struct ssl_ctx_st;  // SSL_CTX, so that nobody else meets OpenSSL's headers

namespace hearth::net {

class ServerIdentity {
 public:
  struct Files {
    std::string certificate;  // and, behind it, those that lead to an authority
    std::string key;
  };
  static Result<std::unique_ptr<ServerIdentity>> load(Files files);

  // Reads both files; new connections get what they say. After an error everything is as before.
  Result<void> reload();
  // Reads them if one has changed since they were looked at last. Whether there is something new.
  Result<bool> reload_if_changed();

  // What is wrong with who may read or write the key; empty when nothing is.
  const std::string& key_warning() const { return key_warning_; }
  std::int64_t expires_s() const { return expires_s_; }

  // For connections; the identity must outlive it.
  CarrierMaker carriers();

 private:
  // Of one state of a file, as far as it can be seen without reading it.
  using Stamp = std::array<std::int64_t, 5>;

  explicit ServerIdentity(Files files) : files_(std::move(files)) {}
  static Stamp stamp_of(const std::string& path);

  Files files_;
  std::array<Stamp, 2> seen_{};
  std::shared_ptr<ssl_ctx_st> context_;
  std::string key_warning_;
  std::int64_t expires_s_ = 0;
};

}  // namespace hearth::net
