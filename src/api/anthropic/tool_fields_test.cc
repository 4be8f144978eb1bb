#include "api/anthropic/tool_fields.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/testing/message_bodies.h"

namespace hearth::api::anthropic {
namespace {

using testing::call_of;
using ::testing::ElementsAre;
using testing::expect_refused_by_name;
using ::testing::IsEmpty;
using testing::request_of;
using ::testing::SizeIs;
using testing::with;
using testing::WrongField;
using Kind = chat::ToolChoice::Kind;

constexpr const char* kTwo =
    R"("tools":[{"type":"custom","name":"look","description":"Looks.","input_schema":)"
    R"({"type":"object","properties":{"city":{"type":"string"}}},"strict":true},)"
    R"({"name":"read","input_schema":{"type":"object"}}])";

std::string choosing(const std::string& choice) {
  return with(std::string(kTwo) + R"(,"tool_choice":)" + choice);
}

TEST(AnthropicTools, AreThoseOfTheRequest) {
  const chat::Request request = request_of(with(kTwo));
  EXPECT_THAT(
      request.tools,
      ElementsAre(chat::Tool{"look", "Looks.",
                             R"({"type":"object","properties":{"city":{"type":"string"}}})"},
                  chat::Tool{"read", "", R"({"type":"object"})"}));
  EXPECT_EQ(request.tool_choice, chat::ToolChoice{});
  EXPECT_TRUE(request.parallel_tool_calls);
}

TEST(AnthropicTools, ThatAnthropicRunsAreLeftOutAndNamed) {
  const MessageCall call =
      call_of(with(R"("tools":[{"type":"web_search_20250305","name":"web_search","max_uses":5},)"
                   R"({"name":"f","input_schema":{"type":"object"}},)"
                   R"({"type":"telepathy_20270101","name":"t","waves":{}}])"));
  EXPECT_THAT(call.request.tools, SizeIs(1));
  EXPECT_THAT(call.ignored, ElementsAre("tools.web_search_20250305", "tools.telepathy_20270101"));
  EXPECT_THAT(call.names.tools, ElementsAre(1U));
}

TEST(AnthropicTools, MayHaveFieldsThatOnlyAnthropicKnows) {
  const MessageCall call =
      call_of(with(R"("tools":[{"name":"f","input_schema":{"type":"object"},"defer_loading":true,)"
                   R"("eager_input_streaming":true,"input_examples":[{}],)"
                   R"("allowed_callers":["direct"]}])"));
  EXPECT_THAT(call.ignored, ElementsAre("tools.defer_loading", "tools.eager_input_streaming",
                                        "tools.input_examples", "tools.allowed_callers"));
}

TEST(AnthropicTools, AreChosenAmong) {
  EXPECT_EQ(request_of(choosing(R"({"type":"auto"})")).tool_choice.kind, Kind::kAuto);
  EXPECT_EQ(request_of(choosing(R"({"type":"any"})")).tool_choice.kind, Kind::kRequired);
  EXPECT_EQ(request_of(choosing(R"({"type":"none"})")).tool_choice.kind, Kind::kNone);
  EXPECT_EQ(request_of(choosing(R"({"type":"tool","name":"read"})")).tool_choice,
            (chat::ToolChoice{Kind::kNamed, "read"}));
}

TEST(AnthropicTools, MayBeCalledOneAtATimeOnly) {
  EXPECT_FALSE(request_of(choosing(R"({"type":"any","disable_parallel_tool_use":true})"))
                   .parallel_tool_calls);
  EXPECT_TRUE(request_of(choosing(R"({"type":"auto","disable_parallel_tool_use":false})"))
                  .parallel_tool_calls);
}

TEST(AnthropicTools, ThatAreLeftOutCannotBeAskedFor) {
  const std::string hosted = R"("tools":[{"type":"bash_20250124","name":"bash"}],"tool_choice":)";
  expect_refused_by_name(with(hosted + R"({"type":"tool","name":"bash"})"), "tool_choice.name");
  expect_refused_by_name(with(hosted + R"({"type":"any"})"), "tool_choice.type");
  EXPECT_THAT(request_of(with(hosted + R"({"type":"auto"})")).tools, IsEmpty());
}

TEST(AnthropicTools, AreRefusedByNameWhenTheyAreWrong) {
  for (const auto& [fields, name] : std::vector<WrongField>{
           {R"("tools":{})", "tools"},
           {R"("tools":[{"input_schema":{}}])", "tools[0].name"},
           {R"("tools":[{"name":"f"}])", "tools[0].input_schema"},
           {R"("tools":[{"name":"a b","input_schema":{}}])", "tools[0].name"},
           {R"("tools":[{"name":"f","input_schema":{"type":"array"}}])",
            "tools[0].input_schema.type"},
           {R"("tools":[{"name":"f","input_schema":{}},{"name":"f","input_schema":{}}])",
            "tools[1]"},
           {R"("tool_choice":{"type":"any"})", "tool_choice.type"},
           {R"("tool_choice":{"type":"tool","name":"f"})", "tool_choice.name"},
           {R"("tool_choice":{"type":"perhaps"})", "tool_choice.type"}}) {
    expect_refused_by_name(with(fields), name);
  }
}

}  // namespace
}  // namespace hearth::api::anthropic
