// Who waits for whose grammar in the real hearth-runner: those that bring a new one, and nobody
// else.
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runner_fixture.h"

namespace hearth::testing {
namespace {

using Kind = chat::Constraint::Kind;

// Words by chance: to compile them takes longer than a short answer.
std::string large_grammar(std::uint32_t seed) {
  constexpr int kWords = 3'000;
  constexpr int kLetters = 20;
  std::mt19937 random(seed);
  std::string grammar = "root ::= ";
  for (int word = 0; word < kWords; ++word) {
    grammar += word > 0 ? "|\"" : "\"";
    for (int letter = 0; letter < kLetters; ++letter)
      grammar += static_cast<char>('a' + random() % 26);
    grammar += '"';
  }
  return grammar;
}

chat::Request bound(std::string grammar) {
  chat::Request request = make_request("hello", 60);
  request.constraint = {Kind::kGrammar, std::move(grammar)};
  return request;
}

TEST_F(RunnerTest, APromptWithoutANewGrammarWaitsForNobodysGrammar) {
  load("tiny-llama-f16");
  const std::string known = R"(root ::= "yes" | "no")";
  EXPECT_EQ(ask(bound(known)).finished, Reason::kStop);
  runner_.send_together({{11, wire::Generate{bound(large_grammar(1))}},
                         {12, wire::Generate{bound(large_grammar(2))}},
                         {13, wire::Generate{bound(large_grammar(3))}},
                         {14, wire::Generate{bound(large_grammar(4))}},
                         {15, wire::Generate{make_request("hello", 3)}},
                         {16, wire::Generate{bound(known)}}});
  EXPECT_EQ(runner_.finish(15).finished, Reason::kLength);
  EXPECT_EQ(runner_.finish(16).finished, Reason::kStop);
  EXPECT_EQ(runner_.kept(14), 0U);  // it was not even begun
  for (const std::uint32_t request : {11U, 12U, 13U, 14U}) {
    const Answer answer = runner_.finish(request);
    EXPECT_EQ(answer.finished, Reason::kStop);
    EXPECT_EQ(answer.text.size(), 20U) << answer.text;
  }
}

TEST_F(RunnerTest, WhoGoesAwayLeavesTheirTurnToTheNextGrammar) {
  load("tiny-llama-f16");
  std::vector<std::pair<std::uint32_t, wire::Message>> messages;
  for (std::uint32_t request = 11; request < 31; ++request)
    messages.emplace_back(request, wire::Generate{bound(large_grammar(request))});
  for (std::uint32_t request = 11; request < 31; ++request)
    messages.emplace_back(request, wire::Cancel{});
  messages.emplace_back(31, wire::Generate{bound(R"(root ::= "yes")")});
  runner_.send_together(std::move(messages));
  EXPECT_EQ(runner_.finish(31).text, "yes");
  for (std::uint32_t request = 11; request < 31; ++request) {
    const Answer answer = runner_.finish(request);
    ASSERT_TRUE(answer.failed.has_value());
    EXPECT_EQ(answer.failed->code, Code::kCancelled);
  }
}

TEST_F(RunnerTest, ARunnerThatEndsAnswersThoseWhoWaitForTheirGrammar) {
  load("tiny-llama-f16");
  for (std::uint32_t request = 11; request < 19; ++request)
    runner_.generate(request, bound(large_grammar(request)));
  runner_.send(0, wire::Shutdown{});
  for (std::uint32_t request = 11; request < 19; ++request) {
    const Answer answer = runner_.finish(request);
    if (answer.finished) continue;
    ASSERT_TRUE(answer.failed.has_value());
    EXPECT_EQ(answer.failed->code, Code::kUnavailable);
  }
}

}  // namespace
}  // namespace hearth::testing
