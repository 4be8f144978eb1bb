#include "engine/prompt_fit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hearth::engine {
namespace {

using chat::Role;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<chat::Message> with_roles(const std::vector<Role>& roles) {
  std::vector<chat::Message> messages;
  for (const Role role : roles)
    messages.push_back({role, "text"});
  return messages;
}

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

TEST(PromptFit, DropsTheOldestTurnsAndKeepsTheSystemMessage) {
  const auto messages = with_roles(
      {Role::kSystem, Role::kUser, Role::kAssistant, Role::kUser, Role::kAssistant, Role::kUser});
  const std::vector<std::size_t> sizes = {5, 10, 10, 10, 10, 10};
  EXPECT_THAT(choose_dropped(messages, sizes, 1), ElementsAre(1, 2));  // with its answer
  EXPECT_THAT(choose_dropped(messages, sizes, 20), ElementsAre(1, 2));
  EXPECT_THAT(choose_dropped(messages, sizes, 21), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(choose_dropped(messages, sizes, 1000), ElementsAre(1, 2, 3, 4));
}

TEST(PromptFit, NeverDropsTheLastQuestionNorWhatFollowsIt) {
  EXPECT_THAT(choose_dropped(with_roles({Role::kUser}), {100}, 50), IsEmpty());
  EXPECT_THAT(
      choose_dropped(with_roles({Role::kUser, Role::kAssistant, Role::kTool}), {100, 100, 100}, 50),
      IsEmpty());
  EXPECT_THAT(choose_dropped(with_roles({Role::kAssistant, Role::kAssistant}), {100, 100}, 50),
              ElementsAre(0));
  EXPECT_THAT(choose_dropped({}, {}, 50), IsEmpty());
}

TEST(PromptFit, DropsTheOldestTokensAfterTheFirst) {
  const std::vector<Token> tokens = {1, 2, 3, 4, 5};
  EXPECT_THAT(drop_oldest(tokens, 1, 3), ElementsAre(1, 4, 5));
  EXPECT_THAT(drop_oldest(tokens, 0, 2), ElementsAre(4, 5));
  EXPECT_THAT(drop_oldest(tokens, 0, 5), ElementsAre(1, 2, 3, 4, 5));
}

}  // namespace
}  // namespace hearth::engine
