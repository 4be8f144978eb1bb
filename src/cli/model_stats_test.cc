#include "cli/model_stats.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hearth::cli {
namespace {

TEST(ModelStats, AreATableForPeople) {
  const auto text = model_stats_text(
      R"({"model":"m","running":2,"waiting":1,"requests_finished":12,"prompt_tokens":1234567890,)"
      R"("kv_tokens_used":100,"kv_tokens":4096,"prefix_cache":{"state":"on","hits":3},"figures":{)"
      R"("step_ms":{"count":40,"mean":12.5,"p50":11.234,"p90":20,"p99":31,"most":32.1},)"
      R"("queue_ms":{"count":0}}})");
  ASSERT_TRUE(text.has_value());
  EXPECT_EQ(*text,
            "m\n"
            "requests  2 running, 1 waiting, 12 answered, 0 cancelled, 0 failed\n"
            "tokens    1234567890 of prompts (0 cached), 0 of answers, in 0 steps\n"
            "pool      100 of 4096 tokens used, 0 times a request gave its place to another\n"
            "prefixes  on, 3 hits, 0 bytes in memory, 0 on disk\n"
            "FIGURE    COUNT  MEAN  P50     P90  P99  MOST\n"
            "step_ms   40     12.5  11.234  20   31   32.1\n"
            "queue_ms  0      0     0       0    0    0\n");
}

TEST(ModelStats, AReplyOfAnotherDaemonIsNoReasonToFail) {
  EXPECT_TRUE(model_stats_text("{}").has_value());
  EXPECT_TRUE(model_stats_text(R"({"figures":[1],"prefix_cache":7,"running":"x"})").has_value());
  EXPECT_FALSE(model_stats_text("[]").has_value());
  EXPECT_FALSE(model_stats_text("no JSON").has_value());
}

}  // namespace
}  // namespace hearth::cli
