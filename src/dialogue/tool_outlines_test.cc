#include "dialogue/tool_outlines.h"

#include <gmock/gmock.h>

#include "dialogue/testing/known_templates.h"

namespace hearth::dialogue {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const std::vector<chat::Tool>& alike() {
  static const std::vector<chat::Tool> tools = {
      {"a_b", "One.", R"({"type":"object","properties":{"c d":{"type":"string","pattern":"^x"}},
         "required":["c d"]})"},
      {"a.b", "Other.", R"({"type":"object","properties":{"c-d":{"$ref":"#here"}},
         "$defs":{"x":{"$anchor":"here","type":"integer"}}})"},
      {"c", "", ""}};
  return tools;
}

TEST(ToolOutlines, TellOfToolsUnderNumbers) {
  const auto outlines = ToolOutlines::create(alike());
  ASSERT_TRUE(outlines);
  const std::vector<chat::Tool> told = outlines->told();
  ASSERT_EQ(told.size(), 3U);
  EXPECT_NE(told[0].name, told[1].name);
  for (const chat::Tool& tool : told) {
    EXPECT_TRUE(std::all_of(tool.name.begin(), tool.name.end(),
                            [](char byte) { return std::isalnum(byte) != 0; }));
  }
  EXPECT_THAT(told[0].parameters, Not(HasSubstr("c d")));
  EXPECT_THAT(told[0].parameters, Not(HasSubstr("pattern")));
  EXPECT_EQ(outlines->find_tool(told[1].name)->name, "a.b");
  EXPECT_EQ(outlines->find_tool("a.b"), nullptr);
  EXPECT_EQ(outlines->revealed("<f=" + told[1].name + "><f=" + told[0].name + ">"),
            "<f=a.b><f=a_b>");
  EXPECT_THAT(outlines->revealed(told[0].parameters), HasSubstr("c d"));
  EXPECT_EQ(outlines->revealed("hearthtool9x hearthmember"), "hearthtool9x hearthmember");
}

TEST(ToolOutlines, NameTheToolWhoseParametersAreNoSchema) {
  const auto outlines = ToolOutlines::create({{"sum", "", R"({"type":"array"})"}});
  ASSERT_FALSE(outlines);
  EXPECT_EQ(outlines.error().code, Code::kInvalidArgument);
  EXPECT_THAT(outlines.error().message, HasSubstr("'sum'"));
}

class ToolsInAPrompt : public ::testing::TestWithParam<const char*> {};

TEST_P(ToolsInAPrompt, AreShownAsTheyWereSent) {
  const auto made = testing::load_template(GetParam());
  ASSERT_NE(made, nullptr);
  chat::Request request;
  request.messages = {testing::said(chat::Role::kUser, "Hello.")};
  request.tools = alike();
  for (const bool goes_on : {false, true}) {
    if (goes_on) request.messages.push_back(testing::said(chat::Role::kAssistant, "Well,"));
    request.continue_last = goes_on;
    const auto rendered = made->render(request);
    ASSERT_TRUE(rendered) << rendered.error().message;
    const std::string prompt = testing::joined(rendered->pieces);
    EXPECT_THAT(prompt, HasSubstr("a.b"));
    EXPECT_THAT(prompt, HasSubstr("c d"));
    EXPECT_THAT(prompt, HasSubstr("#here"));
    EXPECT_THAT(prompt, Not(HasSubstr("hearth")));
    EXPECT_THAT(rendered->format.grammar.text, HasSubstr("a.b"));
  }
}

INSTANTIATE_TEST_SUITE_P(Families, ToolsInAPrompt,
                         ::testing::Values("Qwen-Qwen3-0.6B", "GLM-4.6", "MiniMax-M2",
                                           "Kimi-K2-Instruct"),
                         [](const auto& family) {
                           std::string name = family.param;
                           std::erase_if(name, [](char byte) { return std::isalnum(byte) == 0; });
                           return name;
                         });

}  // namespace
}  // namespace hearth::dialogue
