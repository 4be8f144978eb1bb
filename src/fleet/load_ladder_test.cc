#include "fleet/load_ladder.h"

#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace hearth::fleet {
namespace {

wire::Load load_of(std::uint32_t context, std::uint32_t pool, std::uint32_t sequences) {
  wire::Load load;
  load.context = context;
  load.kv_tokens = pool;
  load.sequences_max = sequences;
  return load;
}

std::vector<std::string> rungs(wire::Load load, const LadderTerms& terms) {
  const wire::Load planned = load;
  std::vector<std::string> words;
  while (const auto lower = one_rung_lower(load, terms)) {
    load = *lower;
    words.push_back(what_is_lower(load, planned));
  }
  return words;
}

TEST(LoadLadder, FirstGoesWhatNoRequestWasPromised) {
  EXPECT_EQ(rungs(load_of(8192, 16384, 8), {}),
            (std::vector<std::string>{
                "a pool of 8192 tokens in place of 16384",
                "a pool of 8192 tokens in place of 16384, 2 answers at a time in place of 8",
                "a context of 4096 tokens in place of 8192, a pool of 4096 tokens in place of "
                "16384, 2 answers at a time in place of 8",
                "a context of 2048 tokens in place of 8192, a pool of 2048 tokens in place of "
                "16384, 2 answers at a time in place of 8",
                "a context of 2048 tokens in place of 8192, a pool of 2048 tokens in place of "
                "16384, one answer at a time in place of 8"}));
}

TEST(LoadLadder, AContextThatSomebodyAskedForStays) {
  EXPECT_EQ(rungs(load_of(8192, 0, 1), {.asked_context = 8192}), std::vector<std::string>());
  EXPECT_EQ(rungs(load_of(1024, 0, 1), {}), std::vector<std::string>()) << "small enough already";
}

TEST(LoadLadder, TheModelsOwnContextIsOneToo) {
  EXPECT_EQ(rungs(load_of(0, 0, 1), {.own_context = 8192}),
            (std::vector<std::string>{"a context of 4096 tokens in place of the model's own",
                                      "a context of 2048 tokens in place of the model's own"}));
  EXPECT_EQ(rungs(load_of(0, 0, 1), {}), std::vector<std::string>()) << "nobody knows it";
}

TEST(LoadLadder, NothingIsTriedThatTheModelWouldNotGetAnyway) {
  EXPECT_EQ(rungs(load_of(65536, 0, 1), {.own_context = 4096}),
            std::vector<std::string>{"a context of 2048 tokens in place of 65536"});
}

RC_GTEST_PROP(LoadLadder, EveryRungIsLowerAndThereIsALastOne, ()) {
  constexpr std::uint32_t kMost = 1U << 20;
  const auto number = [&](std::uint32_t least) {
    return *rc::gen::inRange<std::uint32_t>(least, kMost);
  };
  wire::Load load = load_of(number(0), number(0), number(1));
  const LadderTerms terms{.asked_context = *rc::gen::element(0U, load.context),
                          .own_context = number(0)};
  const auto asked = terms.asked_context;
  for (int steps = 0;; ++steps) {
    RC_ASSERT(steps < 40);
    const auto lower = one_rung_lower(load, terms);
    if (!lower) break;
    const std::uint32_t before = load.context != 0 ? load.context : terms.own_context;
    RC_ASSERT(lower->sequences_max >= 1U);
    RC_ASSERT(lower->context >= asked || lower->context >= terms.own_context);
    RC_ASSERT(lower->kv_tokens < load.kv_tokens || lower->sequences_max < load.sequences_max ||
              (lower->context > 0 && lower->context < before));
    RC_ASSERT(lower->kv_tokens <= load.kv_tokens && lower->sequences_max <= load.sequences_max);
    load = *lower;
  }
}

}  // namespace
}  // namespace hearth::fleet
