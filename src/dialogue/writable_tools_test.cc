// Tools with the schemas that people send, in the prompts of every family.
#include "dialogue/writable_tools.h"

#include <gmock/gmock.h>

#include "chat/request_part.h"
#include "dialogue/testing/known_templates.h"

namespace hearth::dialogue {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::tool_of;

// A template that fails where one of these texts stands in the parameters.
WriteTool refusing(std::vector<std::string> texts) {
  return [texts](const chat::Tool& tool) -> Result<void> {
    for (const std::string& text : texts) {
      if (tool.parameters.find(text) != std::string::npos)
        return fail(Code::kInvalidArgument, "what is " + text);
    }
    return {};
  };
}

TEST(WritableTools, StayAsTheyAreWhereTheyCanBeWritten) {
  const std::vector<chat::Tool> tools = {tool_of("f", R"({"type":["string","null"]})"),
                                         {"g", "", ""}};
  EXPECT_EQ(writable_tools(tools, refusing({"$ref"})), tools);
}

TEST(WritableTools, OnlyThoseThatCannotBeWrittenBecomePlain) {
  const std::vector<chat::Tool> tools = {tool_of("f", R"({"$ref":"#/$defs/x"})"),
                                         tool_of("g", R"({"type":["string","null"]})")};
  const auto made = writable_tools(tools, refusing({"[\"string\""}));
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->at(0), tools[0]);
  EXPECT_EQ(made->at(1).name, "g");
  EXPECT_EQ(made->at(1).description, "Does g.");
  EXPECT_EQ(made->at(1).parameters, R"({"type":"object","properties":{"a":{"type":"string",)"
                                    R"("description":"Also allowed: null."}}})");
}

TEST(WritableTools, ListsAreToldInWordsWhereATemplateKnowsNone) {
  const auto made = writable_tools({tool_of("f", R"({"type":"array"})")}, refusing({R"("array")"}));
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_THAT(made->at(0).parameters, HasSubstr("As a JSON schema: {\\\"type\\\":\\\"array\\\""));
}

TEST(WritableTools, WhatCannotBeWrittenAtAllIsNamedWithItsToolAndWhatToDo) {
  chat::Tool tool = tool_of("f", R"({"type":"string"})");
  tool.parameters =
      R"({"type":"object","properties":{"a":{"type":"string"},"b c":{"type":"integer"}}})";
  const auto refused = writable_tools({tool_of("e", "{}"), tool}, refusing({"integer"}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kInvalidArgument);
  EXPECT_THAT(refused.error().message,
              AllOf(HasSubstr("the tool 'f', property 'b c': what is integer; give it"),
                    HasSubstr("model.chat_template")));
  EXPECT_EQ(chat::find_part(refused.error().context),
            (chat::RequestPart{chat::RequestPart::Kind::kParameters, 1}));
}

TEST(WritableTools, WhereSeveralPropertiesFailTogetherTheToolIsNamed) {
  const auto refused = writable_tools({{"f", "", R"({"properties":{"a":{"type":"string"},
      "b":{"type":"string"}},"required":["a","b"]})"}},
                                      refusing({"required"}));
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("the tool 'f': what is required; give each"));
}

TEST(WritableTools, OfManyPropertiesTheFirstAreTried) {
  std::string members;
  for (int i = 0; i < 1'000; ++i)
    members += (i == 0 ? "\"m" : ",\"m") + std::to_string(i) + R"(":{"type":"string"})";
  std::size_t tried = 0;
  const WriteTool write = [&](const chat::Tool& tool) -> Result<void> {
    ++tried;
    if (tool.parameters.size() > 1'000) return fail(Code::kInvalidArgument, "too many");
    return {};
  };
  EXPECT_FALSE(writable_tools({{"f", "", R"({"properties":{)" + members + "}}"}}, write));
  EXPECT_LE(tried, kPropertiesTried + 4);
}

TEST(WritableTools, StayAsTheyAreWhereTheirSchemasDoNotHinder) {
  const std::vector<chat::Tool> tools = {tool_of("f", "{}"), {"g", "", ""}};
  EXPECT_EQ(writable_tools(tools, refusing({""})), tools);
}

TEST(WritableTools, NobodyGoesOnOnceARunWasStopped) {
  std::size_t tried = 0;
  const auto stopped = writable_tools({tool_of("f", "{}"), tool_of("g", "{}")},
                                      [&](const chat::Tool&) -> Result<void> {
                                        ++tried;
                                        return fail(Code::kCancelled, "cancelled");
                                      });
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, Code::kCancelled);
  EXPECT_EQ(tried, 1U);
}

// --- in real templates

chat::Request question(std::vector<chat::Tool> tools) {
  chat::Request request;
  request.messages = {testing::said(chat::Role::kUser, "Hello.")};
  request.tools = std::move(tools);
  request.tool_choice.kind = chat::ToolChoice::Kind::kRequired;
  return request;
}

// They fail at a list of types.
const std::vector<std::string>& families_in_need() {
  static const std::vector<std::string> families = {"ByteDance-Seed-OSS",
                                                    "CohereForAI-c4ai-command-r-plus-tool_use",
                                                    "GigaChat3-10B-A1.8B",
                                                    "GigaChat3.1-10B-A1.8B",
                                                    "NousResearch-Hermes-2-Pro-Llama-3-8B-tool_use",
                                                    "NousResearch-Hermes-3-Llama-3.1-8B-tool_use"};
  return families;
}

class ToolsOfAFamily : public ::testing::TestWithParam<std::string> {};

TEST_P(ToolsOfAFamily, AreWrittenWhateverFormTheirSchemasHave) {
  const auto made = testing::load_template(GetParam());
  ASSERT_NE(made, nullptr);
  if (!made->capabilities().tools) return;
  const chat::Request request = question(testing::tools_of_all_forms());
  const auto rendered = made->render(request);
  ASSERT_TRUE(rendered) << rendered.error().message;
  const std::string prompt = testing::joined(rendered->pieces);
  for (const chat::Tool& tool : request.tools) {
    EXPECT_THAT(prompt, HasSubstr(tool.name));
    EXPECT_THAT(rendered->format.calls.text, HasSubstr(tool.name));
  }
  for (const CallArguments& arguments : rendered->format.calls.arguments)
    EXPECT_THAT(arguments.parameters, HasSubstr("$defs"));  // held to its own
  const auto& in_need = families_in_need();
  const bool needs = std::find(in_need.begin(), in_need.end(), GetParam()) != in_need.end();
  EXPECT_EQ(prompt.find("Also allowed: null.") != std::string::npos, needs);
}

INSTANTIATE_TEST_SUITE_P(Templates, ToolsOfAFamily, ::testing::ValuesIn(testing::known_templates()),
                         [](const auto& family) {
                           std::string name = family.param;
                           for (char& byte : name) {
                             if (std::isalnum(static_cast<unsigned char>(byte)) == 0) byte = '_';
                           }
                           return name;
                         });

constexpr std::string_view kFailsAt = R"({%- for tool in tools %}
  {%- for name, spec in tool.function.parameters.properties.items() %}
    {%- if spec.type is not string or spec.type == 'integer' %}
      {{- raise_exception('no numbers, please') }}
    {%- endif %}
    {{- name + ': ' + spec.type }}
  {%- endfor %}
{%- endfor %})";

std::unique_ptr<ChatTemplate> picky_template(std::vector<std::string> special_texts = {}) {
  std::string text = testing::template_text("Qwen-Qwen2.5-7B-Instruct");
  text.insert(0, kFailsAt);
  auto made = ChatTemplate::create({.text = text, .special_texts = std::move(special_texts)});
  EXPECT_TRUE(made) << made.error().message;
  return made ? std::move(*made) : nullptr;
}

TEST(WritableToolsOfATemplate, AreRefusedByNameWhereNothingHelps) {
  const auto made = picky_template({"<|end|>"});
  const auto refused = made->render(question(
      {tool_of("fine", R"({"type":"string"})"), tool_of("a<|end|>", R"({"type":"integer"})")}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kInvalidArgument);
  EXPECT_THAT(refused.error().message,
              AllOf(HasSubstr("the tool 'a<|end|>', property 'a'"), HasSubstr("no numbers, please"),
                    Not(HasSubstr("hearth"))));
  EXPECT_EQ(chat::find_part(refused.error().context),
            (chat::RequestPart{chat::RequestPart::Kind::kParameters, 1}));
}

TEST(WritableToolsOfATemplate, AreFoundOnceForAllRequestsThatBringThem) {
  const auto made = picky_template({"<|end|>"});
  chat::Request request = question({tool_of("f", R"({"enum":["<|end|>",1]})")});
  for (const char* words : {"Once.", "Again.", "And again."}) {
    request.messages.back().content = words;
    const auto written = made->write(request);
    ASSERT_TRUE(written) << written.error().message;
    EXPECT_THAT(testing::joined(*written), AllOf(HasSubstr("a: string"), HasSubstr(words)));
    EXPECT_THAT(*written, ::testing::Contains(PromptPiece{"<|end|>", false}));
  }
}

TEST(WritableToolsOfATemplate, WhatIsNoFaultOfToolsIsSaidAsItIs) {
  std::string text = testing::template_text("Qwen-Qwen2.5-7B-Instruct");
  text.insert(0, "{% if messages[0].content == 'no' %}{{ raise_exception('not so') }}{% endif %}");
  const auto strict = ChatTemplate::create({.text = text});
  ASSERT_TRUE(strict) << strict.error().message;
  chat::Request request = question({tool_of("f", R"({"type":["string","null"]})")});
  request.messages.back().content = "no";
  const auto refused = (*strict)->render(request);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message,
              AllOf(HasSubstr("not so"), Not(HasSubstr("'f'")), Not(HasSubstr("parser"))));
}

}  // namespace
}  // namespace hearth::dialogue
