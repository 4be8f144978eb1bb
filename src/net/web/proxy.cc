#include "net/web/proxy.h"

#include <cstdlib>
#include <memory>

#include <curl/curl.h>

namespace hearth::net {

namespace {

std::string part(CURLU* url, CURLUPart which) {
  char* text = nullptr;
  if (curl_url_get(url, which, &text, 0) != CURLUE_OK) return {};
  std::string copy(text);
  curl_free(text);
  return copy;
}

std::string host_of(const char* proxy) {
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> url(curl_url(), &curl_url_cleanup);
  const unsigned flags = CURLU_GUESS_SCHEME | CURLU_NON_SUPPORT_SCHEME;
  if (curl_url_set(url.get(), CURLUPART_URL, proxy, flags) != CURLUE_OK) return "what it names";
  const std::string port = part(url.get(), CURLUPART_PORT);
  const std::string host = part(url.get(), CURLUPART_HOST);
  return port.empty() ? host : host + ":" + port;
}

}  // namespace

NamedProxy proxy_of_environment(std::string_view scheme) {
  const bool is_https = scheme == "https";
  for (const char* variable : {is_https ? "https_proxy" : "http_proxy",
                               is_https ? "HTTPS_PROXY" : "http_proxy", "all_proxy", "ALL_PROXY"}) {
    const char* value = std::getenv(variable);
    if (value != nullptr && *value != '\0') return {variable, host_of(value)};
  }
  return {};
}

}  // namespace hearth::net
