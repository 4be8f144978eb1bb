#include "engine/prompt_fit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hearth::engine {
namespace {

using ::testing::ElementsAre;

TEST(PromptFit, LeavesRoomForTheAnswerButNoMoreThanAPart) {
  chat::Request request;
  request.max_tokens = 10;
  EXPECT_EQ(room_for_prompt(request, 1000), 990U);
  request.max_tokens = 2000;
  EXPECT_EQ(room_for_prompt(request, 1000), 750U);
  request.max_tokens = 0;
  EXPECT_EQ(room_for_prompt(request, 1000), 999U);
  EXPECT_EQ(room_for_prompt(request, 1), 0U);
}

TEST(PromptFit, DropsTheOldestTokensAfterTheFirst) {
  const std::vector<Token> tokens = {1, 2, 3, 4, 5};
  EXPECT_THAT(drop_oldest(tokens, 1, 3), ElementsAre(1, 4, 5));
  EXPECT_THAT(drop_oldest(tokens, 0, 2), ElementsAre(4, 5));
  EXPECT_THAT(drop_oldest(tokens, 0, 5), ElementsAre(1, 2, 3, 4, 5));
}

}  // namespace
}  // namespace hearth::engine
