#include "api/openai/thinking_fields.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/testing/chat_bodies.h"

namespace hearth::api::openai {
namespace {

using chat::TemplateArgument;
using chat::Thinking;
using ::testing::ElementsAre;
using testing::request_of;
using testing::with;
using Mode = Thinking::Mode;

TEST(ThinkingFields, EveryWayToSayItArrives) {
  const std::pair<const char*, Thinking> cases[] = {
      {R"("n":1)", {}},
      {R"("reasoning_effort":null)", {}},
      {R"("reasoning_effort":"none")", {Mode::kOff}},
      {R"("reasoning_effort":"low")", {Mode::kDefault, {}, "low"}},
      {R"("reasoning_effort":"xhigh")", {Mode::kDefault, {}, "xhigh"}},
      {R"("hearth":{"thinking":true})", {Mode::kOn}},
      {R"("hearth":{"thinking":false})", {Mode::kOff}},
      {R"("chat_template_kwargs":{"enable_thinking":true})", {Mode::kOn}},
      {R"("chat_template_kwargs":{"enable_thinking":false})", {Mode::kOff}},
      {R"("chat_template_kwargs":{"reasoning_effort":"high"})", {Mode::kDefault, {}, "high"}},
      {R"("thinking_budget_tokens":0)", {Mode::kDefault, 0}},
      {R"("reasoning_budget_tokens":100)", {Mode::kDefault, 100}},
      {R"("reasoning_budget_tokens":-1)", {}},
      {R"("reasoning_budget_tokens":7,"thinking_budget_tokens":7)", {Mode::kDefault, 7}},
      {R"("reasoning_effort":"none","hearth":{"thinking":false})", {Mode::kOff}},
      {R"("reasoning_effort":"high","hearth":{"thinking":true})", {Mode::kOn, {}, "high"}},
      {R"("reasoning_format":"auto")", {}},
      {R"("reasoning_format":"deepseek")", {}},
  };
  for (const auto& [fields, expected] : cases)
    EXPECT_EQ(request_of(with(fields)).thinking, expected) << fields;
}

TEST(ThinkingFields, VariablesOfTheTemplateArriveAsJson) {
  const chat::Request request =
      request_of(with(R"("chat_template_kwargs":{"enable_thinking":true,"x":"a\"b",)"
                      R"("y":[1,{"z":null}],"n":null})"));
  EXPECT_THAT(request.template_arguments, ElementsAre(TemplateArgument{"x", R"("a\"b")"},
                                                      TemplateArgument{"y", R"([1,{"z":null}])"},
                                                      TemplateArgument{"n", "null"}));
}

TEST(ThinkingFields, NameWhatIsWrong) {
  const testing::WrongField cases[] = {
      {R"("reasoning_effort":5)", "reasoning_effort"},
      {R"("reasoning_effort":"huge")", "reasoning_effort"},
      {R"("reasoning_budget_tokens":-2)", "reasoning_budget_tokens"},
      {R"("thinking_budget_tokens":"few")", "thinking_budget_tokens"},
      {R"("reasoning_budget_message":"enough")", "reasoning_budget_message"},
      {R"("reasoning_format":"none")", "reasoning_format"},
      {R"("reasoning_format":"deepseek-legacy")", "reasoning_format"},
      {R"("hearth":{"thinking":"on"})", "hearth.thinking"},
      {R"("chat_template_kwargs":[])", "chat_template_kwargs"},
      {R"("chat_template_kwargs":{"enable_thinking":"true"})",
       "chat_template_kwargs.enable_thinking"},
      {R"("chat_template_kwargs":{"messages":[]})", "chat_template_kwargs.messages"},
      {R"("chat_template_kwargs":{"tools":[]})", "chat_template_kwargs.tools"},
      // Two that contradict each other.
      {R"("reasoning_effort":"none","hearth":{"thinking":true})", "hearth.thinking"},
      {R"("hearth":{"thinking":false},"chat_template_kwargs":{"enable_thinking":true})",
       "chat_template_kwargs.enable_thinking"},
      {R"("reasoning_budget_tokens":7,"thinking_budget_tokens":8)", "thinking_budget_tokens"},
      {R"("reasoning_effort":"low","chat_template_kwargs":{"reasoning_effort":"high"})",
       "chat_template_kwargs.reasoning_effort"},
  };
  for (const auto& [fields, name] : cases)
    testing::expect_refused_by_name(with(fields), name);
}

TEST(ThinkingFields, VariablesAreBounded) {
  std::string many = R"("chat_template_kwargs":{"v":1)";
  for (std::size_t i = 1; i < chat::kTemplateArgumentsMax; ++i)
    many += ",\"v" + std::to_string(i) + "\":1";
  EXPECT_EQ(request_of(with(many + "}")).template_arguments.size(), chat::kTemplateArgumentsMax);
  testing::expect_refused_by_name(with(many + ",\"w\":1}"), "chat_template_kwargs");
  const std::string long_name(kTemplateArgumentNameBytesMax + 1, 'x');
  EXPECT_EQ(testing::error_of(with(R"("chat_template_kwargs":{")" + long_name + "\":1}")).code,
            Code::kInvalidArgument);
  testing::expect_refused_by_name(with(R"("chat_template_kwargs":{"v":")" +
                                       std::string(kTemplateArgumentBytesMax, 'x') + "\"}"),
                                  "chat_template_kwargs.v");
}

}  // namespace
}  // namespace hearth::api::openai
