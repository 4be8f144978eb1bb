#include "net/web/authorities.h"

#include <cstdlib>
#include <memory>

#include <curl/curl.h>

#include "base/fd.h"

namespace hearth::net {

namespace {

// Where libcurl looks by itself; empty when it asks the system in another way.
std::string file_of_curl() {
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> easy(curl_easy_init(),
                                                                 &curl_easy_cleanup);
  char* path = nullptr;
  if (easy) curl_easy_getinfo(easy.get(), CURLINFO_CAINFO, &path);
  return path == nullptr ? std::string() : path;
}

Result<std::string> load_certificates(const std::string& path) {
  Result<std::string> text = base::load_text_file(path, kAuthoritiesBytesMax);
  if (text && text->find("CERTIFICATE-----") == std::string::npos) {
    return fail(Code::kInvalidArgument,
                "'" + path + "' holds no certificate; authorities are given as PEM", path);
  }
  return text;
}

}  // namespace

Result<Authorities> load_authorities(const std::string& own_file) {
  Authorities authorities;
  const char* named = std::getenv("SSL_CERT_FILE");
  if (named != nullptr) authorities.file = named;
  if (own_file.empty()) return authorities;
  authorities.pem = HEARTH_TRY(load_certificates(own_file));
  const bool is_named = !authorities.file.empty();
  auto system = load_certificates(is_named ? authorities.file : file_of_curl());
  if (system) {
    authorities.pem += '\n';
    authorities.pem += *system;
  } else if (is_named || system.error().code != Code::kNotFound) {
    return fail(system.error());  // a system without authorities of its own is none that is broken
  }
  return authorities;
}

}  // namespace hearth::net
