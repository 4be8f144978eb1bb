// Rules for a real vocabulary: looked for quickly, made once, and given up when nobody waits.
#include "engine/rule_book.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include "places.h"

namespace hearth::engine {
namespace {

class RuleBookTest : public ::testing::Test {
 protected:
  void SetUp() override {
    Fd file(::open(testing::model_path("tiny-llama-f16").c_str(), O_RDONLY | O_CLOEXEC));
    auto model = Model::load(ModelFiles(std::move(file)), {}, [](float) {});
    ASSERT_TRUE(model.has_value()) << model.error().to_string();
    model_ = *std::move(model);
    book_ = std::make_unique<RuleBook>(*model_);
  }
  RuleBook::Found orders(const std::string& schema) const {
    chat::Request asked;
    asked.constraint = {chat::Constraint::Kind::kSchema, schema};
    return book_->orders(asked, {}, {});
  }

  std::unique_ptr<Model> model_;
  std::unique_ptr<RuleBook> book_;
};

constexpr const char* kDigits = R"({"type":"string","pattern":"^[0-9]{4}$"})";

TEST_F(RuleBookTest, TwoThatWantTheSameNewSchemaShareWhatIsMadeOnce) {
  RuleBook::Found first = orders(kDigits);
  RuleBook::Found second = orders(kDigits);
  EXPECT_FALSE(first.is_whole);
  EXPECT_FALSE(second.is_whole);
  const auto made = book_->complete(std::move(first), {});
  const auto shared = book_->complete(std::move(second), {});
  ASSERT_TRUE(made.has_value() && shared.has_value());
  ASSERT_TRUE(made->rule.has_value() && shared->rule.has_value());
  EXPECT_EQ(made->rule->grammar, shared->rule->grammar);
  EXPECT_EQ(made->rule->masks, shared->rule->masks);
  const RuleBook::Found third = orders(kDigits);
  EXPECT_TRUE(third.is_whole);
  EXPECT_EQ(third.orders.rule->grammar, made->rule->grammar);
}

TEST_F(RuleBookTest, WhatIsFreeIsWholeAtOnce) {
  const auto found = book_->orders(chat::Request(), {}, {});
  EXPECT_TRUE(found.is_whole);
  EXPECT_FALSE(found.orders.rule.has_value());
}

TEST_F(RuleBookTest, ALimitToThinkingNeedsTheWordsOfTheModelAndNoRule) {
  chat::Request asked;
  asked.thinking.tokens_max = 10;
  auto found = book_->orders(asked, {}, {});
  EXPECT_FALSE(found.is_whole);
  const auto orders = book_->complete(std::move(found), {});
  ASSERT_TRUE(orders.has_value());
  EXPECT_FALSE(orders->rule.has_value());
  EXPECT_EQ(book_->lexicon().spell("ab").empty(), false);
  EXPECT_TRUE(book_->orders(asked, {}, {}).is_whole);
}

// Which one may loosen where it is the model's choice whether it calls, and must refuse otherwise.
TEST_F(RuleBookTest, ARuleOfCallsThatMayComeIsNotThatOfCallsThatHaveTo) {
  const dialogue::CallGrammar calls{
      R"(root ::= "call " arguments-0
arguments-0 ::= "{" [^}]* "}")",
      {{.rule = "arguments-0",
        .tool = "add",
        .parameters = R"({"type":"object","properties":{"n":{"not":{"const":4}}}})",
        .outline = R"({"type":"object","properties":{"n":{}}})"}}};
  dialogue::AnswerFormat format;
  format.grammar = calls;
  format.calls = calls;
  chat::Request asked;
  asked.tools = {{"add", "", calls.arguments.front().parameters}};
  ASSERT_TRUE(book_->complete(book_->orders(asked, format, {}), {}).has_value());
  EXPECT_TRUE(book_->orders(asked, format, {}).is_whole);
  asked.tool_choice.kind = chat::ToolChoice::Kind::kRequired;
  auto found = book_->orders(asked, format, {});
  EXPECT_FALSE(found.is_whole);
  const auto refused = book_->complete(std::move(found), {});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, Code::kInvalidArgument);
}

TEST_F(RuleBookTest, NothingIsMadeForWhoIsGone) {
  base::CancelSource gone;
  gone.cancel();
  const auto orders_of_gone = book_->complete(orders(kDigits), gone.token());
  ASSERT_FALSE(orders_of_gone.has_value());
  EXPECT_EQ(orders_of_gone.error().code, Code::kCancelled);
  EXPECT_FALSE(orders(kDigits).is_whole);
}

}  // namespace
}  // namespace hearth::engine
