// llama-server's API of the real daemon with real runners, and the ports at which one model stands.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/testing/temporary_folder.h"
#include "daemon.h"
#include "json/node.h"
#include "json/parse.h"
#include "net/listener.h"
#include "places.h"
#include "printed_text.h"
#include "process/child.h"

namespace hearth::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::uint16_t free_port() {
  const auto listener = net::Listener::open_tcp("127.0.0.1", 0);
  EXPECT_TRUE(listener) << listener.error().message;
  return listener ? listener->port() : std::uint16_t{0};
}

// The text at this key of an object; empty after a failure of the test.
std::string text_at(const std::string& body, const std::string& key) {
  const auto document = json::parse(body);
  EXPECT_TRUE(document) << body;
  if (!document) return {};
  const auto text = json::Node(*document).find(key);
  EXPECT_TRUE(text) << body;
  return text ? std::string(text->text().value_or("")) : std::string();
}

// How many elements stand at this key.
std::size_t elements_at(const std::string& body, const std::string& key) {
  const auto document = json::parse(body);
  EXPECT_TRUE(document) << body;
  if (!document || !document->is_object()) return 0;
  const auto list = json::Node(*document).find(key);
  EXPECT_TRUE(list) << body;
  return list ? list->elements()->size() : 0;
}

// A list of tokens as JSON, cut out of `{"tokens":[…]}`.
std::string list_in(const std::string& body) {
  return body.substr(body.find('['), body.rfind(']') + 1 - body.find('['));
}

class LlamacppApi : public ::testing::Test {
 protected:
  std::string complete(const std::string& fields) {
    const net::HttpReply reply = daemon_.post(
        "/completion", R"({"model":"ember","n_predict":8,"temperature":0,)" + fields + "}");
    EXPECT_EQ(reply.status, 200) << reply.body;
    return reply.body;
  }

  DaemonProcess daemon_;
};

TEST_F(LlamacppApi, EmberGoesOnWithAText) {
  const std::string body = complete(R"("prompt":"Hello, my name is","return_tokens":true)");
  EXPECT_THAT(body, AllOf(HasSubstr(R"("stop":true,"model":"ember")"),
                          HasSubstr(R"("stop_type":")"), HasSubstr(R"("generation_settings":{)")));
  EXPECT_GT(DaemonProcess::number_in(body, "tokens_evaluated"), 0);
  EXPECT_GT(DaemonProcess::number_in(body, "tokens_predicted"), 0);
  EXPECT_EQ(DaemonProcess::number_in(body, "tokens_cached"),
            DaemonProcess::number_in(body, "tokens_evaluated") +
                DaemonProcess::number_in(body, "tokens_predicted"));
  const std::string again = complete(R"("prompt":"Hello, my name is","cache_prompt":true)");
  EXPECT_EQ(text_at(again, "content"), text_at(body, "content"));
}

TEST_F(LlamacppApi, AStreamSaysTheSame) {
  const std::string whole = text_at(complete(R"("prompt":"Hello")"), "content");
  const std::string stream = complete(R"("prompt":"Hello","stream":true)");
  std::string joined;
  for (std::size_t at = stream.find("data: "); at != std::string::npos;
       at = stream.find("data: ", at)) {
    at += 6;
    joined += text_at(stream.substr(at, stream.find("\n\n", at) - at), "content");
  }
  EXPECT_EQ(joined, whole);
  EXPECT_THAT(stream, Not(HasSubstr("[DONE]")));
}

TEST_F(LlamacppApi, AnAnswerThatTheContextEndsIsTruncated) {
  std::string prompt = "5";
  for (int i = 0; i < 2000; ++i)  // of the 2048 that ember's context has
    prompt += ",5";
  const auto ended = [&](const std::string& most) {
    const net::HttpReply reply =
        daemon_.post("/completion", R"({"model":"ember","ignore_eos":true,"n_predict":)" + most +
                                        R"(,"prompt":[)" + prompt + "]}");
    EXPECT_EQ(reply.status, 200) << reply.body;
    return reply.body;
  };
  EXPECT_THAT(ended("-5"), HasSubstr(R"("truncated":true,"stop_type":"limit")"));
  EXPECT_THAT(ended("3"), HasSubstr(R"("truncated":false,"stop_type":"limit")"));
}

TEST_F(LlamacppApi, TextsBecomeTokensAndBack) {
  const std::string text = "Hello there, world";
  const std::string tokens =
      daemon_.post("/tokenize", R"({"model":"ember","content":")" + text + "\"}").body;
  ASSERT_GT(elements_at(tokens, "tokens"), 1U);
  const std::string list = list_in(tokens);
  EXPECT_EQ(text_at(daemon_.post("/detokenize", R"({"model":"ember","tokens":)" + list + "}").body,
                    "content"),
            text);
  const std::string pieces =
      daemon_.post("/tokenize", R"({"model":"ember","with_pieces":true,"content":")" + text + "\"}")
          .body;
  EXPECT_THAT(pieces, HasSubstr(R"("piece":)"));
  // A prompt of these tokens is the prompt of this text; a text and tokens are one prompt, too.
  const auto evaluated = [&](const std::string& prompt) {
    return DaemonProcess::number_in(complete(R"("prompt":)" + prompt), "tokens_evaluated");
  };
  EXPECT_EQ(evaluated(list), static_cast<std::int64_t>(elements_at(tokens, "tokens")));
  EXPECT_GT(evaluated(R"(["Hello",)" + list.substr(1)), evaluated(list));
  EXPECT_EQ(daemon_.post("/detokenize", R"({"model":"ember","tokens":[99999999]})").status, 400);
}

TEST_F(LlamacppApi, ATemplateIsAppliedAsInAChat) {
  const net::HttpReply reply =
      daemon_.post("/apply-template",
                   R"({"model":"ember","messages":[{"role":"user","content":"What is it?"}]})");
  ASSERT_EQ(reply.status, 200) << reply.body;
  const std::string prompt = text_at(reply.body, "prompt");
  EXPECT_THAT(prompt, HasSubstr("What is it?"));
  EXPECT_GT(prompt.size(), std::string("What is it?").size()) << "with the template around it";
}

TEST_F(LlamacppApi, SeveralPromptsAndAGrammar) {
  const std::string body =
      complete(R"("prompt":["a","b"],"grammar":"root ::= \"yes\"","n_probs":2)");
  EXPECT_THAT(body, AllOf(HasSubstr(R"([{"index":0,"content":"yes")"),
                          HasSubstr(R"({"index":1,"content":"yes")"),
                          HasSubstr(R"("completion_probabilities":[{"id":)")));
}

TEST_F(LlamacppApi, WhatAServerTellsOfItself) {
  EXPECT_THAT(complete(R"("prompt":"Hello")"), HasSubstr("content"));
  EXPECT_THAT(daemon_.get("/props?model=ember").body,
              AllOf(HasSubstr(R"("model_alias":"ember")"), HasSubstr(R"("is_sleeping":false)")));
  EXPECT_THAT(daemon_.get("/slots?model=ember").body, HasSubstr(R"("is_processing":false)"));
  EXPECT_THAT(daemon_.get("/models").body, HasSubstr(R"("status":{"value":"loaded"})"));
  EXPECT_GT(daemon_.metric("llamacpp:tokens_predicted_total"), 0);
  EXPECT_EQ(daemon_.get("/v1/health").status, 200);
  // Ember was not taught to fill a gap.
  EXPECT_EQ(
      daemon_.post("/infill", R"({"model":"ember","input_prefix":"a","input_suffix":"b"})").status,
      501);
}

net::HttpReply post_to(std::uint16_t port, const std::string& target, const std::string& body) {
  net::HttpCall call;
  call.method = "POST";
  call.target = target;
  call.body = body;
  const auto reply = net::HttpClient::over_tcp("127.0.0.1", port).send(call);
  EXPECT_TRUE(reply) << reply.error().message;
  return reply.value_or(net::HttpReply{});
}

TEST(LlamacppPorts, StandForOneModelEach) {
  const std::uint16_t vectors = free_port();
  const std::uint16_t texts = free_port();
  DaemonProcess daemon(
      {"--port", "0", "--reasoning-port", std::to_string(texts), "--reasoning-model", "ember"},
      {"LLAMACPP_EMBEDDINGS_URL=http://127.0.0.1:" + std::to_string(vectors),
       "LLAMACPP_EMBEDDING_DIM=64"});
  const net::HttpReply one = post_to(vectors, "/embedding", R"({"content":"hello world"})");
  EXPECT_EQ(elements_at(one.body, "embedding"), 64U) << one.body;
  EXPECT_THAT(post_to(vectors, "/embedding", R"({"content":["a","b"]})").body,
              AllOf(HasSubstr(R"([{"index":0,"embedding":[[)"), HasSubstr(R"({"index":1,)")));
  EXPECT_EQ(post_to(vectors, "/completion", R"({"prompt":"a"})").status, 501);
  const net::HttpReply text =
      post_to(texts, "/completion", R"({"prompt":"Hello","n_predict":4,"model":"whatever"})");
  EXPECT_EQ(text.status, 200) << text.body;
  EXPECT_THAT(text.body, HasSubstr(R"("model":"ember")"));
}

// The line of what the daemon says before it ends.
std::string said_at_start(const std::vector<std::string>& arguments,
                          const std::vector<std::string>& environment, const char* word) {
  const base::testing::TemporaryFolder home;
  process::SpawnOptions options;
  options.program = hearth_path();
  options.arguments = {"serve", "--port", "0"};
  options.arguments.insert(options.arguments.end(), arguments.begin(), arguments.end());
  options.environment = environment;
  options.environment.push_back("HEARTH_HOME=" + home.path());
  options.err = process::SpawnOptions::Output::kPipe;
  auto child = process::Child::spawn(options);
  EXPECT_TRUE(child) << child.error().message;
  if (!child) return {};
  PrintedText words(*child->take_stderr());
  const std::string line = words.line_with(word);
  EXPECT_FALSE(child->wait(std::chrono::seconds(30))->is_success());
  return line;
}

TEST(LlamacppPorts, TellAtTheStartWhatCannotBe) {
  const std::string port = std::to_string(free_port());
  EXPECT_THAT(
      said_at_start(
          {}, {"LLAMACPP_EMBEDDINGS_URL=http://localhost:" + port, "LLAMACPP_EMBEDDING_DIM=5000"},
          "embeddings_dimensions"),
      AllOf(HasSubstr("LLAMACPP_EMBEDDING_DIM"), HasSubstr("768 dimensions")));
  EXPECT_THAT(said_at_start({"--reasoning-port", port, "--reasoning-model", "no-such-model"}, {},
                            "reasoning_model"),
              HasSubstr("no-such-model"));
  const auto taken = net::Listener::open_tcp("127.0.0.1", 0);
  ASSERT_TRUE(taken) << taken.error().message;
  EXPECT_THAT(said_at_start({"--embeddings-port", std::to_string(taken->port())}, {},
                            "server.embeddings_port"),
              AllOf(HasSubstr("llama-server"), HasSubstr("--embeddings-port")));
}

}  // namespace
}  // namespace hearth::testing
