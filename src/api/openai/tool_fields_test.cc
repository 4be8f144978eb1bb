#include "api/openai/tool_fields.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/core/tool_parts.h"
#include "api/testing/chat_bodies.h"

namespace hearth::api::openai {
namespace {

using chat::Tool;
using chat::ToolChoice;
using ::testing::ElementsAre;
using testing::error_of;
using testing::request_of;
using testing::with;

const std::string kTwo = R"("tools":[{"type":"function","function":{"name":"f"}},)"
                         R"({"type":"function","function":{"name":"g"}}])";

TEST(ToolFields, ArriveAsTheyWere) {
  const auto call = parse_chat_call(with(
      R"("tools":[{"type":"function","function":{"name":"get_weather","description":"Looks out",)"
      R"("parameters":{"type":"object","properties":{"z":{"type":"string"},)"
      R"("a":{"type":"number","minimum":0.5}},"required":["z"]},"strict":true}},)"
      R"({"type":"function","function":{"name":"a-b.c","parameters":{},"description":null}}],)"
      R"("parallel_tool_calls":false)"));
  ASSERT_TRUE(call) << call.error().message;
  EXPECT_THAT(call->request.tools,
              ElementsAre(Tool{"get_weather", "Looks out",
                               R"({"type":"object","properties":{"z":{"type":"string"},)"
                               R"("a":{"type":"number","minimum":0.5}},"required":["z"]})"},
                          Tool{"a-b.c", "", ""}));
  EXPECT_EQ(call->request.tool_choice, ToolChoice{});
  EXPECT_FALSE(call->request.parallel_tool_calls);
  EXPECT_TRUE(call->ignored.empty());
  EXPECT_TRUE(request_of(with(kTwo)).parallel_tool_calls);
}

TEST(ToolFields, EveryChoiceArrives) {
  using Kind = ToolChoice::Kind;
  const std::pair<const char*, ToolChoice> cases[] = {
      {R"("auto")", {Kind::kAuto}},
      {R"("none")", {Kind::kNone}},
      {R"("required")", {Kind::kRequired}},
      {R"({"type":"function","function":{"name":"g"}})", {Kind::kNamed, "g"}},
      {"null", {Kind::kAuto}},
  };
  for (const auto& [choice, expected] : cases) {
    // Wherever it stands.
    const std::string field = R"("tool_choice":)" + std::string(choice);
    EXPECT_EQ(request_of(with(kTwo + "," + field)).tool_choice, expected) << choice;
    EXPECT_EQ(request_of(with(field + "," + kTwo)).tool_choice, expected) << choice;
  }
}

TEST(ToolFields, AChoiceAmongSomeLeavesTheOthersOut) {
  const chat::Request request = request_of(
      with(kTwo + R"(,"tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"required",)"
                  R"("tools":[{"type":"function","function":{"name":"g"}}]}})"));
  EXPECT_EQ(request.tool_choice.kind, ToolChoice::Kind::kRequired);
  EXPECT_THAT(request.tools, ElementsAre(Tool{"g", "", ""}));
}

TEST(ToolFields, AreBounded) {
  std::string many = R"("tools":[)";
  for (std::size_t i = 0; i < chat::kToolsMax; ++i) {
    many += (i == 0 ? "" : ",");
    many += R"({"type":"function","function":{"name":"f)" + std::to_string(i) + "\"}}";
  }
  EXPECT_EQ(request_of(with(many + "]")).tools.size(), chat::kToolsMax);
  const std::string one_more = R"(,{"type":"function","function":{"name":"g"}}])";
  EXPECT_EQ(error_of(with(many + one_more)).context, "tools");

  const auto named = [](std::size_t bytes) {
    return with(R"("tools":[{"type":"function","function":{"name":")" + std::string(bytes, 'f') +
                "\"}}]");
  };
  EXPECT_EQ(request_of(named(kToolNameBytesMax)).tools.size(), 1U);
  EXPECT_EQ(error_of(named(kToolNameBytesMax + 1)).context, "tools[0].function.name");

  const std::string large(kSchemaBytesMax, 'x');
  EXPECT_EQ(error_of(with(R"("tools":[{"type":"function","function":{"name":"f","parameters":)"
                          R"({"title":")" +
                          large + "\"}}}]"))
                .context,
            "tools[0].function.parameters");
}

TEST(ToolFields, NameWhatIsWrong) {
  const testing::WrongField cases[] = {
      {R"({})", "tools"},
      {R"([5])", "tools[0]"},
      {R"([{}])", "tools[0].type"},
      {R"([{"type":"function"}])", "tools[0].function"},
      {R"([{"type":"custom","custom":{"name":"f"}}])", "tools[0].custom"},
      {R"([{"type":"web_search"}])", "tools[0].type"},
      {R"([{"type":5,"function":{"name":"f"}}])", "tools[0].type"},
      {R"([{"type":"function","function":"f"}])", "tools[0].function"},
      {R"([{"type":"function","function":{}}])", "tools[0].function.name"},
      {R"([{"type":"function","function":{"name":""}}])", "tools[0].function.name"},
      {R"([{"type":"function","function":{"name":"a b"}}])", "tools[0].function.name"},
      {R"([{"type":"function","function":{"name":"é"}}])", "tools[0].function.name"},
      {R"([{"type":"function","function":{"name":"f","description":5}}])",
       "tools[0].function.description"},
      {R"([{"type":"function","function":{"name":"f","parameters":"{}"}}])",
       "tools[0].function.parameters"},
      {R"([{"type":"function","function":{"name":"f","parameters":{"type":"array"}}}])",
       "tools[0].function.parameters.type"},
      {R"([{"type":"function","function":{"name":"f","parameters":{"type":["object"]}}}])",
       "tools[0].function.parameters.type"},
      {R"([{"type":"function","function":{"name":"f","strict":"yes"}}])",
       "tools[0].function.strict"},
      {R"([{"type":"function","function":{"name":"f","odd":1}}])", "tools[0].function.odd"},
      {R"([{"type":"function","odd":1,"function":{"name":"f"}}])", "tools[0].odd"},
      {R"([{"type":"function","function":{"name":"f"}},{"type":"function","function":)"
       R"({"name":"f"}}])",
       "tools[1]"},
  };
  for (const auto& [tools, name] : cases)
    testing::expect_refused_by_name(with(R"("tools":)" + std::string(tools)), name);
  EXPECT_EQ(error_of(with(R"("parallel_tool_calls":1)")).context, "parallel_tool_calls");
}

TEST(ToolFields, NameWhatIsWrongWithAChoice) {
  const testing::WrongField cases[] = {
      {R"("any")", "tool_choice"},
      {R"(true)", "tool_choice"},
      {R"({})", "tool_choice.type"},
      {R"({"type":"custom"})", "tool_choice.type"},
      {R"({"type":"function"})", "tool_choice.function"},
      {R"({"type":"function","function":{}})", "tool_choice.function.name"},
      {R"({"type":"function","function":{"name":"h"}})", "tool_choice.function.name"},
      {R"({"type":"function","function":{"name":"f","odd":1}})", "tool_choice.function.odd"},
      {R"({"type":"function","name":"f"})", "tool_choice.name"},
      {R"({"type":"allowed_tools"})", "tool_choice.allowed_tools"},
      {R"({"type":"allowed_tools","allowed_tools":{"tools":[]}})",
       "tool_choice.allowed_tools.mode"},
      {R"({"type":"allowed_tools","allowed_tools":{"mode":"none","tools":[]}})",
       "tool_choice.allowed_tools.mode"},
      {R"({"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[]}})",
       "tool_choice.allowed_tools.tools"},
      {R"({"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":)"
       R"([{"type":"function","function":{"name":"h"}}]}})",
       "tool_choice.allowed_tools.tools[0].function.name"},
  };
  for (const auto& [choice, name] : cases)
    testing::expect_refused_by_name(with(kTwo + R"(,"tool_choice":)" + choice), name);
  testing::expect_refused_by_name(with(R"("tool_choice":"required")"), "tool_choice");
  testing::expect_refused_by_name(with(R"("tools":[],"tool_choice":"required")"), "tool_choice");
}

}  // namespace
}  // namespace hearth::api::openai
