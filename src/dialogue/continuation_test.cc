// Answers that the prompt has begun, in every family: nothing of their beginning is given again,
// and a call that was begun is given whole.
#include <gmock/gmock.h>

#include "dialogue/testing/known_templates.h"

namespace hearth::dialogue {
namespace {

using testing::hear;
using testing::Heard;
using testing::said;

// Some look like the beginning of a mark of some family.
constexpr const char* kBeginnings[] = {
    "Sure. ", "if (x <", "<", "[", "{", "Well,\n\n", "<|", "[TOOL_", "Action", ">>", "<tool_call>"};
constexpr const char* kRest = " 386. That is <b>all</b>, [1] {2}.";

chat::Request begun(const std::string& text, const std::string& thinking = "") {
  chat::Request request;
  request.messages = {said(chat::Role::kUser, "What is 4 + 5?"),
                      {.role = chat::Role::kAssistant, .content = text, .thinking = thinking}};
  request.continue_last = true;
  return request;
}

class BegunAnswer : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override { ASSERT_NE(template_, nullptr); }
  AnswerFormat format_of(const chat::Request& request) const {
    const auto rendered = template_->render(request);
    EXPECT_TRUE(rendered) << rendered.error().message;
    return rendered ? rendered->format : AnswerFormat();
  }
  std::unique_ptr<ChatTemplate> template_ = testing::load_template(GetParam());
};

TEST_P(BegunAnswer, GivesNothingOfTheBeginningAgain) {
  for (const bool calls : {false, true}) {
    if (calls && !template_->capabilities().tools) return;
    for (const char* beginning : kBeginnings) {
      chat::Request request = begun(beginning);
      if (calls) request.tools = testing::two_tools();
      const AnswerFormat format = format_of(request);
      const Heard heard = hear(format, {kRest});
      EXPECT_EQ(heard.text, kRest) << beginning << " with tools: " << calls;
      EXPECT_EQ(heard.thinking, "") << beginning;
      EXPECT_EQ(testing::hear_bytes(format, kRest), heard) << beginning;
      EXPECT_EQ(hear(format, {}), Heard()) << beginning << " with tools: " << calls;
    }
  }
}

TEST_P(BegunAnswer, GivesNothingOfThinkingAgain) {
  if (!template_->capabilities().thinking) return;
  for (const char* beginning : {"If x <", "So", "<"}) {
    const AnswerFormat format = format_of(begun("", beginning));
    if (!format.thinking_begun) return;
    const std::string answer = " 3, then" + format.thinking_end + "It is 9.";
    const Heard heard = hear(format, {answer});
    EXPECT_THAT(heard.thinking, ::testing::AnyOf(" 3, then", "3, then")) << beginning;
    EXPECT_EQ(testing::hear_bytes(format, answer), heard) << beginning;
  }
}

TEST(BegunCall, IsGivenWhole) {
  const std::string whole =
      "Well. <tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\": 417, \"b\": "
      "386}}\n</tool_call>";
  const auto chat_template = testing::load_template("Qwen-Qwen2.5-7B-Instruct");
  for (std::size_t cut = 1; cut <= whole.size(); ++cut) {
    chat::Request request = begun(whole.substr(0, cut));
    request.tools = testing::two_tools();
    const AnswerFormat format = chat_template->render(request)->format;
    const Heard heard = hear(format, {std::string_view(whole).substr(cut)});
    ASSERT_THAT(heard.calls, ::testing::SizeIs(1)) << cut;
    EXPECT_EQ(heard.calls[0].name, "add");
    EXPECT_EQ(heard.calls[0].arguments, R"({"a": 417, "b": 386})") << cut;
    EXPECT_EQ(heard.text, cut < 5 ? whole.substr(cut, 5 - cut) : "") << cut;
    EXPECT_THAT(heard.warnings, ::testing::IsEmpty()) << cut;
  }
}

TEST(BegunCall, HasAnIdAndIsToldBeforeItEnds) {
  chat::Request request = begun("<tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\": 4");
  request.tools = testing::two_tools();
  const auto reader = AnswerReader::create(
      testing::load_template("Qwen-Qwen2.5-7B-Instruct")->render(request)->format);
  Heard heard;
  heard.add(reader->add("17, \"b\""));
  ASSERT_THAT(heard.calls, ::testing::SizeIs(1));
  EXPECT_THAT(heard.calls[0].id, ::testing::StartsWith("call_"));
  EXPECT_THAT(heard.calls[0].arguments, ::testing::StartsWith(R"({"a": 417)"));
}

TEST_P(BegunAnswer, ThatNestsTooDeepIsText) {
  if (!template_->capabilities().tools) return;
  const std::string deep(100'000, '[');
  for (const char* mark : {R"(<tool_call>
{"name": "add", "arguments": {"a": )",
                           R"({"name": "add", "parameters": {"a": )", "[TOOL_CALLS]add[ARGS]{"}) {
    chat::Request request = begun(mark + deep);
    request.tools = testing::two_tools();
    EXPECT_EQ(hear(format_of(request), {"] so"}).text, "] so") << mark;
  }
}

std::string name_of(const ::testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  for (char& byte : name) {
    if (std::isalnum(static_cast<unsigned char>(byte)) == 0) byte = '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Templates, BegunAnswer, ::testing::ValuesIn(testing::known_templates()),
                         name_of);

}  // namespace
}  // namespace hearth::dialogue
