// A RawClient that speaks TLS and trusts whoever answers. For tests.
//
// Threads: thread-compatible.
#pragma once

#include <csignal>
#include <string>
#include <string_view>

#include <openssl/pem.h>

#include "net/testing/raw_client.h"
#include "net/tls/openssl_things.h"

namespace hearth::net::testing {

struct TlsWishes {
  int version = 0;               // the only one, such as TLS1_2_VERSION; 0: any
  std::string protocols = {};    // for ALPN: lengths and names
  int receive_buffer_bytes = 0;  // 0: the system's
};

class TlsClient : public RawClient {
 public:
  explicit TlsClient(std::uint16_t port, const TlsWishes& wishes = {})
      : RawClient(port, wishes.receive_buffer_bytes), context_(SSL_CTX_new(TLS_client_method())) {
    std::signal(SIGPIPE, SIG_IGN);                  // OpenSSL writes as if nobody ever went away
    SSL_CTX_set_security_level(context_.get(), 0);  // so that what is refused is refused over there
    if (wishes.version != 0) {
      SSL_CTX_set_min_proto_version(context_.get(), wishes.version);
      SSL_CTX_set_max_proto_version(context_.get(), wishes.version);
    }
    ssl_.reset(SSL_new(context_.get()));
    const auto* const protocols = reinterpret_cast<const unsigned char*>(wishes.protocols.data());
    SSL_set_alpn_protos(ssl_.get(), protocols, static_cast<unsigned>(wishes.protocols.size()));
    SSL_set_fd(ssl_.get(), fd());
    agreed_ = SSL_connect(ssl_.get()) == 1;
    ERR_clear_error();
  }

  bool agreed() const { return agreed_; }
  std::string version() const { return SSL_get_version(ssl_.get()); }
  std::string protocol() const {
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl_.get(), &name, &size);
    return {reinterpret_cast<const char*>(name), size};
  }
  // The server's, in PEM.
  std::string certificate() const {
    const OwnedBio out(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(out.get(), SSL_get0_peer_certificate(ssl_.get()));
    char* text = nullptr;
    const long size = BIO_get_mem_data(out.get(), &text);
    return {text, static_cast<std::size_t>(size)};
  }
  // It said goodbye, and did not just fall silent.
  bool was_told_goodbye() const {
    return (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
  }

  // The first bytes that a client says.
  static std::string hello() {
    const OwnedSslContext context(SSL_CTX_new(TLS_client_method()));
    const OwnedSsl ssl(SSL_new(context.get()));
    BIO* const in = BIO_new(BIO_s_mem());
    BIO* const out = BIO_new(BIO_s_mem());
    SSL_set_bio(ssl.get(), in, out);
    SSL_connect(ssl.get());
    ERR_clear_error();
    char* text = nullptr;
    const long size = BIO_get_mem_data(out, &text);
    return {text, static_cast<std::size_t>(size)};
  }

 protected:
  ssize_t transmit(std::string_view bytes) override {
    return SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()));
  }
  ssize_t receive(char* room, std::size_t size) override {
    return SSL_read(ssl_.get(), room, static_cast<int>(size));
  }

 private:
  OwnedSslContext context_;
  OwnedSsl ssl_;
  bool agreed_ = false;
};

}  // namespace hearth::net::testing
