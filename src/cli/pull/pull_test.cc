#include <atomic>

#include <gmock/gmock.h>

#include "cli/command.h"
#include "cli/pull/pull_display.h"
#include "cli/testing/cli_fixture.h"

namespace hearth::cli {
namespace {

using ::testing::AllOf;
using testing::Cli;
using testing::FakeReply;
using testing::FakeRequest;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kHalf =
    R"({"status":"downloading","file":"x.gguf","number":1,"files":1,"done_bytes":50,)"
    R"("size_bytes":100})"
    "\n";
constexpr const char* kInstalled =
    R"({"status":"installed","model":"qwen2.5:0.5b","files":[{"size_bytes":100}]})"
    "\n";

void lines(const FakeReply& reply, const std::string& text) {
  reply.raw("HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nConnection: close\r\n\r\n" +
            text);
}

TEST(PullEvent, IsReadFromALine) {
  const auto event = parse_pull_event(kHalf);
  ASSERT_TRUE(event) << event.error().message;
  EXPECT_EQ(event->file, "x.gguf");
  EXPECT_EQ(event->done_bytes, 50);
  EXPECT_FALSE(event->is_installed());
  EXPECT_EQ(parse_pull_event(kInstalled)->model, "qwen2.5:0.5b");
}

TEST(PullEvent, AnErrorIsTheDaemonsOwn) {
  const auto event = parse_pull_event(
      R"({"error":{"message":"it has another digest","type":"server_error","code":"corrupt"}})");
  ASSERT_FALSE(event);
  EXPECT_EQ(event.error().message, "it has another digest");
}

TEST(PullEvent, WhatMakesNoSenseIsRefused) {
  for (const char* line : {"", "nothing", "[]", "{}", R"({"status":1})",
                           R"({"status":"downloading","done_bytes":-1})"}) {
    EXPECT_EQ(parse_pull_event(line).error().code, Code::kUpstream) << line;
  }
}

TEST(Rate, IsTakenOverTheLastSeconds) {
  Rate rate;
  rate.take(1000, 0);
  EXPECT_FALSE(rate.value());
  for (int second = 1; second <= 30; ++second)
    rate.take(1000 + second * (second <= 15 ? 10 : 20), second);
  EXPECT_NEAR(*rate.value(), 20, 6);
  rate.take(0, 31);  // it began anew
  EXPECT_FALSE(rate.value());
}

TEST_F(Cli, PullSaysWhatItFetchesAndHowToUseIt) {
  answer_with([](const FakeRequest&, const FakeReply& reply) {
    lines(reply, std::string(kHalf) + kInstalled);
  });
  const auto outcome = run({"pull", "qwen2.5:0.5b", "--digest", "sha256:ab"});
  EXPECT_EQ(outcome.code, kExitDone) << outcome.notices;
  EXPECT_EQ(outcome.out, "'qwen2.5:0.5b' is ready: hearth chat qwen2.5:0.5b\n");
  EXPECT_THAT(outcome.notices, HasSubstr("x.gguf\n"));
  EXPECT_THAT(outcome.notices, HasSubstr("downloading, 50 B of 100 B"));
  EXPECT_EQ(daemon_->requests().front().line, "POST /hearth/v1/models/pull");
  EXPECT_EQ(daemon_->requests().front().body, R"({"model":"qwen2.5:0.5b","digest":"sha256:ab"})");
}

TEST_F(Cli, PullOfAModelThatCannotChatSaysWhatItDoes) {
  std::atomic<const char*> kind = "embedding";
  answer_with([&kind](const FakeRequest& request, const FakeReply& reply) {
    const bool is_pull = request.line == "POST /hearth/v1/models/pull";
    is_pull ? lines(reply, kInstalled)
            : reply.json(200, R"({"kind":")" + std::string(kind) + "\"}");
  });
  EXPECT_THAT(run({"pull", "qwen2.5:0.5b"}).out,
              AllOf(HasSubstr("is ready: it makes vectors"), Not(HasSubstr("hearth chat")),
                    HasSubstr(R"(POST /v1/embeddings {"model": "qwen2.5:0.5b", "input": …})")));
  EXPECT_EQ(daemon_->requests().back().line, "POST /hearth/v1/models/show");
  EXPECT_EQ(daemon_->requests().back().body, R"({"model":"qwen2.5:0.5b"})");
  kind = "reranker";
  EXPECT_THAT(run({"pull", "qwen2.5:0.5b"}).out,
              AllOf(HasSubstr("judges pairs"), Not(HasSubstr("hearth chat"))));
  kind = "text";
  EXPECT_THAT(run({"pull", "qwen2.5:0.5b"}).out, HasSubstr("hearth chat qwen2.5:0.5b"));
}

TEST_F(Cli, PullAsJsonPrintsTheLines) {
  answer_with([](const FakeRequest&, const FakeReply& reply) {
    lines(reply, std::string(kHalf) + kInstalled);
  });
  const auto outcome = run({"pull", "qwen2.5:0.5b", "--json"});
  EXPECT_EQ(outcome.out, std::string(kHalf) + kInstalled);
  EXPECT_THAT(outcome.notices, Not(HasSubstr("downloading")));
}

TEST_F(Cli, PullTellsOnceWhatWentWrongOnTheWay) {
  answer_with([](const FakeRequest&, const FakeReply& reply) {
    const std::string retry = R"({"status":"retrying","file":"x.gguf","problem":"it broke"})"
                              "\n";
    lines(reply, retry + retry + kInstalled);
  });
  const auto outcome = run({"pull", "x"});
  const std::size_t first = outcome.notices.find("it broke; trying again");
  EXPECT_NE(first, std::string::npos);
  EXPECT_EQ(outcome.notices.find("it broke", first + 1), std::string::npos);
}

TEST_F(Cli, PullFailsWithTheDaemonsWords) {
  answer_with([](const FakeRequest&, const FakeReply& reply) {
    lines(reply, std::string(kHalf) + R"({"error":{"message":"it has another digest"}})" + "\n");
  });
  const auto outcome = run({"pull", "x"});
  EXPECT_EQ(outcome.code, kExitFailed);
  EXPECT_THAT(outcome.notices, HasSubstr("it has another digest"));
}

TEST_F(Cli, APullThatBreaksOffIsNoSuccess) {
  answer_with([](const FakeRequest&, const FakeReply& reply) { lines(reply, kHalf); });
  const auto outcome = run({"pull", "x"});
  EXPECT_EQ(outcome.code, kExitFailed);
  EXPECT_THAT(outcome.notices, HasSubstr("broke off"));
}

TEST_F(Cli, RmTellsWhatIsFreeAgain) {
  answer_with([](const FakeRequest&, const FakeReply& reply) {
    reply.json(200, R"({"status":"removed","files":1,"freed_bytes":1024,"files_stay":false})");
  });
  const auto outcome = run({"rm", "a", "b"});
  EXPECT_EQ(outcome.code, kExitDone);
  EXPECT_THAT(outcome.notices, HasSubstr("'b' is removed; 1.0 KiB are free again."));
  EXPECT_EQ(daemon_->requests().size(), 2U);
}

TEST_F(Cli, RmAndGcTellItAsJson) {
  answer_with([](const FakeRequest&, const FakeReply& reply) {
    reply.json(200, R"({"status":"removed","files":1,"freed_bytes":1024,"files_stay":false})");
  });
  EXPECT_EQ(run({"rm", "a", "b", "--json"}).out,
            R"({"model":"a","files":1,"freed_bytes":1024,"files_stay":false})"
            "\n"
            R"({"model":"b","files":1,"freed_bytes":1024,"files_stay":false})"
            "\n");
  const auto collected = run({"gc", "--json"});
  EXPECT_EQ(collected.code, kExitDone);
  EXPECT_EQ(collected.out, R"({"files":1,"freed_bytes":1024,"files_stay":false})"
                           "\n");
  EXPECT_EQ(collected.notices, "");
}

TEST_F(Cli, RmSaysWhatADamagedManifestLeaves) {
  answer_with([](const FakeRequest&, const FakeReply& reply) {
    reply.json(200, R"({"status":"removed","files":0,"freed_bytes":0,"files_stay":false,)"
                    R"("was_damaged":true})");
  });
  const auto outcome = run({"rm", "a"});
  EXPECT_EQ(outcome.code, kExitDone);
  EXPECT_THAT(outcome.notices, HasSubstr("its manifest was damaged"));
  EXPECT_THAT(outcome.notices, HasSubstr("`hearth gc`"));
}

TEST_F(Cli, GcWaitsForNobody) {
  answer_with([](const FakeRequest& request, const FakeReply& reply) {
    EXPECT_EQ(request.line, "POST /hearth/v1/models/collect");
    reply.json(200, R"({"status":"removed","files":0,"freed_bytes":0,"files_stay":true})");
  });
  const auto outcome = run({"gc"});
  EXPECT_EQ(outcome.code, kExitPartial);
  EXPECT_THAT(outcome.notices, HasSubstr("try again"));
}

}  // namespace
}  // namespace hearth::cli
