// What the keys decide, seen over HTTP: every route, and what becomes of a request that is let in.
#include <map>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/testing/chat_bodies.h"
#include "api/testing/face.h"
#include "base/testing/temporary_folder.h"

namespace hearth::api {
namespace {

using access::Scope;
using net::testing::RawReply;
using testing::Face;
using ::testing::HasSubstr;
using testing::kChat;
using ::testing::Not;

constexpr const char* kAsk = R"({"model":"m","messages":[{"role":"user","content":"hi"}]})";

// The scope of every route. One that is new has to be put here, so that somebody thinks of it.
const std::map<std::string, std::string> kScopes = {
    {"GET /health", "everybody"},
    {"GET /health/ready", "everybody"},
    {"GET /health/live", "everybody"},
    {"GET /metrics", "inference"},
    {"POST /hearth/v1/tasks", "admin"},
    {"GET /hearth/v1/tasks", "admin"},
    {"GET /hearth/v1/tasks/*", "admin"},
    {"POST /hearth/v1/tasks/*", "admin"},
    {"POST /v1/chat/completions", "inference"},
    {"POST /v1/completions", "inference"},
    {"POST /v1/embeddings", "inference"},
    {"POST /v1/audio/transcriptions", "inference"},
    {"POST /v1/audio/translations", "inference"},
    {"POST /v1/responses", "inference"},
    {"POST /v1/responses/input_tokens", "inference"},
    {"GET /v1/responses/*", "inference"},
    {"DELETE /v1/responses/*", "inference"},
    {"POST /v1/responses/*", "inference"},
    {"GET /v1/models", "inference"},
    {"GET /v1/models/*", "inference"},
    {"POST /v1/messages", "inference"},
    {"POST /v1/messages/count_tokens", "inference"},
    {"GET /v1/messages/*", "inference"},
    {"POST /v1/messages/*", "inference"},
    {"POST /api/generate", "inference"},
    {"POST /api/chat", "inference"},
    {"POST /api/embed", "inference"},
    {"POST /api/embeddings", "inference"},
    {"GET /api/tags", "inference"},
    {"GET /api/ps", "inference"},
    {"POST /api/show", "inference"},
    {"GET /api/blobs/*", "inference"},
    {"POST /api/blobs/*", "manage"},
    {"POST /api/pull", "manage"},
    {"POST /api/create", "manage"},
    {"POST /api/copy", "manage"},
    {"DELETE /api/delete", "manage"},
    {"POST /api/push", "inference"},
    {"GET /api/version", "inference"},
    {"GET /", "everybody"},
    {"POST /completion", "inference"},
    {"POST /completions", "inference"},
    {"POST /infill", "inference"},
    {"POST /tokenize", "inference"},
    {"POST /detokenize", "inference"},
    {"POST /apply-template", "inference"},
    {"POST /embedding", "inference"},
    {"POST /embeddings", "inference"},
    {"POST /rerank", "inference"},
    {"POST /reranking", "inference"},
    {"POST /v1/rerank", "inference"},
    {"POST /v1/reranking", "inference"},
    {"GET /props", "inference"},
    {"GET /slots", "inference"},
    {"POST /slots/*", "inference"},
    {"GET /models", "inference"},
    {"GET /v1/health", "everybody"},
    {"GET /hearth/v1/models", "inference"},
    {"GET /hearth/v1/models/events", "inference"},
    {"POST /hearth/v1/models/show", "inference"},
    {"POST /hearth/v1/models/fit", "inference"},
    {"POST /hearth/v1/models/search", "inference"},
    {"POST /hearth/v1/models/load", "manage"},
    {"POST /hearth/v1/models/pin", "manage"},
    {"POST /hearth/v1/models/unpin", "manage"},
    {"POST /hearth/v1/models/unload", "manage"},
    {"POST /hearth/v1/models/pull", "manage"},
    {"POST /hearth/v1/models/create", "manage"},
    {"POST /hearth/v1/models/import", "manage"},
    {"POST /hearth/v1/models/copy", "manage"},
    {"POST /hearth/v1/models/verify", "manage"},
    {"POST /hearth/v1/models/remove", "manage"},
    {"POST /hearth/v1/models/collect", "manage"},
    {"GET /hearth/v1/stats", "inference"},
    {"POST /hearth/v1/tokenize", "inference"},
    {"GET /hearth/v1/neighbours", "inference"},
    {"POST /hearth/v1/neighbours/show", "inference"},
    {"POST /hearth/v1/neighbours/unload", "manage"},
    {"GET /hearth/v1/logs", "admin"},
    {"GET /hearth/v1/config", "admin"},
    {"GET /tools", "inference"},
    {"POST /tools/*", "admin"},
    {"GET /hearth/v1/version", "inference"},
    {"POST /hearth/v1/shutdown", "admin"},
};

// Three keys, each called by its scope, which is also its secret.
class KeysTest : public ::testing::Test {
 protected:
  KeysTest() {
    std::vector<access::InboundKey> all;
    for (const Scope scope : {Scope::kInference, Scope::kManage, Scope::kAdmin}) {
      access::InboundKey key;
      key.terms.name = access::scope_name(scope);
      key.id = "key-" + key.terms.name;
      key.terms.scope = scope;
      key.hash = access::KeyHash::of(key.terms.name);
      all.push_back(key);
    }
    all[1].terms.requests_per_minute = 1;
    gate_.set_keys(all);
  }
  Keys keys() {
    Keys keys;
    keys.admit = [this](const access::Attempt& attempt) -> Result<access::Verdict> {
      return gate_.admit(attempt);
    };
    keys.holder = [this](std::string_view secret) { return gate_.holder(secret); };
    keys.stands = [this](const std::string& id, Scope wanted) {
      return gate_.stands(id, wanted, base::system_clock().wall_ms());
    };
    keys.used = [this](const std::string& id, std::uint64_t tokens) { used_[id] += tokens; };
    return keys;
  }
  static std::string with(const std::string& secret) {
    return "Authorization: Bearer " + secret + "\r\n";
  }

  access::Gate gate_{1};                       // of the face's loop
  std::map<std::string, std::uint64_t> used_;  // likewise, until the face has gone
};

TEST_F(KeysTest, AStreamWithoutAnEndEndsWithTheKeyOfWhoListens) {
  Face face(std::chrono::seconds(15), nullptr, keys());
  net::testing::RawClient client(face.port);
  client.request("GET", "/hearth/v1/models/events", "", with("inference"));
  const auto listeners = [&] {
    std::size_t count = 0;
    face.on_loop([&] { count = face.news.listeners(); });
    return count;
  };
  ASSERT_TRUE(face.becomes_true([&] { return listeners() == 1; }));
  face.on_loop([&] {
    gate_.set_keys({});
    access::InboundKey other;
    other.id = "key-of-somebody-else";
    gate_.set_keys({other});
    face.news.tell(fleet::ModelNews::What::kCrashed, "secret-model");
  });
  const auto reply = client.read_reply();
  EXPECT_TRUE(reply.complete);
  EXPECT_THAT(reply.body, ::testing::Not(::testing::HasSubstr("secret-model")));
}

TEST_F(KeysTest, WhoMayNotSendALargeFileIsToldThat) {
  Face face(std::chrono::seconds(15), nullptr, keys());
  const std::string path = "/api/blobs/sha256:" + std::string(64, 'a');
  const auto status = [&](const std::string& headers, std::size_t bytes) {
    return face.send("POST", path, std::string(bytes, 'x'), headers).status;
  };
  for (const std::size_t bytes : {10UL, 4'000'000UL}) {
    EXPECT_EQ(status("", bytes), 401);
    EXPECT_EQ(status(with("inference"), bytes), 403);
    EXPECT_EQ(status(with("admin"), bytes), bytes == 10 ? 201 : 200) << "it is there already";
  }
  EXPECT_EQ(status("Origin: https://evil.example\r\n" + with("admin"), 4'000'000), 403);
}

TEST_F(KeysTest, EveryRouteHasTheScopeThatStandsHere) {
  const Face face;
  std::map<std::string, std::string> scopes;
  for (const Router::RouteFacts& route : face.routes()) {
    const std::string name = route.method + " " + route.path;
    EXPECT_EQ(scopes.count(name), 0U) << name << " is there twice";
    scopes[name] = route.scope ? std::string(access::scope_name(*route.scope)) : "everybody";
  }
  EXPECT_EQ(scopes, kScopes);
}

TEST_F(KeysTest, AStrangerCanDoNothingAndAKeyOnlyWhatItsScopeReaches) {
  Face face(std::chrono::seconds(15), nullptr, keys());
  for (const Router::RouteFacts& route : face.routes()) {
    std::string path = route.path;
    if (path.ends_with('*')) path.back() = 'm';
    const std::string body = route.method == "POST" ? "{}" : "";
    const auto status = [&](const std::string& headers) {
      return face.send(route.method, path, body, headers).status;
    };
    if (!route.scope) {
      EXPECT_EQ(status(""), 200) << path;
      continue;
    }
    EXPECT_EQ(status(""), 401) << path;
    EXPECT_NE(face.send("HEAD", path).status, 200) << path;
    if (*route.scope == Scope::kInference) continue;
    EXPECT_EQ(status(with("inference")), 403) << path;
    EXPECT_FALSE(face.stopping);
  }
}

TEST_F(KeysTest, AKeyComesInAsABearerOrAsAnAnthropicClientSendsIt) {
  Face face(std::chrono::seconds(15), nullptr, keys());
  EXPECT_EQ(face.send("GET", "/v1/models", "", with("inference")).status, 200);
  EXPECT_EQ(face.send("GET", "/v1/models", "", "x-api-key: inference\r\n").status, 200);
  EXPECT_EQ(face.send("GET", "/v1/models?api_key=inference").status, 401);
  EXPECT_EQ(face.send("GET", "/nowhere").status, 404);
}

TEST_F(KeysTest, ARefusalSaysWhatToSendAndWhen) {
  Face face(std::chrono::seconds(15), nullptr, keys());
  RawReply none = face.send("GET", "/v1/models");
  EXPECT_EQ(none.headers["www-authenticate"], R"(Bearer realm="hearth")");
  EXPECT_THAT(none.body, HasSubstr(R"("code":"invalid_api_key")"));
  RawReply wrong = face.send("GET", "/v1/models", "", with("hearth-not-a-key"));
  EXPECT_EQ(wrong.status, 401);
  EXPECT_THAT(wrong.headers["www-authenticate"], HasSubstr("invalid_token"));
  EXPECT_THAT(wrong.body, Not(HasSubstr("not-a-key")));
  EXPECT_EQ(face.send("GET", "/v1/models", "", with("manage")).status, 200);
  RawReply again = face.send("GET", "/v1/models", "", with("manage"));
  EXPECT_EQ(again.status, 429);
  EXPECT_EQ(again.headers["retry-after"], "60");
  EXPECT_THAT(again.body, HasSubstr(R"("code":"rate_limit_exceeded")"));
}

TEST_F(KeysTest, AnAnswerIsMadeAndCountedForItsKey) {
  const base::testing::TemporaryFolder folder;
  const std::string path = folder.file("audit.log");
  {
    Face face(std::chrono::seconds(15), AuditLog::open(path).value(), keys());
    face.provider.set_script({{chat::Started{1, 5}},
                              {chat::TextDelta{"hi", 2}},
                              {chat::Usage{5, 0, 2}},
                              {chat::Finished{}}});
    EXPECT_EQ(face.send("POST", kChat, kAsk, with("inference")).status, 200);
    const chat::Request request = face.provider.last_request();
    EXPECT_EQ(request.client, "key-inference");
    EXPECT_EQ(request.cache_scope, "key-inference/");
    EXPECT_EQ(face.send("POST", kChat, kAsk, with("wrong")).status, 401);
  }
  EXPECT_EQ(used_, (std::map<std::string, std::uint64_t>{{"key-inference", 7}}));
  const std::string log = base::load_text_file(path, 1 << 20).value_or("");
  EXPECT_THAT(log, HasSubstr(R"("key":"key-inference","method":"POST")"));
  EXPECT_THAT(log, HasSubstr(R"("key":null,"method":"POST")"));
}

TEST_F(KeysTest, WhoMayOnlyAskUnloadsNothingInOllamasWords) {
  Face face(std::chrono::seconds(15), nullptr, keys());
  const std::string unload = R"({"model":"m","keep_alive":0})";
  const RawReply refused = face.send("POST", "/api/generate", unload, with("inference"));
  EXPECT_EQ(refused.status, 403);
  EXPECT_THAT(refused.body, HasSubstr(R"({"error":"unloading a model takes)"));
  EXPECT_EQ(face.send("POST", "/api/generate", unload, with("manage")).status, 200);
  EXPECT_EQ(face.send("POST", "/api/generate", R"({"model":"m"})", with("inference")).status, 200);
}

TEST_F(KeysTest, WhatComesToNoHandlerIsSaidInTheDialectOfItsClient) {
  Face face(std::chrono::seconds(15), nullptr, keys());
  const auto body = [&](const char* method, const char* path, const std::string& headers = "") {
    return face.send(method, path, "", headers).body;
  };
  const std::string ollama = R"({"error":")";
  const std::string anthropic = R"({"type":"error","error":{"type":")";
  EXPECT_THAT(body("GET", "/api/nope"), ::testing::StartsWith(ollama));
  EXPECT_THAT(body("GET", "/api/chat"), ::testing::StartsWith(ollama)) << "it takes POST";
  EXPECT_THAT(body("GET", "/api/tags"), ::testing::StartsWith(ollama)) << "without a key";
  EXPECT_THAT(body("GET", "/v1/messages"), ::testing::StartsWith(anthropic));
  EXPECT_THAT(body("GET", "/v1/models", "anthropic-version: 2023-06-01\r\n"),
              ::testing::StartsWith(anthropic));
  EXPECT_THAT(body("GET", "/v1/models"), ::testing::StartsWith(R"({"error":{"message":)"));
}

TEST_F(KeysTest, WhoMayOnlyAskIsRefusedAPriority) {
  Face face(std::chrono::seconds(15), nullptr, keys());
  const std::string body =
      R"({"model":"m","messages":[{"role":"user","content":"hi"}],"hearth":{"priority":3}})";
  const RawReply refused = face.send("POST", kChat, body, with("inference"));
  EXPECT_EQ(refused.status, 403);
  EXPECT_THAT(refused.body, HasSubstr(R"("param":"hearth.priority")"));
  EXPECT_TRUE(face.provider.requests().empty());
}

TEST_F(KeysTest, OnlyWhoMayRunAToolMayHaveOneRunForAnAnswer) {
  Face face(std::chrono::seconds(15), nullptr, keys());
  face.provider.set_script({{chat::Started{}}, {chat::TextDelta{"hi"}}, {chat::Finished{}}});
  const std::string body =
      R"({"model":"m","messages":[{"role":"user","content":"hi"}],"hearth":{"tools":true}})";
  for (const char* scope : {"inference", "manage"}) {
    const RawReply refused = face.send("POST", kChat, body, with(scope));
    EXPECT_EQ(refused.status, 403) << scope;
    EXPECT_THAT(refused.body, HasSubstr(R"("param":"hearth.tools")"));
  }
  EXPECT_TRUE(face.provider.requests().empty());
  EXPECT_EQ(face.send("POST", kChat, body, with("admin")).status, 200);
}

TEST_F(KeysTest, ADialectWordsItsRefusalsItself) {
  metrics::Registry registry;
  Router router(Guard({}), registry, nullptr, keys());
  const ErrorDialect curt = [](const Error& error, std::string_view, std::string_view id) {
    return ErrorReply{shape_of(error.code).status,
                      R"({"curt":")" + std::string(id.empty() ? "nobody" : "id") + R"("})"};
  };
  router.add("POST", "/v1/messages", [](Call&) -> asio::awaitable<void> { co_return; });
  router.set_dialects([curt](const net::HttpRequest&) { return Dialect{.errors = curt}; });
  asio::io_context loop;
  net::HttpServerOptions options;
  options.handler = [&](net::HttpExchange& exchange) { return router.handle(exchange); };
  options.shape_refusal = [&](const net::Refusal& refusal) { return router.refuse(refusal); };
  net::HttpServer server(loop, options);
  const std::uint16_t port = server.listen_tcp("127.0.0.1", 0).value();
  std::thread thread([&] { loop.run(); });
  net::testing::RawClient client(port);
  client.request("POST", "/v1/messages", "{}");
  const RawReply reply = client.read_reply();
  EXPECT_EQ(reply.status, 401);
  EXPECT_EQ(reply.body, R"({"curt":"id"})");
  asio::co_spawn(loop, server.drain(std::chrono::milliseconds(0)), asio::use_future).get();
  thread.join();
}

}  // namespace
}  // namespace hearth::api
