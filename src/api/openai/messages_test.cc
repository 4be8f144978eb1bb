#include "api/openai/messages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/testing/chat_bodies.h"

namespace hearth::api::openai {
namespace {

using chat::Message;
using chat::Role;
using ::testing::ElementsAre;
using testing::error_of;
using ::testing::HasSubstr;
using testing::request_of;
using testing::with_messages;

TEST(ChatMessages, TakeTextAndPartsOfText) {
  const auto call = parse_chat_call(with_messages(
      R"([{"role":"developer","content":"a"},{"role":"system","content":"b"},)"
      R"({"role":"user","content":[{"type":"text","text":"c"},{"type":"text","text":"d"}]},)"
      R"({"role":"assistant","content":"e","tool_calls":[],"refusal":null},)"
      R"({"role":"tool","content":"f","tool_call_id":"x","name":"look"}])"));
  ASSERT_TRUE(call) << call.error().message;
  EXPECT_THAT(
      call->request.messages,
      ElementsAre(
          Message{Role::kSystem, "a"}, Message{Role::kSystem, "b"}, Message{Role::kUser, "cd"},
          Message{Role::kAssistant, "e"},
          Message{.role = Role::kTool, .content = "f", .tool_call_id = "x", .tool_name = "look"}));
  EXPECT_TRUE(call->ignored.empty());
}

TEST(ChatMessages, TakeEarlierToolCalls) {
  const chat::Request request = request_of(with_messages(
      R"([{"role":"user","content":"a"},{"role":"assistant","content":null,"tool_calls":[)"
      R"({"id":"call_1","type":"function","function":{"name":"f","arguments":"{\"x\": 1}"}},)"
      R"({"function":{"name":"g","arguments":{"b":1.5,"a":[true]}}},)"
      R"({"id":"call_3","function":{"name":"h"}},{"function":{"name":"i","arguments":""}}]},)"
      R"({"role":"tool","content":"r","tool_call_id":"unknown"}])"));
  ASSERT_EQ(request.messages.size(), 3U);
  EXPECT_THAT(request.messages[1].tool_calls,
              ElementsAre(chat::ToolCall{"call_1", "f", R"({"x": 1})"},
                          chat::ToolCall{"", "g", R"({"b":1.5,"a":[true]})"},
                          chat::ToolCall{"call_3", "h", "{}"}, chat::ToolCall{"", "i", "{}"}));
  EXPECT_EQ(request.messages[1].content, "");
  EXPECT_EQ(request.messages[2].tool_call_id, "unknown") << "a conversation may be cut";
}

TEST(ChatMessages, TakeWhatAnAssistantThoughtByEveryName) {
  for (const char* message :
       {R"({"role":"assistant","content":"a","reasoning_content":"hm"})",
        R"({"role":"assistant","reasoning":"hm","content":"a"})",
        R"({"role":"assistant","reasoning":"hm","reasoning_content":"hm","content":"a"})",
        R"({"role":"assistant","content":[{"type":"thinking","thinking":"hm"},)"
        R"({"type":"text","text":"a"}]})",
        R"({"role":"assistant","content":[{"type":"reasoning","text":"hm"},)"
        R"({"type":"text","text":"a"}]})"}) {
    const chat::Request request = request_of(with_messages("[" + std::string(message) + "]"));
    EXPECT_THAT(request.messages,
                ElementsAre(Message{.role = Role::kAssistant, .content = "a", .thinking = "hm"}));
  }
}

TEST(ChatMessages, AnAssistantsLastOneIsGoneOnWith) {
  const std::string user = R"({"role":"user","content":"a"})";
  const std::string assistant = R"({"role":"assistant","content":"The answer is"})";
  const std::string calling =
      R"({"role":"assistant","content":"b","tool_calls":[{"function":{"name":"f"}}]})";
  const auto continued = [](const std::string& messages, const std::string& more = "") {
    return request_of(R"({"model":"m","messages":[)" + messages + "]" + more + "}").continue_last;
  };
  EXPECT_FALSE(continued(user));
  EXPECT_TRUE(continued(user + "," + assistant));
  EXPECT_FALSE(continued(user + "," + assistant + "," + user));
  EXPECT_FALSE(continued(user + "," + calling));
  EXPECT_TRUE(continued(assistant, R"(,"continue_final_message":true)"));
  EXPECT_FALSE(continued(assistant, R"(,"continue_final_message":false)"));
  EXPECT_FALSE(continued(user, R"(,"continue_final_message":false)"));
  for (const std::string& last : {user, calling}) {
    const Error error =
        error_of(R"({"continue_final_message":true,"model":"m","messages":[)" + last + "]}");
    EXPECT_EQ(error.context, "continue_final_message");
  }
}

TEST(ChatMessages, NameThePlaceThatIsWrong) {
  const testing::WrongField cases[] = {
      {R"([])", "messages"},
      {R"("hi")", "messages"},
      {R"([5])", "messages[0]"},
      {R"([{"content":"a"}])", "messages[0].role"},
      {R"([{"role":"user"}])", "messages[0].content"},
      {R"([{"role":"user","content":null}])", "messages[0].content"},
      {R"([{"role":"user","content":5}])", "messages[0].content"},
      {R"([{"role":"user","content":"a"},{"role":"robot","content":"a"}])", "messages[1].role"},
      {R"([{"role":"function","content":"a","name":"f"}])", "messages[0].role"},
      {R"([{"role":"user","content":[{"type":"image_url"}]}])", "messages[0].content[0].type"},
      {R"([{"role":"user","content":[{"type":"text","text":5}]}])", "messages[0].content[0].text"},
      {R"([{"role":"user","content":[{"type":"text","text":"a","odd":1}]}])",
       "messages[0].content[0].odd"},
      {R"([{"role":"user","content":[{"type":"thinking","thinking":"a"}]}])",
       "messages[0].content[0].type"},
      {R"([{"role":"user","content":["a"]}])", "messages[0].content[0]"},
      {R"([{"role":"user","content":"a","odd":1}])", "messages[0].odd"},
      {R"([{"role":"user","content":"a","reasoning_content":"b"}])",
       "messages[0].reasoning_content"},
      {R"([{"role":"tool","content":"a","tool_call_id":5}])", "messages[0].tool_call_id"},
      {R"([{"role":"tool","content":"a","name":["f"]}])", "messages[0].name"},
      {R"([{"role":"assistant"}])", "messages[0].content"},
      {R"([{"role":"assistant","content":null,"tool_calls":[]}])", "messages[0].content"},
      {R"([{"role":"assistant","content":"a","reasoning_content":5}])",
       "messages[0].reasoning_content"},
      {R"([{"role":"assistant","content":"a","reasoning_content":"b","reasoning":"c"}])",
       "messages[0].reasoning"},
      {R"([{"role":"assistant","content":"a","audio":{"id":"x"}}])", "messages[0].audio"},
      {R"([{"role":"assistant","content":"a","function_call":{"name":"f"}}])",
       "messages[0].function_call"},
  };
  for (const auto& [messages, name] : cases)
    testing::expect_refused_by_name(with_messages(messages), name);
  EXPECT_THAT(error_of(with_messages(R"([{"role":"robot","content":"a"}])")).message,
              HasSubstr("\"robot\""));
}

TEST(ChatMessages, NameWhatIsWrongWithAToolCall) {
  const testing::WrongField cases[] = {
      {R"({})", "messages[0].tool_calls"},
      {R"([5])", "messages[0].tool_calls[0]"},
      {R"([{}])", "messages[0].tool_calls[0].function"},
      {R"([{"function":{}}])", "messages[0].tool_calls[0].function.name"},
      {R"([{"function":{"name":""}}])", "messages[0].tool_calls[0].function.name"},
      {R"([{"function":{"name":5}}])", "messages[0].tool_calls[0].function.name"},
      {R"([{"function":{"name":"f","arguments":[]}}])",
       "messages[0].tool_calls[0].function.arguments"},
      {R"([{"function":{"name":"f","odd":1}}])", "messages[0].tool_calls[0].function.odd"},
      {R"([{"type":"custom","function":{"name":"f"}}])", "messages[0].tool_calls[0].type"},
      {R"([{"id":5,"function":{"name":"f"}}])", "messages[0].tool_calls[0].id"},
      {R"([{"odd":5,"function":{"name":"f"}}])", "messages[0].tool_calls[0].odd"},
  };
  for (const auto& [calls, name] : cases) {
    testing::expect_refused_by_name(
        with_messages(R"([{"role":"assistant","content":"a","tool_calls":)" + std::string(calls) +
                      "}]"),
        name);
  }
  const std::string of_user =
      R"([{"role":"user","content":"a","tool_calls":[{"function":{"name":"f"}}]}])";
  EXPECT_EQ(error_of(with_messages(of_user)).context, "messages[0].tool_calls");
}

}  // namespace
}  // namespace hearth::api::openai
