#include "api/core/admission.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/core/errors.h"

namespace hearth::api {
namespace {

using access::Scope;
using access::Verdict;
using ::testing::HasSubstr;
using ::testing::Not;

net::HttpRequest request_with(std::vector<net::Header> headers) {
  net::HttpRequest request;
  request.method = "POST";
  request.peer_kind = net::PeerKind::kNetwork;
  request.peer = "192.0.2.7:50000";
  request.headers = std::move(headers);
  return request;
}

std::string secret_of(std::vector<net::Header> headers) {
  return std::string(shown_by(request_with(std::move(headers))).secret.value_or("(none)"));
}

TEST(Shown, TheSecretStandsInOneOfTwoHeaders) {
  EXPECT_EQ(secret_of({{"Authorization", "Bearer hearth-1"}}), "hearth-1");
  EXPECT_EQ(secret_of({{"authorization", "bearer   hearth-1"}}), "hearth-1");
  EXPECT_EQ(secret_of({{"X-Api-Key", "hearth-2"}}), "hearth-2");
  EXPECT_EQ(secret_of({{"x-api-key", "hearth-2"}, {"Authorization", "Bearer hearth-1"}}),
            "hearth-1");
  EXPECT_EQ(secret_of({{"Authorization", "Basic aGk6aG8="}, {"x-api-key", "hearth-2"}}),
            "hearth-2");
  EXPECT_EQ(secret_of({{"Authorization", "Bearer"}}), "(none)");
  EXPECT_EQ(secret_of({{"Authorization", "Bearer "}}), "");
  EXPECT_EQ(secret_of({}), "(none)");
}

TEST(Shown, AKeyInTheUrlIsNone) {
  net::HttpRequest request = request_with({});
  request.query = "api_key=hearth-1&key=hearth-1";
  EXPECT_FALSE(shown_by(request).secret);
}

TEST(Shown, ANetworkIsAnAddressOrTheHalfOfOneThatAClientHasAtOnce) {
  net::HttpRequest request = request_with({});
  const auto network = [&](const std::string& peer) {
    request.peer = peer;
    return shown_by(request).network;
  };
  EXPECT_EQ(network("192.0.2.7:50000"), "192.0.2.7");
  EXPECT_EQ(network("[2001:db8:1:2:3:4:5:6]:50000"), "2001:db8:1:2::");
  EXPECT_EQ(network("[2001:db8:1:2:ffff::1]:1"), "2001:db8:1:2::");
  EXPECT_EQ(network("unix"), "unix");
}

TEST(Shown, OnlyTheNetworkIsElsewhere) {
  net::HttpRequest request = request_with({});
  EXPECT_EQ(shown_by(request).from, access::From::kElsewhere);
  for (const auto kind :
       {net::PeerKind::kLoopback, net::PeerKind::kUnixSocket, net::PeerKind::kSameUser}) {
    request.peer_kind = kind;
    EXPECT_EQ(shown_by(request).from, access::From::kThisMachine);
  }
}

int status_of(const Denial& denial) {
  return shape_of(denial.error.code).status;
}

Denial denial(Verdict::Kind kind, base::Duration retry_after = {}) {
  Verdict verdict;
  verdict.kind = kind;
  verdict.message = "why";
  verdict.retry_after = retry_after;
  Shown shown;
  shown.secret = "hearth-1";
  return denial_of(verdict, shown, Scope::kManage).value();
}

TEST(Denial, SaysWhatOpenAiSaysAndWhatToDo) {
  const Denial stranger = denial(Verdict::Kind::kUnauthenticated);
  EXPECT_EQ(status_of(stranger), 401);
  EXPECT_EQ(stranger.challenge, R"(Bearer realm="hearth", error="invalid_token")");
  EXPECT_EQ(denial_body(stranger),
            R"({"error":{"message":"why","type":"authentication_error","param":null,)"
            R"("code":"invalid_api_key"}})");
  const Denial narrow = denial(Verdict::Kind::kPermissionDenied);
  EXPECT_EQ(status_of(narrow), 403);
  EXPECT_THAT(narrow.challenge, HasSubstr(R"(error="insufficient_scope", scope="manage")"));
  const Denial busy = denial(Verdict::Kind::kTooMany, std::chrono::milliseconds(1001));
  EXPECT_EQ(status_of(busy), 429);
  EXPECT_EQ(busy.code, "rate_limit_exceeded");
  EXPECT_EQ(busy.retry_after_s, 2);
  EXPECT_EQ(busy.challenge, "");
  const Denial spent = denial(Verdict::Kind::kQuotaUsedUp, std::chrono::hours(5));
  EXPECT_EQ(status_of(spent), 429);
  EXPECT_EQ(spent.code, "insufficient_quota");
  EXPECT_EQ(spent.retry_after_s, 18'000);
}

TEST(Denial, WhoShowedNothingIsNotToldThatItWasWrong) {
  const auto made = denial_of(Verdict{}, Shown{}, Scope::kInference);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->challenge, R"(Bearer realm="hearth")");
}

TEST(Admission, OurOwnUserNeedsNoKeyButTheOneThatHeBringsCounts) {
  int asked = 0;
  Keys keys;
  keys.admit = [&](const access::Attempt&) -> Result<Verdict> {
    ++asked;
    return Verdict{};
  };
  net::HttpRequest request = request_with({});
  request.peer_kind = net::PeerKind::kSameUser;
  const Admission own = admit(keys, request, Scope::kAdmin);
  EXPECT_FALSE(own.denial);
  EXPECT_EQ(own.caller.scope, Scope::kAdmin);
  EXPECT_EQ(asked, 0);
  request.headers = {{"Authorization", "Bearer hearth-1"}};
  EXPECT_EQ(status_of(admit(keys, request, Scope::kAdmin).denial.value()), 401);
  request.headers.clear();
  request.peer_kind = net::PeerKind::kUnixSocket;
  EXPECT_EQ(status_of(admit(keys, request, Scope::kAdmin).denial.value()), 401);
  EXPECT_EQ(asked, 2);
}

TEST(Admission, WhereTheKeysAreNotKnownNobodyComesIn) {
  Keys keys;
  keys.admit = [](const access::Attempt&) -> Result<Verdict> {
    return fail(Code::kUnavailable, "not now", "/a/path");
  };
  const Admission refused = admit(keys, request_with({}), Scope::kInference);
  ASSERT_TRUE(refused.denial);
  EXPECT_EQ(status_of(*refused.denial), 503);
  EXPECT_EQ(refused.denial->retry_after_s, 1);
  EXPECT_THAT(denial_body(*refused.denial), Not(HasSubstr("path")));
}

TEST(Signature, FilesOfThisMachineAreNamedOnThisMachineOnly) {
  const Caller elsewhere{"key-1", Scope::kAdmin, access::From::kElsewhere};
  const Caller here{"key-1", Scope::kAdmin, access::From::kThisMachine};
  chat::Request request;
  request.model = "/etc/passwd";
  const auto refused = sign(request, elsewhere);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().context, "request.model");
  EXPECT_THAT(refused.error().message, Not(HasSubstr("/etc")));
  EXPECT_TRUE(sign(request, here));
  request.model = "tiny.gguf";
  EXPECT_TRUE(sign(request, elsewhere));
}

TEST(Folders, AreNotToldElsewhere) {
  const Error error =
      make_error(Code::kInvalidArgument, "'/srv/models/a.gguf' is bad; see '/srv/models/a.gguf'",
                 "/srv/models/a.gguf");
  EXPECT_EQ(without_folder(error, net::PeerKind::kNetwork).message,
            "'a.gguf' is bad; see 'a.gguf'");
  EXPECT_EQ(without_folder(error, net::PeerKind::kLoopback).message, error.message);
  const Error field = make_error(Code::kInvalidArgument, "from is bad", "from");
  EXPECT_EQ(without_folder(field, net::PeerKind::kNetwork).message, field.message);
}

TEST(Signature, MakesARequestItsKeys) {
  chat::Request request;
  request.cache_scope = "mine";
  EXPECT_TRUE(sign(request, {}));
  EXPECT_EQ(chat::client_of(request), "mine");
  EXPECT_TRUE(sign(request, {"key-1", Scope::kInference}));
  EXPECT_EQ(chat::client_of(request), "key-1");
  EXPECT_EQ(request.cache_scope, "key-1/mine");
}

TEST(Signature, WhoMayOnlyAskGoesBeforeNobody) {
  chat::Request request;
  request.priority = 1;
  const auto refused = sign(request, {"key-1", Scope::kInference});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kPermissionDenied);
  EXPECT_EQ(refused.error().context, "request.priority");
  EXPECT_TRUE(sign(request, {"key-1", Scope::kManage}));
  request.priority = -1;
  EXPECT_TRUE(sign(request, {"key-1", Scope::kInference}));
}

}  // namespace
}  // namespace hearth::api
