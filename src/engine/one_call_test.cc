// One call at a time in every family's words: an answer that is over where its grammar first lets
// it end is one whole call.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "constraint/gbnf.h"
#include "constraint/matcher.h"
#include "constraint/testing/rule_sampler.h"
#include "dialogue/testing/known_templates.h"
#include "dialogue/tool_trigger.h"
#include "engine/call_rules.h"

namespace hearth::engine {
namespace {

using chat::ToolChoice;
using dialogue::AnswerFormat;
using dialogue::testing::hear;
using dialogue::testing::Heard;

constexpr int kSamples = 40;
// Its section of calls has to be closed before the grammar ends, and holds any number of them: the
// reader ends the answer where the second one begins (dialogue's families_test).
constexpr std::string_view kInSections = "Kimi-K3";

class OneCall : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    template_ = dialogue::testing::load_template(GetParam());
    ASSERT_NE(template_, nullptr);
  }
  AnswerFormat format_of(ToolChoice::Kind kind) const {
    chat::Request request;
    request.messages = {dialogue::testing::said(chat::Role::kUser, "Hello.")};
    request.tools = dialogue::testing::two_tools();
    request.tool_choice.kind = kind;
    request.parallel_tool_calls = false;
    const auto rendered = template_->render(request);
    return rendered ? rendered->format : AnswerFormat();
  }
  std::unique_ptr<dialogue::ChatTemplate> template_;
};

// What is written of a text before the answer may end. REQUIRES: a text of the grammar.
std::string first_of(const constraint::Rules& rules, const std::string& text) {
  constraint::Matcher matcher(*constraint::Grammar::compile(rules));
  for (std::size_t i = 0; i < text.size(); ++i) {
    EXPECT_TRUE(*matcher.accept(text.substr(i, 1)));
    if (matcher.may_end()) return text.substr(0, i + 1);
  }
  ADD_FAILURE() << "no end: " << text;
  return text;
}

// Some grammars let things be written that their parsers do not read; that is not asked here.
void expect_one_call(const AnswerFormat& format, const std::string& whole,
                     const std::string& first) {
  const Heard all = hear(format, {whole});
  if (all.calls.empty()) return;
  const Heard heard = hear(format, {first});
  ASSERT_EQ(heard.calls.size(), 1U) << whole << "\n" << first;
  EXPECT_EQ(heard.calls.front(), all.calls.front()) << whole << "\n" << first;
}

TEST_P(OneCall, IsWholeWhereTheGrammarFirstEnds) {
  if (!template_->capabilities().tools || GetParam() == kInSections) return;
  for (const auto kind : {ToolChoice::Kind::kAuto, ToolChoice::Kind::kRequired}) {
    const AnswerFormat format = format_of(kind);
    const bool chosen = kind == ToolChoice::Kind::kAuto;
    const dialogue::CallGrammar& grammar = chosen ? format.grammar : format.calls;
    if (grammar.text.empty()) continue;
    auto rules = constraint::parse_gbnf(grammar.text);
    ASSERT_TRUE(rules) << rules.error().message;
    constraint::Effort effort;
    ASSERT_TRUE(hold_to_schemas(*rules, {grammar, true}, effort));
    constraint::testing::RuleSampler sampler(*rules, 11);
    for (int i = 0; i < kSamples && !HasFailure(); ++i) {
      const std::string text = sampler.sample();
      // A grammar holds only behind its trigger.
      if (chosen && dialogue::find_trigger(*format.trigger, text, 0) != 0) continue;
      const std::string thought = format.thinking_begun ? "So." + format.thinking_end : "";
      expect_one_call(format, thought + text, thought + first_of(*rules, text));
    }
  }
}

std::string name_of(const ::testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  for (char& byte : name) {
    if (std::isalnum(static_cast<unsigned char>(byte)) == 0) byte = '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Templates, OneCall,
                         ::testing::ValuesIn(dialogue::testing::known_templates()), name_of);

}  // namespace
}  // namespace hearth::engine
