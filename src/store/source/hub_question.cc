#include "store/source/hub_question.h"

#include <algorithm>

#include <fmt/format.h>

#include "store/name/hugging_face_name.h"
#include "store/name/name_rules.h"
#include "store/source/answer.h"
#include "store/source/hub_url.h"

namespace hearth::store {

namespace {

constexpr int kUnauthorized = 401;
constexpr int kForbidden = 403;
constexpr int kNotThere = 404;
constexpr std::string_view kWhereTokensAre =
    "make a token at https://huggingface.co/settings/tokens and give it as HF_TOKEN, or let "
    "~/.cache/huggingface/token hold it";

}  // namespace

// A token is a word: anything else would be a header of its own.
Result<std::string> hub_authorization(const std::string& token) {
  if (token.empty()) return std::string();
  const bool word =
      std::all_of(token.begin(), token.end(), [](char c) { return c > 0x20 && c < 0x7F; });
  if (word) return "Bearer " + token;
  return fail(Code::kInvalidArgument,
              "the token of Hugging Face has a character in it that no token has; check HF_TOKEN "
              "and ~/.cache/huggingface/token");
}

Result<HubQuestion> HubQuestion::create(const HuggingFaceName& wanted, const Hubs& hubs) {
  std::string base = HEARTH_TRY(base_url(hubs.hugging_face));
  std::string authorization = HEARTH_TRY(hub_authorization(hubs.hugging_face_token));
  return HubQuestion(wanted, std::move(base), std::move(authorization));
}

std::string_view HubQuestion::revision() const {
  return wanted_.revision.empty() ? kMainRevision : std::string_view(wanted_.revision);
}

std::string HubQuestion::whose() const {
  return fmt::format("{}/{}/{}", host_of(base_), wanted_.owner, wanted_.repository);
}

std::string HubQuestion::page() const {
  return fmt::format("{}/{}/{}", base_, wanted_.owner, wanted_.repository);
}

std::string HubQuestion::repository_url() const {
  return fmt::format("{}/api/models/{}/{}/revision/{}?blobs=true", base_, wanted_.owner,
                     wanted_.repository, escaped_for_url(revision()));
}

std::string HubQuestion::tree_url(std::string_view commit) const {
  return fmt::format("{}/api/models/{}/{}/tree/{}?recursive=true", base_, wanted_.owner,
                     wanted_.repository, commit);
}

std::string HubQuestion::file_url(std::string_view commit, std::string_view path) const {
  return fmt::format("{}/resolve/{}/{}", page(), commit, escaped_path_for_url(path));
}

net::WebRequest HubQuestion::request(std::string url) const {
  net::WebRequest request;
  request.url = std::move(url);
  request.authorization = authorization_;
  return request;
}

Error HubQuestion::gated() const {
  if (!authorization_.empty()) {
    return make_error(Code::kPermissionDenied,
                      fmt::format("{} is given to those who have accepted its terms, and the "
                                  "token's account has not; accept them at {} and, where its "
                                  "authors want to agree first, wait for that",
                                  whose(), page()));
  }
  return make_error(Code::kUnauthenticated,
                    fmt::format("{} is given to those who have accepted its terms; accept them at "
                                "{}, then {}",
                                whose(), page(), kWhereTokensAre));
}

Error HubQuestion::not_there() const {
  const std::string_view private_one = authorization_.empty()
                                           ? "if it is private, a token is missing: "
                                           : "if it is private, the token must be of an account "
                                             "that may read it";
  return make_error(Code::kNotFound,
                    fmt::format("{} is not there; check the spelling, or {}{}", whose(),
                                private_one, authorization_.empty() ? kWhereTokensAre : ""));
}

Error HubQuestion::refused() const {
  if (authorization_.empty()) {
    return make_error(Code::kUnauthenticated,
                      fmt::format("{} is private, or it is not there; check the spelling, or {}",
                                  whose(), kWhereTokensAre));
  }
  return make_error(Code::kUnauthenticated,
                    fmt::format("{} does not accept the token; it may have expired: {}",
                                host_of(base_), kWhereTokensAre));
}

Error HubQuestion::forbidden() const {
  return make_error(
      Code::kPermissionDenied,
      fmt::format("{} does not give {}; its page {} may say to whom it does{}{}", host_of(base_),
                  whose(), page(), authorization_.empty() ? ", and a token may be missing: " : "",
                  authorization_.empty() ? kWhereTokensAre : ""));
}

// X-Error-Code is the hub's own word for what a status does not tell apart.
Error HubQuestion::explain(const net::WebHead& head) const {
  const std::string* word = net::find_header(head.headers, "X-Error-Code");
  const auto says = [&](std::string_view code) { return word != nullptr && *word == code; };
  if (says("GatedRepo")) return gated();
  if (says("RevisionNotFound")) {
    return make_error(Code::kNotFound, fmt::format("{} has no revision {}; check it on its page",
                                                   whose(), in_quotes(revision())));
  }
  if (says("RepoNotFound") || head.status == kNotThere) return not_there();
  if (head.status == kUnauthorized) return refused();
  if (head.status == kForbidden) return forbidden();
  return status_error(head);
}

}  // namespace hearth::store
