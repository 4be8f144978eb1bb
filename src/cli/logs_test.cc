#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/testing/cli_fixture.h"

namespace hearth::cli {
namespace {

using cli::testing::Cli;
using cli::testing::FakeReply;
using cli::testing::FakeRequest;
using cli::testing::Outcome;
using ::testing::HasSubstr;

constexpr const char* kLine = R"({"id":7,"time_ms":5,"level":"info","line":"it \"began\""})";

TEST_F(Cli, LogsShowsTheLastLines) {
  answer_with([](const FakeRequest&, const FakeReply& reply) {
    reply.json(200, R"({"lines":[)" + std::string(kLine) + "]}");
  });
  EXPECT_EQ(run({"logs", "--lines", "3"}).out, "it \"began\"\n");
  EXPECT_EQ(daemon_->requests().back().line, "GET /hearth/v1/logs?lines=3");
  EXPECT_EQ(run({"logs", "--json"}).out, std::string(kLine) + "\n");
  EXPECT_EQ(daemon_->requests().back().line, "GET /hearth/v1/logs?lines=100");
  EXPECT_EQ(run({"logs", "--lines", "1001"}).code, 2);
}

TEST_F(Cli, LogsFollowsUntilTheDaemonEnds) {
  answer_with([](const FakeRequest&, const FakeReply& reply) {
    reply.start_events();
    reply.raw(": waiting\n\n");
    reply.raw("id: 6\nevent: missed\ndata: {}\n\n");
    reply.raw("id: 7\nevent: line\ndata: " + std::string(kLine) + "\n\n");
  });
  const Outcome outcome = run({"logs", "--follow"});
  EXPECT_EQ(outcome.code, 0) << outcome.notices;
  EXPECT_EQ(outcome.out, "it \"began\"\n");
  EXPECT_THAT(outcome.notices, HasSubstr("not kept any more"));
  EXPECT_THAT(outcome.notices, HasSubstr("has ended"));
  EXPECT_EQ(run({"logs", "--follow", "--json"}).out, std::string(kLine) + "\n");
}

TEST_F(Cli, LogsStartsNoDaemon) {
  const Outcome outcome = run({"logs"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.notices, HasSubstr(home_.path() + "/hearth.log"));
}

TEST_F(Cli, LogsSaysWhatTheDaemonRefuses) {
  answer_with([](const FakeRequest&, const FakeReply& reply) {
    reply.json(403, R"({"error":{"message":"it takes admin","code":"permission_denied"}})");
  });
  for (const char* how : {"--lines=1", "--follow"})
    EXPECT_EQ(run({"logs", how}).notices, "hearth: it takes admin\n");
}

}  // namespace
}  // namespace hearth::cli
