// A certificate made at test time that signs itself, and TLS with it for a ScriptedPeer.
//
// Threads: thread-safe once made.
#pragma once

#include <memory>
#include <string>

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/result.h"
#include "net/testing/scripted_peer.h"
#include "net/tls/openssl_things.h"

namespace hearth::net::testing {

class TlsStream : public PeerStream {
 public:
  explicit TlsStream(SSL* ssl) : ssl_(ssl) {}
  ~TlsStream() override { SSL_shutdown(ssl_.get()); }
  long read(char* buffer, std::size_t size) override {
    return SSL_read(ssl_.get(), buffer, static_cast<int>(size));
  }
  bool write(std::string_view bytes) override {
    return SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) > 0;
  }

 private:
  OwnedSsl ssl_;
};

class TlsIdentity {
 public:
  // For one address, such as "127.0.0.1".
  explicit TlsIdentity(const std::string& address)
      : key_(EVP_EC_gen("P-256")), certificate_(X509_new()), context_(SSL_CTX_new(TLS_method())) {
    X509* const certificate = certificate_.get();
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -kHourSeconds);
    X509_gmtime_adj(X509_getm_notAfter(certificate), kHourSeconds);
    X509_set_pubkey(certificate, key_.get());
    X509_NAME* const name = X509_get_subject_name(certificate);
    const auto* common = reinterpret_cast<const unsigned char*>("a test's own authority");
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, common, -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    extend(NID_subject_alt_name, "IP:" + address);
    extend(NID_basic_constraints, "critical,CA:TRUE");
    HEARTH_ASSERT(X509_sign(certificate, key_.get(), EVP_sha256()) > 0);
    HEARTH_ASSERT(SSL_CTX_use_certificate(context_.get(), certificate) == 1);
    HEARTH_ASSERT(SSL_CTX_use_PrivateKey(context_.get(), key_.get()) == 1);
  }

  // What to trust, to be trusted.
  std::string pem() const {
    const OwnedBio out(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(out.get(), certificate_.get());
    return text_in(out.get());
  }
  // With a passphrase, where one is given.
  std::string key_pem(const std::string& passphrase = "") const {
    const OwnedBio out(BIO_new(BIO_s_mem()));
    const EVP_CIPHER* const cipher = passphrase.empty() ? nullptr : EVP_aes_128_cbc();
    PEM_write_bio_PKCS8PrivateKey(out.get(), key_.get(), cipher, passphrase.data(),
                                  static_cast<int>(passphrase.size()), nullptr, nullptr);
    return text_in(out.get());
  }

  // REQUIRES: this outlives the peer.
  StreamMaker streams() const {
    return [this](int fd) -> std::unique_ptr<PeerStream> {
      SSL* const ssl = SSL_new(context_.get());
      auto stream = std::make_unique<TlsStream>(ssl);
      SSL_set_fd(ssl, fd);
      if (SSL_accept(ssl) != 1) return nullptr;
      return stream;
    };
  }

 private:
  static constexpr long kHourSeconds = 3600;

  static std::string text_in(BIO* memory) {
    char* text = nullptr;
    const long size = BIO_get_mem_data(memory, &text);
    return {text, static_cast<std::size_t>(size)};
  }

  void extend(int kind, const std::string& value) {
    X509V3_CTX context{};
    X509V3_set_ctx(&context, certificate_.get(), certificate_.get(), nullptr, nullptr, 0);
    X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
    HEARTH_ASSERT(extension != nullptr);
    X509_add_ext(certificate_.get(), extension, -1);
    X509_EXTENSION_free(extension);
  }

  OwnedKey key_;
  OwnedCertificate certificate_;
  OwnedSslContext context_;
};

}  // namespace hearth::net::testing
