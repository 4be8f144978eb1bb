#include "net/tls/certificate.h"

#include <ctime>

#include <openssl/asn1.h>
#include <openssl/pem.h>

#include "base/fd.h"
#include "net/tls/openssl_things.h"

namespace hearth::net {

namespace {

std::string subject_of(X509* certificate) {
  const OwnedBio out(BIO_new(BIO_s_mem()));
  constexpr unsigned long kOneLine = XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB;
  X509_NAME_print_ex(out.get(), X509_get_subject_name(certificate), 0, kOneLine);
  char* text = nullptr;
  const long size = BIO_get_mem_data(out.get(), &text);
  return size > 0 ? std::string(text, static_cast<std::size_t>(size)) : std::string();
}

}  // namespace

Result<CertificateFacts> load_certificate_facts(const std::string& path) {
  const std::string text = HEARTH_TRY(base::load_text_file(path, kPemBytesMax));
  ERR_clear_error();
  const OwnedBio in = bio_of(text);
  const OwnedCertificate certificate(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr));
  std::tm expires{};
  const bool readable =
      certificate && ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &expires) == 1;
  if (!readable) {
    return fail(Code::kInvalidArgument,
                "'" + path + "' holds no certificate in PEM: " + take_openssl_problem(), path);
  }
  return CertificateFacts{subject_of(certificate.get()), ::timegm(&expires)};
}

}  // namespace hearth::net
