#include "net/web/web_url.h"

#include <algorithm>
#include <charconv>
#include <memory>

#include <curl/curl.h>
#include <fmt/format.h>

#include "net/web/web.h"

namespace hearth::net {

namespace {

using Url = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;

Url new_url() {
  return {curl_url(), &curl_url_cleanup};
}

enum class Blanks : std::uint8_t { kRefuse, kEncode };

bool has_bad_characters(std::string_view text, Blanks blanks) {
  const unsigned char first_good = blanks == Blanks::kEncode ? 0x20 : 0x21;
  return std::any_of(text.begin(), text.end(), [first_good](char letter) {
    const auto byte = static_cast<unsigned char>(letter);
    return byte < first_good || byte == 0x7f;
  });
}

// Empty when the URL has no such part.
std::string part(CURLU* url, CURLUPart which, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, which, &text, flags) != CURLUE_OK) return {};
  std::string copy(text);
  curl_free(text);
  return copy;
}

std::string lowered(std::string text) {
  for (char& letter : text) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return text;
}

WebUrl taken_apart(CURLU* url) {
  curl_url_set(url, CURLUPART_FRAGMENT, nullptr, 0);
  WebUrl parts;
  parts.text = part(url, CURLUPART_URL);
  parts.origin.scheme = lowered(part(url, CURLUPART_SCHEME));
  parts.origin.host = lowered(part(url, CURLUPART_HOST));
  const std::string port = part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
  std::from_chars(port.data(), port.data() + port.size(), parts.origin.port);
  return parts;
}

bool is_web(const WebUrl& url) {
  return (url.origin.scheme == "https" || url.origin.scheme == "http") && !url.origin.host.empty();
}

Failure not_followed(const WebUrl& from, const std::string& why) {
  return fail(Code::kPermissionDenied,
              fmt::format("{} redirects {}; that is not followed", host_text(from.origin), why));
}

}  // namespace

std::string host_text(const WebOrigin& origin) {
  const bool usual = origin.port == (origin.scheme == "https" ? 443 : 80);
  return usual ? origin.host : fmt::format("{}:{}", origin.host, origin.port);
}

Result<WebUrl> parse_web_url(std::string_view text) {
  if (has_bad_characters(text, Blanks::kRefuse)) {
    return fail(Code::kInvalidArgument,
                "a URL has no blanks or control characters in it; write %20 for a blank");
  }
  const Url url = new_url();
  const std::string whole(text);
  const unsigned flags = CURLU_DISALLOW_USER | CURLU_URLENCODE;
  const CURLUcode read = curl_url_set(url.get(), CURLUPART_URL, whole.c_str(), flags);
  if (read == CURLUE_USER_NOT_ALLOWED) {
    return fail(Code::kInvalidArgument,
                "a URL with a user or a password in it is not fetched: give the key apart from it");
  }
  WebUrl parts = read == CURLUE_OK ? taken_apart(url.get()) : WebUrl{};
  if (is_web(parts)) return parts;
  return fail(Code::kInvalidArgument,
              "that is no URL of the web; it begins with https:// or http:// and a host");
}

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

Result<WebUrl> follow_redirect(const WebUrl& from, std::string_view location,
                               int already_followed) {
  if (already_followed >= kRedirectsMax) {
    return not_followed(from, fmt::format("once more after {} redirects", kRedirectsMax));
  }
  if (has_bad_characters(location, Blanks::kEncode)) {
    return not_followed(from, "to what has control characters in it");
  }
  const Url url = new_url();
  const std::string next(location);
  const unsigned flags = CURLU_DISALLOW_USER | CURLU_URLENCODE;
  curl_url_set(url.get(), CURLUPART_URL, from.text.c_str(), 0);
  const CURLUcode read = curl_url_set(url.get(), CURLUPART_URL, next.c_str(), flags);
  if (read == CURLUE_USER_NOT_ALLOWED) return not_followed(from, "to a URL with a user in it");
  WebUrl parts = read == CURLUE_OK ? taken_apart(url.get()) : WebUrl{};
  if (!is_web(parts)) return not_followed(from, "to what is no URL of the web");
  if (from.origin.scheme == "https" && parts.origin.scheme == "http") {
    return not_followed(from, fmt::format("from https to http, to {}", host_text(parts.origin)));
  }
  return parts;
}

}  // namespace hearth::net
