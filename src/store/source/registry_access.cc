#include "store/source/registry_access.h"

#include <fmt/format.h>

#include "store/source/bearer_challenge.h"
#include "store/source/hub_url.h"
#include "store/source/registry_answers.h"

namespace hearth::store {

namespace {

constexpr int kUnauthorized = 401;
constexpr int kForbidden = 403;

bool is_refused(const net::WebHead& head) {
  return head.status == kUnauthorized || head.status == kForbidden;
}

}  // namespace

Error RegistryAccess::refused() const {
  const std::string host = host_of(base_);
  return make_error(Code::kUnauthenticated,
                    fmt::format("{} gives this only to accounts that it knows, and Hearth has none "
                                "there; check the spelling, or choose a public model",
                                host),
                    host);
}

// Not redirected: the origin that was checked is the one that answers.
Result<void> RegistryAccess::get_token(const net::WebHead& refusal) {
  const std::string* header = net::find_header(refusal.headers, "WWW-Authenticate");
  const auto challenge = header == nullptr ? std::nullopt : read_challenge(*header);
  if (!challenge) return fail(refused());
  net::WebRequest request;
  request.url = HEARTH_TRY(token_url(*challenge, base_, tokens_));
  request.redirects = net::WebRequest::Redirects::kTell;
  const net::WebDocument document = HEARTH_TRY(ask(asking_, request));
  if (is_refused(document.head)) return fail(refused());
  if (!is_success(document.head)) return fail(status_error(document.head));
  const auto token = read_token(document.body);
  if (!token) return fail(nonsense(request.url, token.error()));
  authorization_ = "Bearer " + *token;
  return {};
}

Result<net::WebDocument> RegistryAccess::get(const std::string& path, const std::string& accept,
                                             std::size_t bytes_max) {
  net::WebRequest request;
  request.url = base_ + path;
  request.authorization = authorization_;
  if (!accept.empty()) request.headers.emplace_back("Accept", accept);
  net::WebDocument document = HEARTH_TRY(ask(asking_, request, bytes_max));
  if (document.head.status == kUnauthorized && authorization_.empty()) {
    HEARTH_TRY(get_token(document.head));
    request.authorization = authorization_;
    document = HEARTH_TRY(ask(asking_, request, bytes_max));
  }
  if (is_refused(document.head)) return fail(refused());
  return document;
}

}  // namespace hearth::store
