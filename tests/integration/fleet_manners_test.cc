// How a fleet behaves to many clients, with little memory and on a hot machine: real processes, of
// the fake runner.
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fleet_fixture.h"

namespace hearth::testing {
namespace {

class FleetQueueTest : public FleetTest {
 protected:
  static constexpr std::uint64_t kBytes = 10'000;
  static fleet::Fleet::Options few_seats() {
    auto options = FleetTest::options(HEARTH_BIN_FOLDER "/fake-runner");
    options.waiting = {.requests = 2, .bytes = kBytes};
    return options;
  }
  FleetQueueTest() : FleetTest(few_seats()) {}
};

TEST_F(FleetQueueTest, MoreRequestsThanMayWaitAreToldToTryAgain) {
  auto first = ask("hang 0");
  auto second = ask("hang 0");
  EXPECT_EQ(failure(finish(*ask("say 1")).second), Code::kResourceExhausted);
  EXPECT_EQ(fleet_.waiting().requests, 2U);
  std::optional<Result<chat::Tokens>> tokens;
  fleet_.tokenize(model(), {.text = "abc"},
                  [&](Result<chat::Tokens> got) { tokens = std::move(got); });
  run_until([&] { return tokens.has_value(); });
  EXPECT_EQ(tokens->error().code, Code::kResourceExhausted);
  first.reset();
  EXPECT_EQ(finish(*ask("say 1")).first, "word ");
}

TEST_F(FleetQueueTest, WhoHasHeardAWordWaitsNoMore) {
  auto first = ask("hang 1");
  auto second = ask("hang 1");
  EXPECT_EQ(fleet_.waiting().requests, 2U);
  for (chat::EventStream* stream : {first.get(), second.get()}) {
    while (!std::holds_alternative<chat::TextDelta>(next(*stream)))
      continue;
  }
  EXPECT_EQ(fleet_.waiting().requests, 0U);
  EXPECT_EQ(fleet_.waiting().bytes, 0U);
  EXPECT_EQ(finish(*ask("say 1")).first, "word ");
}

TEST_F(FleetQueueTest, MoreTextThanMayWaitIsToldToTryAgain) {
  auto first = ask("hang 0 " + std::string(kBytes * 2, 'x'));  // alone it may
  EXPECT_GT(fleet_.waiting().bytes, kBytes);
  EXPECT_EQ(failure(finish(*ask("say 1")).second), Code::kResourceExhausted);
  first.reset();
  EXPECT_EQ(finish(*ask("say 1")).first, "word ");
}

}  // namespace
}  // namespace hearth::testing
