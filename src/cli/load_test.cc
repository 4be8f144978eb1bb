// `hearth load` and what `hearth ps` says of models that are loaded otherwise than planned, against
// a scripted daemon.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/testing/cli_fixture.h"

namespace hearth::cli {
namespace {

using cli::testing::Cli;
using cli::testing::FakeReply;
using cli::testing::FakeRequest;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(Cli, LoadSaysHowLongAModelStaysAndWhatComesNext) {
  answer_with([](const FakeRequest&, const FakeReply& reply) {
    reply.json(200, R"({"model":"a","status":"loaded"})");
  });
  EXPECT_THAT(run({"load", "a", "b", "c", "--keep-alive", "1h"}).notices,
              HasSubstr("'a' is loaded; next come 'b', 'c'."));
  EXPECT_EQ(daemon_->requests().back().line, "POST /hearth/v1/models/load");
  EXPECT_EQ(daemon_->requests().back().body, R"({"model":"a","keep_alive":"1h","then":["b","c"]})");
  EXPECT_THAT(run({"load", "a"}).notices, HasSubstr("'a' is loaded.\n"));
  EXPECT_EQ(daemon_->requests().back().body, R"({"model":"a"})");
  const auto count = daemon_->requests().size();
  const auto wrong = run({"load", "a", "--keep-alive", "soon"});
  EXPECT_NE(wrong.code, 0);
  EXPECT_THAT(wrong.notices, HasSubstr("'soon' is no time"));
  EXPECT_EQ(daemon_->requests().size(), count) << "the daemon is not asked";
}

TEST_F(Cli, PsSaysWhatIsOtherwiseThanPlanned) {
  answer_with([](const FakeRequest&, const FakeReply& reply) {
    reply.json(200, R"({"models":[],"heat":"hot","expected":[{"model":"n","size_bytes":9,)"
                    R"("read_bytes":4}],"loaded":[{"model":"m","state":"ready","pid":42,)"
                    R"("threads":3,"lowered":"a pool of 5 tokens in place of 9",)"
                    R"("planned":{"weight_bytes":7,"kv_bytes":6},"used":{"mapped_bytes":5}}]})");
  });
  const auto shown = run({"ps"});
  EXPECT_THAT(shown.out, AllOf(HasSubstr("ready, lowered"), HasSubstr("n      comes next")));
  EXPECT_THAT(shown.notices,
              AllOf(HasSubstr("not enough memory for 'm', which has a pool of 5 tokens"),
                    HasSubstr("hot, so models compute with fewer threads.")));
  EXPECT_THAT(run({"ps", "--json"}).out,
              AllOf(HasSubstr(R"("planned":{"weight_bytes":7,"kv_bytes":6,"compute_bytes":0,)"),
                    HasSubstr(R"("used":{"mapped_bytes":5,"anonymous_bytes":0})"),
                    HasSubstr(R"("lowered":"a pool of 5 tokens in place of 9")"),
                    HasSubstr(R"("threads":3,)"), HasSubstr(R"("heat":"hot")"),
                    HasSubstr(R"("expected":[{"model":"n","size_bytes":9,"read_bytes":4}])")));
}

TEST_F(Cli, PsSaysNothingMoreOfAPlainModel) {
  answer_with([](const FakeRequest&, const FakeReply& reply) {
    reply.json(200, R"({"models":[],"heat":"none","expected":[],"loaded":[{"model":"m"}]})");
  });
  EXPECT_THAT(run({"ps"}).notices, Not(HasSubstr("hot")));
  EXPECT_THAT(run({"ps", "--json"}).out, Not(HasSubstr("expected")));
}

}  // namespace
}  // namespace hearth::cli
