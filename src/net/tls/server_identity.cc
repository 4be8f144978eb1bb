#include "net/tls/server_identity.h"

#include <openssl/crypto.h>
#include <openssl/pem.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "net/tls/certificate.h"
#include "net/tls/openssl_things.h"
#include "net/tls/tls_carrier.h"

namespace hearth::net {

namespace {

// Of TLS 1.2: what keeps old conversations secret and cannot be altered unseen. TLS 1.3 has nothing
// else.
constexpr const char* kCiphers = "ECDHE+AESGCM:ECDHE+CHACHA20";
// As ALPN writes it: a length and a name.
constexpr unsigned char kHttp11[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

int choose_protocol(SSL* /*ssl*/, const unsigned char** chosen, unsigned char* chosen_size,
                    const unsigned char* offered, unsigned offered_size, void* /*nothing*/) {
  unsigned char* protocol = nullptr;
  const int found =
      SSL_select_next_proto(&protocol, chosen_size, kHttp11, sizeof kHttp11, offered, offered_size);
  *chosen = protocol;
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

// Instead of OpenSSL's question at the terminal. `asked` tells that there was one.
int refuse_passphrase(char* /*room*/, int /*size*/, int /*writing*/, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

Failure file_problem(const std::string& path, const std::string& what) {
  return fail(Code::kInvalidArgument, "'" + path + "' " + what + ": " + take_openssl_problem(),
              path);
}

Result<OwnedSslContext> make_context() {
  OwnedSslContext context(SSL_CTX_new(TLS_server_method()));
  const bool made = context && SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) == 1 &&
                    SSL_CTX_set_cipher_list(context.get(), kCiphers) == 1;
  if (!made) return fail(Code::kInternal, "cannot set up TLS: " + take_openssl_problem());
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                         SSL_OP_CIPHER_SERVER_PREFERENCE);
  // A record that waits for a slow reader may be offered again from another place; and who waits
  // holds no buffers.
  SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE |
                                      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                      SSL_MODE_RELEASE_BUFFERS);
  // After each record that is no content the loop has its turn, however many a client sends.
  SSL_CTX_clear_mode(context.get(), SSL_MODE_AUTO_RETRY);
  // Clients keep what it takes to come back; we keep nothing of them.
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_alpn_select_cb(context.get(), &choose_protocol, nullptr);
  return context;
}

// The first certificate is ours, those behind it lead to an authority.
Result<void> use_certificates(SSL_CTX* context, const std::string& path) {
  const std::string text = HEARTH_TRY(base::load_text_file(path, kPemBytesMax));
  const OwnedBio in = bio_of(text);
  const OwnedCertificate own(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr));
  if (!own) return file_problem(path, "holds no certificate in PEM");
  if (SSL_CTX_use_certificate(context, own.get()) != 1) {
    return file_problem(path, "holds a certificate that cannot be used");
  }
  while (true) {
    const OwnedCertificate next(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr));
    if (!next) break;
    if (SSL_CTX_add1_chain_cert(context, next.get()) != 1) {
      return file_problem(path, "holds a chain that cannot be used");
    }
  }
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  if (!at_end) return file_problem(path, "is damaged behind its first certificate");
  ERR_clear_error();
  return {};
}

Result<void> use_key(SSL_CTX* context, const std::string& path) {
  std::string text = HEARTH_TRY(base::load_text_file(path, kPemBytesMax));
  bool asked = false;
  OwnedKey key;
  {
    const OwnedBio in = bio_of(text);
    key.reset(PEM_read_bio_PrivateKey(in.get(), nullptr, &refuse_passphrase, &asked));
  }
  OPENSSL_cleanse(text.data(), text.size());
  if (asked) {
    ERR_clear_error();
    return fail(Code::kUnimplemented,
                "the key in '" + path +
                    "' has a passphrase, and nobody is there to be asked for it; "
                    "give one without (openssl pkey -in OLD -out NEW), readable by this user only",
                path);
  }
  if (!key) return file_problem(path, "holds no key in PEM");
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1 || SSL_CTX_check_private_key(context) != 1) {
    return file_problem(path, "holds a key that does not belong to the certificate");
  }
  return {};
}

std::string key_warning_of(const std::string& path) {
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) return {};
  if ((info.st_mode & (S_IROTH | S_IWOTH | S_IWGRP)) == 0) return {};
  return "others may read or replace the key in '" + path +
         "'; chmod 600 it, and make a new one if "
         "somebody did";
}

}  // namespace

Result<std::unique_ptr<ServerIdentity>> ServerIdentity::load(Files files) {
  std::unique_ptr<ServerIdentity> identity(new ServerIdentity(std::move(files)));
  HEARTH_TRY(identity->reload());
  return identity;
}

ServerIdentity::Stamp ServerIdentity::stamp_of(const std::string& path) {
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) return {};
  return {static_cast<std::int64_t>(info.st_dev), static_cast<std::int64_t>(info.st_ino),
          static_cast<std::int64_t>(info.st_size), info.st_mtim.tv_sec, info.st_mtim.tv_nsec};
}

Result<void> ServerIdentity::reload() {
  // Looked at first: what changes while it is read is read again the next time.
  seen_ = {stamp_of(files_.certificate), stamp_of(files_.key)};
  const CertificateFacts facts = HEARTH_TRY(load_certificate_facts(files_.certificate));
  OwnedSslContext context = HEARTH_TRY(make_context());
  HEARTH_TRY(use_certificates(context.get(), files_.certificate));
  HEARTH_TRY(use_key(context.get(), files_.key));
  context_ = std::shared_ptr<SSL_CTX>(std::move(context));
  expires_s_ = facts.expires_s;
  key_warning_ = key_warning_of(files_.key);
  return {};
}

Result<bool> ServerIdentity::reload_if_changed() {
  if (seen_ == std::array{stamp_of(files_.certificate), stamp_of(files_.key)}) return false;
  HEARTH_TRY(reload());
  return true;
}

CarrierMaker ServerIdentity::carriers() {
  return [this](int fd) { return make_tls_carrier(context_.get(), fd); };
}

}  // namespace hearth::net
