#include "flow/run/route.h"

#include <gtest/gtest.h>

namespace hearth::flow {
namespace {

bool is_planned(std::string_view task, const RouteTerms& terms = {}) {
  return !decide_route(task, terms).direct;
}

TEST(Route, WhatHasPartsOrPlacesIsPlanned) {
  EXPECT_TRUE(is_planned("Read names.txt, sort the lines and write sorted.txt."));
  EXPECT_TRUE(is_planned("First read the poem, then shorten it."));
  EXPECT_TRUE(is_planned("Delete old.txt."));
}

TEST(Route, WhatNobodyKnowsWithoutLookingIsPlanned) {
  EXPECT_TRUE(is_planned("Which files are here?"));
  EXPECT_TRUE(is_planned("List the folder drafts."));
  EXPECT_TRUE(is_planned("Compute 365 * 24."));
  EXPECT_TRUE(is_planned("What is today's date?"));
  EXPECT_FALSE(is_planned("Which files are here?", {.has_tools = false}));
}

TEST(Route, WhatIsSimpleIsAnsweredAtOnce) {
  EXPECT_FALSE(is_planned("What is the capital of France?"));
  EXPECT_FALSE(is_planned("Hello! Who are you?"));
  EXPECT_FALSE(is_planned("How do I list my models?"));
}

TEST(Route, WhoSaysHowIsObeyed) {
  EXPECT_TRUE(is_planned("Hello!", {.mode = Mode::kStrict}));
  EXPECT_FALSE(is_planned("Delete old.txt.", {.mode = Mode::kDirect}));
  EXPECT_FALSE(is_planned("Delete old.txt.", {.has_planner = false}));
  EXPECT_TRUE(is_planned("Hello!", {.has_planner = false, .has_plan = true}));
}

}  // namespace
}  // namespace hearth::flow
