#include "api/core/admission.h"

#include <algorithm>

#include <arpa/inet.h>
#include <fmt/format.h>

#include "api/core/errors.h"
#include "api/core/guard.h"
#include "chat/request_part.h"
#include "store/modelfile/modelfile.h"

namespace hearth::api {

namespace {

constexpr std::string_view kBearer = "bearer ";
constexpr std::size_t kNetworkBytes = 8;  // of an address of IPv6

std::optional<std::string_view> bearer_of(const net::HttpRequest& request) {
  auto value = request.find_header("Authorization");
  if (!value || !net::equals_ignoring_case(value->substr(0, kBearer.size()), kBearer))
    return std::nullopt;
  value->remove_prefix(kBearer.size());
  value->remove_prefix(std::min(value->find_first_not_of(' '), value->size()));
  return value;
}

std::string network_of(std::string_view peer) {
  const std::string host(without_port(peer));
  in6_addr address{};
  if (::inet_pton(AF_INET6, host.c_str(), &address) != 1) return host;
  std::fill(std::begin(address.s6_addr) + kNetworkBytes, std::end(address.s6_addr), 0);
  char text[INET6_ADDRSTRLEN] = {};
  ::inet_ntop(AF_INET6, &address, text, sizeof text);
  return text;
}

// Said again at the first moment at which it can come in.
std::int64_t whole_seconds(base::Duration wait) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
  return std::max<std::int64_t>(1, seconds);
}

Denial denial_of(const Error& error) {
  const ErrorShape shape = shape_of(error.code);
  Denial denial;
  denial.error = error;
  denial.type = shape.type;
  denial.code = shape.code;
  if (shape.retry_after_s > 0) denial.retry_after_s = shape.retry_after_s;
  return denial;
}

bool needs_no_key(const net::HttpRequest& request, const Shown& shown) {
  return request.peer_kind == net::PeerKind::kSameUser && !shown.secret;
}

}  // namespace

Shown shown_by(const net::HttpRequest& request) {
  Shown shown;
  shown.secret = bearer_of(request);
  if (!shown.secret) shown.secret = request.find_header("x-api-key");
  shown.from = request.peer_kind == net::PeerKind::kNetwork ? access::From::kElsewhere
                                                            : access::From::kThisMachine;
  shown.network = network_of(request.peer);
  return shown;
}

std::optional<Denial> denial_of(const access::Verdict& verdict, const Shown& shown,
                                access::Scope wanted) {
  using Kind = access::Verdict::Kind;
  Code code = Code::kUnauthenticated;
  if (verdict.kind == Kind::kAllowed) return std::nullopt;
  if (verdict.kind == Kind::kPermissionDenied) code = Code::kPermissionDenied;
  const bool too_much = verdict.kind == Kind::kTooMany || verdict.kind == Kind::kQuotaUsedUp;
  if (too_much) code = Code::kResourceExhausted;
  Denial denial = denial_of(make_error(code, verdict.message));
  if (too_much) denial.retry_after_s = whole_seconds(verdict.retry_after);
  if (verdict.kind == Kind::kQuotaUsedUp) denial.type = denial.code = "insufficient_quota";
  if (code == Code::kUnauthenticated) {
    denial.challenge = R"(Bearer realm="hearth")";
    if (shown.secret) denial.challenge += R"(, error="invalid_token")";
  } else if (code == Code::kPermissionDenied) {
    denial.challenge =
        fmt::format(R"(Bearer realm="hearth", error="insufficient_scope", scope="{}")",
                    access::scope_name(wanted));
  }
  return denial;
}

bool is_still_welcome(const Keys& keys, const net::HttpRequest& request, const Caller& caller,
                      access::Scope wanted) {
  return needs_no_key(request, shown_by(request)) || keys.stands(caller.key_id, wanted);
}

Result<void> expect(const Keys& keys, const net::HttpRequest& request, access::Scope wanted) {
  const Shown shown = shown_by(request);
  if (needs_no_key(request, shown)) return {};
  const std::string id = shown.secret ? keys.holder(*shown.secret) : std::string();
  const bool may_lack_one = shown.from == access::From::kThisMachine;
  if ((!id.empty() || may_lack_one) && keys.stands(id, wanted)) return {};
  return fail(id.empty() ? Code::kUnauthenticated : Code::kPermissionDenied,
              fmt::format("this takes an API key with the scope '{}'", access::scope_name(wanted)));
}

Admission admit(const Keys& keys, const net::HttpRequest& request, access::Scope wanted) {
  const Shown shown = shown_by(request);
  Admission admission;
  if (needs_no_key(request, shown)) return admission;
  access::Attempt attempt;
  attempt.secret = shown.secret;
  attempt.wanted = wanted;
  attempt.from = shown.from;
  attempt.peer = shown.network;
  attempt.now = base::system_clock().now();
  attempt.wall_ms = base::system_clock().wall_ms();
  admission.caller.from = shown.from;
  const auto verdict = keys.admit(attempt);
  if (!verdict) {
    admission.denial = denial_of(verdict.error());
    return admission;
  }
  admission.caller.key_id = verdict->key_id;
  admission.caller.scope = verdict->scope;
  admission.denial = denial_of(*verdict, shown, wanted);
  return admission;
}

std::string denial_body(const Denial& denial) {
  return error_body(ErrorView{denial.error.message, denial.type, denial.code, ""});
}

Result<void> check_model(const std::string& model, const Caller& caller) {
  if (caller.from == access::From::kThisMachine || !model.starts_with('/')) return {};
  return fail(Code::kPermissionDenied,
              "a model is named by its path on this machine only; GET /v1/models lists the names",
              std::string(kModelField));
}

Result<void> check_paths(const std::vector<std::string>& names, const net::HttpRequest& request) {
  if (request.peer_kind != net::PeerKind::kNetwork) return {};
  if (std::none_of(names.begin(), names.end(), store::is_path)) return {};
  return fail(Code::kPermissionDenied,
              "files of this machine are used from this machine only; run `hearth create` or "
              "`hearth import` there");
}

Error without_folder(Error error, net::PeerKind peer) {
  const std::string& path = error.context;
  const std::size_t slash = path.rfind('/');
  if (peer != net::PeerKind::kNetwork || !path.starts_with('/')) return error;
  std::string& message = error.message;
  for (std::size_t at = message.find(path); at != std::string::npos; at = message.find(path, at))
    message.erase(at, slash + 1);
  return error;
}

Result<void> sign(chat::Request& request, const Caller& caller) {
  HEARTH_TRY(chat::about({chat::RequestPart::Kind::kModel}, check_model(request.model, caller)));
  if (caller.key_id.empty()) return {};
  if (request.priority > 0 && !access::includes(caller.scope, access::Scope::kManage)) {
    return fail(Code::kPermissionDenied,
                "a priority above 0 goes before other keys, which takes one with the scope "
                "'manage'",
                chat::part_context({chat::RequestPart::Kind::kPriority}));
  }
  request.client = caller.key_id;
  request.cache_scope = caller.key_id + "/" + request.cache_scope;
  return {};
}

Result<void> sign(chat::EmbedRequest& request, const Caller& caller) {
  HEARTH_TRY(chat::about({chat::RequestPart::Kind::kModel}, check_model(request.model, caller)));
  request.client = caller.key_id;
  return {};
}

}  // namespace hearth::api
