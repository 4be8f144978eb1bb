// Ollama's API of the real daemon with real runners: what the scripted tests of api/ollama cannot
// show, and the second port.
#include <chrono>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/testing/temporary_folder.h"
#include "base/units.h"
#include "daemon.h"
#include "json/node.h"
#include "json/parse.h"
#include "model_writer.h"
#include "net/listener.h"
#include "places.h"
#include "printed_text.h"
#include "process/child.h"
#include "shape.h"
#include "store/digest.h"

namespace hearth::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kGenerate = "/api/generate";

std::string prompt(const std::string& model, const std::string& fields) {
  return R"({"model":")" + model + R"(","stream":false,)" + fields + "}";
}

std::size_t vectors_in(const std::string& body) {
  const auto document = json::parse(body);
  if (!document) return 0;
  const auto list = json::Node(*document).require("embeddings");
  return list ? list->elements()->size() : 0;
}

TEST(OllamaApi, EmberAnswersAndIsLoadedAsLongAsItIsSaid) {
  DaemonProcess daemon;
  const std::string said = R"("prompt":"Hello","options":{"num_predict":8,"temperature":0})";
  const net::HttpReply first =
      daemon.post(kGenerate, prompt("ember:latest", said + R"(,"keep_alive":"1h")"));
  ASSERT_EQ(first.status, 200) << first.body;
  EXPECT_THAT(first.body, AllOf(HasSubstr(R"("done":true)"), HasSubstr(R"("context":[)")));
  EXPECT_GT(DaemonProcess::number_in(first.body, "prompt_eval_count"), 0);
  EXPECT_GT(DaemonProcess::number_in(first.body, "eval_duration"), 0);
  EXPECT_GT(DaemonProcess::number_in(first.body, "total_duration"),
            DaemonProcess::number_in(first.body, "eval_duration"));
  const std::string loaded = daemon.get("/api/ps").body;
  EXPECT_THAT(loaded, AllOf(HasSubstr(R"("name":"ember:latest")"),
                            Not(HasSubstr(R"("expires_at":"2318)"))));
  EXPECT_THAT(daemon.post(kGenerate, R"({"model":"ember","keep_alive":-1})").body,
              HasSubstr(R"("done_reason":"load")"));
  EXPECT_THAT(daemon.get("/api/ps").body, HasSubstr(R"("expires_at":"2318)"));
  EXPECT_THAT(daemon.post(kGenerate, R"({"model":"ember","keep_alive":0})").body,
              HasSubstr(R"("done_reason":"unload")"));
  EXPECT_TRUE(becomes_true([&] { return daemon.get("/api/ps").body == R"({"models":[]})"; }));
}

TEST(OllamaApi, AGapIsFilledByModelsThatWereTaughtTo) {
  const base::testing::TemporaryFolder folder;
  const std::string path = folder.path() + "/coder.gguf";
  models::Order order;
  order.shape = models::find_shape("tiny-llama");
  order.vocabulary_path = HEARTH_LLAMA_VOCABS "/ggml-vocab-deepseek-coder.gguf";
  order.out_path = path;
  ASSERT_TRUE(models::write_model(order));
  DaemonProcess daemon;
  const std::string gap =
      R"("prompt":"int f(","suffix":") { return 1; }","options":{"num_predict":4})";
  const net::HttpReply filled = daemon.post(kGenerate, prompt(path, gap));
  ASSERT_EQ(filled.status, 200) << filled.body;
  EXPECT_THAT(filled.body, AllOf(HasSubstr(R"("done":true)"), Not(HasSubstr("context"))));
  // Both sides and the marks between them were read.
  const net::HttpReply bare =
      daemon.post(kGenerate, prompt(path, R"("prompt":"int f(","raw":true,)"
                                          R"("options":{"num_predict":1})"));
  EXPECT_GT(DaemonProcess::number_in(filled.body, "prompt_eval_count"),
            DaemonProcess::number_in(bare.body, "prompt_eval_count") + 3);
  const net::HttpReply refused = daemon.post(kGenerate, prompt("ember", gap));
  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(refused.body, HasSubstr("was not taught to fill a gap"));
}

TEST(OllamaApi, WhatIsTooLongToEmbedIsCutUnlessItMayNot) {
  DaemonProcess daemon;
  std::string text;
  for (int i = 0; i < 3000; ++i)
    text += "hearth ";
  const std::string body = R"({"model":")" + model_path("tiny-nomic-bert-f16") +
                           R"(","input":["short",")" + text + R"("])";
  const net::HttpReply cut = daemon.post("/api/embed", body + "}");
  ASSERT_EQ(cut.status, 200) << cut.body;
  EXPECT_EQ(vectors_in(cut.body), 2U);
  EXPECT_EQ(daemon.post("/api/embed", body + R"(,"truncate":false})").status, 400);
}

TEST(OllamaApi, AModelIsMadeOfEmberAndSpeaksAndGoes) {
  DaemonProcess daemon;
  const net::HttpReply made = daemon.post(
      "/api/create", R"({"model":"mario","from":"ember:latest","system":"You are Mario."})");
  EXPECT_THAT(made.body, HasSubstr(R"({"status":"success"})"));
  EXPECT_THAT(daemon.post("/api/show", R"({"model":"mario"})").body,
              AllOf(HasSubstr(R"("system":"You are Mario.")"), HasSubstr(R"("completion")")));
  EXPECT_EQ(daemon.post("/api/copy", R"({"source":"mario","destination":"luigi"})").status, 200);
  EXPECT_THAT(daemon.get("/api/tags").body, HasSubstr(R"("name":"luigi:latest")"));
  const net::HttpReply answer =
      daemon.post(kGenerate, prompt("luigi", R"("prompt":"Hi","options":{"num_predict":4})"));
  EXPECT_EQ(answer.status, 200) << answer.body;
}

// As `ollama create` sends them: more than the daemon would hold in memory.
TEST(OllamaApi, AModelIsMadeOfALargeFileThatWasSent) {
  DaemonProcess daemon;
  std::ifstream file(model_path("small-qwen2-f16"), std::ios::binary);
  const std::string content((std::istreambuf_iterator<char>(file)), {});
  ASSERT_GT(content.size(), 64 * base::kMiB) << "or it would show nothing";
  const std::string digest = store::digest_of_text(content)->text();
  EXPECT_EQ(daemon.get("/api/blobs/" + digest).status, 404);
  EXPECT_EQ(daemon.post("/api/blobs/" + digest, content).status, 201);
  EXPECT_EQ(daemon.post("/api/blobs/" + digest, content).status, 200);
  const std::string other = "sha256:" + std::string(64, '0');
  const net::HttpReply wrong = daemon.post("/api/blobs/" + other, content);
  EXPECT_EQ(wrong.status, 400);
  EXPECT_THAT(wrong.body, HasSubstr("digest mismatch"));
  EXPECT_EQ(daemon.get("/api/blobs/" + other).status, 404);
  EXPECT_THAT(
      daemon.post("/api/create", R"({"model":"sent","files":{"a.gguf":")" + digest + R"("}})").body,
      HasSubstr(R"({"status":"success"})"));
  const net::HttpReply answer = daemon.post(
      kGenerate, prompt("sent", R"("prompt":"Hi","raw":true,"options":{"num_predict":2})"));
  EXPECT_EQ(answer.status, 200) << answer.body;
}

TEST(OllamaApi, FilesThatNobodyUsesMakeRoomForOthers) {
  DaemonProcess daemon;
  const auto send = [&](const std::string& content) {
    const std::string target = "/api/blobs/" + store::digest_of_text(content)->text();
    return std::pair(target, daemon.post(target, content).status);
  };
  const auto [first, first_status] = send("first");
  EXPECT_EQ(first_status, 201);
  for (int i = 0; i < 70; ++i)
    ASSERT_EQ(send("file " + std::to_string(i)).second, 201) << i;
  EXPECT_EQ(daemon.get(first).status, 404) << "it has made room";
  EXPECT_EQ(send("file 69").second, 200) << "it is there";
}

TEST(OllamaPort, IsOpenedBesideTheOther) {
  std::uint16_t port = 0;
  {
    auto free_port = net::Listener::open_tcp("127.0.0.1", 0);
    ASSERT_TRUE(free_port) << free_port.error().message;
    port = free_port->port();
  }
  DaemonProcess daemon({"--port", "0", "--ollama-port", std::to_string(port)});
  net::HttpCall call;
  call.target = "/";
  const auto reply = net::HttpClient::over_tcp("127.0.0.1", port).send(call);
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(reply->body, "Ollama is running");
}

TEST(OllamaPort, ThatIsTakenIsSaidWithWhatToDo) {
  auto taken = net::Listener::open_tcp("127.0.0.1", 0);
  ASSERT_TRUE(taken) << taken.error().message;
  const base::testing::TemporaryFolder home;
  process::SpawnOptions options;
  options.program = hearth_path();
  options.arguments = {"serve", "--port", "0", "--ollama-port", std::to_string(taken->port())};
  options.environment = {"HEARTH_HOME=" + home.path()};
  options.err = process::SpawnOptions::Output::kPipe;
  auto child = process::Child::spawn(options);
  ASSERT_TRUE(child) << child.error().message;
  PrintedText words(*child->take_stderr());
  EXPECT_THAT(words.line_with("server.ollama_port"),
              AllOf(HasSubstr("systemctl stop ollama"), HasSubstr("--ollama-port")));
  EXPECT_FALSE(child->wait(std::chrono::seconds(30))->is_success());
}

}  // namespace
}  // namespace hearth::testing
