#include "provider/directed.h"

#include <gmock/gmock.h>

namespace hearth::provider {
namespace {

using chat::Message;
using chat::Request;
using chat::Role;
using store::Directions;
using store::Speaker;

TEST(Directed, ParametersStandWhereAClientSaysNothing) {
  Directions directions;
  directions.parameters = {{"temperature", "0.1"}, {"top_k", "7"},         {"top_p", "0.5"},
                           {"seed", "-42"},        {"stop", "<end>"},      {"stop", "User:"},
                           {"num_predict", "33"},  {"repeat_last_n", "-1"}};
  const Request request = blank_request(directions);
  Request expected;
  expected.sampling.temperature = 0.1F;
  expected.sampling.top_k = 7;
  expected.sampling.top_p = 0.5F;
  expected.sampling.seed = static_cast<std::uint64_t>(-42);
  expected.sampling.repeat_last_n = chat::kWholeContext;
  expected.stop = {"<end>", "User:"};
  expected.max_tokens = 33;
  EXPECT_EQ(request, expected);
}

TEST(Directed, AnswersMayBeAsLongAsThereIsRoom) {
  Directions directions;
  directions.parameters = {{"num_predict", "-1"}};
  EXPECT_GT(blank_request(directions).max_tokens, 1'000'000U);
}

TEST(Directed, WhatCannotBeChangesNothing) {
  Directions directions;
  directions.parameters = {{"temperature", "hot"}, {"temperature", "nan"}, {"temperature", "-1"},
                           {"top_k", "1.5"},       {"top_k", "-1"},        {"num_predict", "0"},
                           {"stop", ""},           {"mirostat", "3"},      {"top_p", "0.5x"},
                           {"seed", "1.5"},        {"num_ctx", "9"},       {"whatever", "1"}};
  directions.parameters.push_back({"stop", std::string(chat::kStopBytesMax + 1, 'x')});
  EXPECT_EQ(blank_request(directions), Request{});
}

TEST(Directed, KeepsNoMoreStopsThanARequestMayHave) {
  Directions directions;
  directions.parameters.assign(chat::kStopsMax + 3, {"stop", "x"});
  EXPECT_EQ(blank_request(directions).stop.size(), chat::kStopsMax);
}

Directions speaking() {
  Directions directions;
  directions.system = "Be brief.";
  directions.messages = {{Speaker::kUser, "Hi"}, {Speaker::kAssistant, "Hello"}};
  return directions;
}

TEST(Directed, AConversationBeginsAsTheModelsAuthorWantsIt) {
  std::vector<Message> messages = {{Role::kUser, "Who are you?"}};
  begin_conversation(speaking(), messages);
  EXPECT_THAT(messages,
              testing::ElementsAre(Message{Role::kSystem, "Be brief."}, Message{Role::kUser, "Hi"},
                                   Message{Role::kAssistant, "Hello"},
                                   Message{Role::kUser, "Who are you?"}));
}

TEST(Directed, AClientsSystemMessageStandsInPlaceOfTheModels) {
  std::vector<Message> messages = {{Role::kSystem, "Be kind."}, {Role::kUser, "Who are you?"}};
  Directions directions = speaking();
  directions.messages.insert(directions.messages.begin(), {Speaker::kSystem, "Be loud."});
  begin_conversation(directions, messages);
  EXPECT_THAT(messages,
              testing::ElementsAre(Message{Role::kSystem, "Be kind."}, Message{Role::kUser, "Hi"},
                                   Message{Role::kAssistant, "Hello"},
                                   Message{Role::kUser, "Who are you?"}));
}

TEST(Directed, WithoutDirectionsNothingIsAdded) {
  std::vector<Message> messages = {{Role::kUser, "Who are you?"}};
  begin_conversation({}, messages);
  EXPECT_EQ(messages.size(), 1U);
}

}  // namespace
}  // namespace hearth::provider
