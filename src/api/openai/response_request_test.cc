#include "api/openai/response_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/testing/chat_bodies.h"
#include "json/parse.h"

namespace hearth::api::openai {
namespace {

using chat::Message;
using chat::Role;
using chat::ToolChoice;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::WrongField;

std::string with(const std::string& fields) {
  return R"({"model":"m","input":"hi",)" + fields + "}";
}
std::string with_input(const std::string& items) {
  return R"({"model":"m","input":)" + items + "}";
}
ResponseCall call_of(const std::string& body) {
  auto call = parse_response_call(body, {"in_1_"});
  if (!call) ADD_FAILURE() << call.error().message << ": " << body;
  return call ? std::move(*call) : ResponseCall{};
}
chat::Request request_of(const std::string& body) {
  return call_of(body).chat.request;
}
void expect_refused(const std::string& body, std::string_view field) {
  const auto call = parse_response_call(body, {"in_1_"});
  ASSERT_FALSE(call.has_value()) << "accepted: " << body;
  EXPECT_EQ(call.error().code, Code::kInvalidArgument) << body;
  EXPECT_EQ(call.error().context, field) << body << ": " << call.error().message;
}

constexpr const char* kTools =
    R"("tools":[{"type":"web_search_2025_08_26","filters":{}},{"type":"function","name":"f",)"
    R"("description":"does","parameters":{"type":"object","properties":{}},"strict":true},)"
    R"({"type":"function","name":"g","parameters":null}])";

TEST(ResponseRequest, ATextIsAMessageOfTheUser) {
  const ResponseCall call = call_of(R"({"model":"m","input":"hi"})");
  EXPECT_THAT(call.chat.request.messages, ElementsAre(Message{Role::kUser, "hi"}));
  EXPECT_FALSE(call.chat.request.continue_last);
  EXPECT_TRUE(call.store);
  EXPECT_EQ(call.input, R"([{"id":"in_1_0","type":"message","role":"user",)"
                        R"("content":[{"type":"input_text","text":"hi"}]}])");
}

TEST(ResponseRequest, ItemsBecomeTheMessagesOfAConversation) {
  const auto messages =
      request_of(
          with_input(
              R"([{"role":"developer","content":"be brief"},)"
              R"({"type":"message","role":"user","content":[)"
              R"({"type":"input_text","text":"a"},{"type":"input_text","text":"b"}]},)"
              R"({"type":"reasoning","id":"rs_1","summary":[],)"
              R"("content":[{"type":"reasoning_text","text":"hm"}]},)"
              R"({"type":"message","id":"msg_1","role":"assistant","status":"completed",)"
              R"("content":[{"type":"output_text","text":"c","annotations":[]}]},)"
              R"({"type":"function_call","call_id":"c1","name":"f","arguments":"{\"x\":1}"},)"
              R"({"type":"function_call","call_id":"c2","name":"g","arguments":""},)"
              R"({"type":"function_call_output","call_id":"c1","output":"1"},)"
              R"({"type":"function_call_output","call_id":"c2",)"
              R"("output":[{"type":"input_text","text":"2"}]},)"
              R"({"role":"user","content":"go on"}])"))
          .messages;
  ASSERT_THAT(messages, SizeIs(6));
  EXPECT_EQ(messages[0], (Message{Role::kSystem, "be brief"}));
  EXPECT_EQ(messages[1], (Message{Role::kUser, "ab"}));
  EXPECT_EQ(messages[2].content, "c");
  EXPECT_EQ(messages[2].thinking, "hm");
  EXPECT_THAT(messages[2].tool_calls, ElementsAre(chat::ToolCall{"c1", "f", R"({"x":1})"},
                                                  chat::ToolCall{"c2", "g", "{}"}));
  EXPECT_EQ(messages[3].tool_call_id, "c1");
  EXPECT_EQ(messages[4].content, "2");
  EXPECT_EQ(messages[5].content, "go on");
}

TEST(ResponseRequest, ASecondAnswerOfTheAssistantIsAMessageOfItsOwn) {
  const auto messages = request_of(with_input(R"([{"role":"assistant","content":"a"},)"
                                              R"({"role":"assistant","content":"b"},)"
                                              R"({"type":"function_call","call_id":"c","name":"f",)"
                                              R"("arguments":"{}"},)"
                                              R"({"role":"assistant","content":"c"}])"))
                            .messages;
  ASSERT_THAT(messages, SizeIs(3));
  EXPECT_THAT(messages[1].tool_calls, SizeIs(1));
  EXPECT_EQ(messages[2].content, "c");
}

TEST(ResponseRequest, WhatIsEncryptedIsNamedAndLeftOut) {
  const ResponseCall call =
      call_of(with_input(R"([{"type":"reasoning","summary":[{"type":"summary_text","text":"s"}],)"
                         R"("encrypted_content":"x"},{"role":"user","content":"hi"}])"));
  EXPECT_EQ(call.chat.request.messages.front().thinking, "s");
  EXPECT_THAT(call.chat.ignored, ElementsAre("input.encrypted_content"));
}

TEST(ResponseRequest, FieldsSayWhatIsWanted) {
  const ResponseCall call = call_of(with(
      R"("instructions":"be brief","max_output_tokens":9,"temperature":0.2,"top_p":0.5,"seed":4,)"
      R"("parallel_tool_calls":false,"reasoning":{"effort":"low"},"truncation":"auto",)"
      R"("store":false,"previous_response_id":"resp_1","metadata":{"a":"b"},"stream":true,)"
      R"("include":["message.output_text.logprobs"],"top_logprobs":3,"background":false,)"
      R"("hearth":{"priority":1})"));
  const chat::Request& request = call.chat.request;
  EXPECT_EQ(call.instructions, "be brief");
  EXPECT_EQ(request.max_tokens, 9U);
  EXPECT_EQ(request.sampling.temperature, 0.2F);
  EXPECT_EQ(request.sampling.seed, 4U);
  EXPECT_FALSE(request.parallel_tool_calls);
  EXPECT_EQ(request.thinking.effort, "low");
  EXPECT_EQ(request.history, chat::History::kDropOldest);
  EXPECT_FALSE(call.store);
  EXPECT_EQ(call.input, "") << "nothing is to be kept";
  EXPECT_EQ(call.previous, "resp_1");
  EXPECT_EQ(request.logprobs, 3U);
  EXPECT_TRUE(call.chat.stream);
  EXPECT_EQ(request.priority, 1);
  EXPECT_THAT(call.chat.ignored, IsEmpty());
}

TEST(ResponseRequest, ToolsStandUnwrappedAndHostedOnesAreNamed) {
  const ResponseCall call = call_of(with(kTools));
  ASSERT_THAT(call.chat.request.tools, SizeIs(2));
  EXPECT_EQ(call.chat.request.tools[0].name, "f");
  EXPECT_EQ(call.chat.request.tools[1].parameters, "");
  EXPECT_THAT(call.chat.ignored, ElementsAre("tools.web_search"));
  const Error error = make_error(Code::kInvalidArgument, "no", "request.tools[1].parameters");
  EXPECT_EQ(response_field_at_fault(error, call.chat.names), "tools[2].parameters");
}

TEST(ResponseRequest, AToolMayHaveToBeCalled) {
  const std::string tools = kTools;
  const auto choice = [&](const std::string& value) {
    return request_of(with(tools + R"(,"tool_choice":)" + value));
  };
  EXPECT_EQ(choice("\"required\"").tool_choice.kind, ToolChoice::Kind::kRequired);
  EXPECT_EQ(choice(R"({"type":"function","name":"g"})").tool_choice.name, "g");
  const chat::Request allowed = choice(
      R"({"type":"allowed_tools","mode":"required","tools":[{"type":"function","name":"g"}]})");
  ASSERT_THAT(allowed.tools, SizeIs(1));
  EXPECT_EQ(allowed.tools[0].name, "g");
  EXPECT_EQ(allowed.tool_choice.kind, ToolChoice::Kind::kRequired);
  expect_refused(with(tools + R"(,"tool_choice":{"type":"web_search_preview"})"),
                 "tool_choice.type");
  expect_refused(with(tools + R"(,"tool_choice":{"type":"function","name":"h"})"),
                 "tool_choice.name");
  expect_refused(with(R"("tool_choice":"required")"), "tool_choice");
}

TEST(ResponseRequest, TextHasAFormat) {
  const auto format = [](const std::string& value) {
    return call_of(with(R"("text":{"format":)" + value + "}"));
  };
  EXPECT_EQ(format(R"({"type":"text"})").chat.request.constraint.kind,
            chat::Constraint::Kind::kNone);
  EXPECT_EQ(format(R"({"type":"json_object"})").chat.request.constraint.kind,
            chat::Constraint::Kind::kAnyObject);
  const ResponseCall call =
      format(R"({"type":"json_schema","name":"n","strict":true,"schema":{"type":"object"}})");
  EXPECT_EQ(call.chat.request.constraint.text, R"({"type":"object"})");
  const Error error = make_error(Code::kInvalidArgument, "no", "request.constraint");
  EXPECT_EQ(response_field_at_fault(error, call.chat.names), "text.format");
  EXPECT_EQ(response_field_at_fault(make_error(Code::kContextOverflow, "long"), call.chat.names),
            "input");
}

TEST(ResponseRequest, WhatHasNoEffectIsNamed) {
  EXPECT_THAT(call_of(with(R"("user":"u","service_tier":"auto","prompt_cache_key":"k",)"
                           R"("reasoning":{"summary":"auto"},"text":{"verbosity":"low"},)"
                           R"("include":["reasoning.encrypted_content"])"))
                  .chat.ignored,
              ElementsAre("user", "service_tier", "prompt_cache_key", "reasoning.summary",
                          "text.verbosity", "include"));
}

TEST(ResponseRequest, WhatIsWrongIsRefusedByName) {
  const WrongField kWrong[] = {
      {R"("background":true)", "background"},
      {R"("conversation":"c")", "conversation"},
      {R"("prompt":{"id":"p"})", "prompt"},
      {R"("max_output_tokens":0)", "max_output_tokens"},
      {R"("truncation":"some")", "truncation"},
      {R"("top_logprobs":2)", "top_logprobs"},
      {R"("metadata":{"a":1})", "metadata.a"},
      {R"("messages":[])", "messages"},
      {R"("tools":[{"type":"gadget","name":"x"}])", "tools[0].type"},
      {R"("tools":[{"type":"function","function":{"name":"x"}}])", "tools[0].function"},
      {R"("text":{"format":{"type":"json_schema","name":"n"}})", "text.format.schema"},
      {R"("previous_response_id":"")", "previous_response_id"},
  };
  for (const auto& [fields, name] : kWrong)
    expect_refused(with(fields), name);
  const WrongField kWrongItems[] = {
      {R"([])", "input"},
      {R"(7)", "input"},
      {R"([{"type":"item_reference","id":"msg_1"}])", "input[0].id"},
      {R"([{"type":"web_search_call"}])", "input[0].type"},
      {R"([{"role":"tool","content":"x"}])", "input[0].role"},
      {R"([{"role":"user","content":[{"type":"input_image","image_url":"x"}]}])",
       "input[0].content[0].type"},
      {R"([{"type":"function_call","name":"f","arguments":"{}"}])", "input[0].call_id"},
      {R"([{"type":"function_call_output","call_id":"c"}])", "input[0].output"},
  };
  for (const auto& [items, name] : kWrongItems)
    expect_refused(with_input(items), name);
  expect_refused(R"({"model":"m"})", "input");
  expect_refused(R"({"input":"x"})", "model");
}

TEST(ResponseRequest, WhatWasSaidBeforeStandsBetweenInstructionsAndInput) {
  ResponseCall call = call_of(with(R"("instructions":"now")"));
  const auto joined = join_past(
      call, {R"([{"role":"user","content":"a"}])",
             R"([{"type":"message","id":"m","role":"assistant","status":"completed",)"
             R"("content":[{"type":"output_text","text":"b","annotations":[],"logprobs":[]}]}])"});
  ASSERT_TRUE(joined.has_value()) << joined.error().message;
  EXPECT_THAT(call.chat.request.messages,
              ElementsAre(Message{Role::kSystem, "now"}, Message{Role::kUser, "a"},
                          Message{Role::kAssistant, "b"}, Message{Role::kUser, "hi"}));
  EXPECT_EQ(join_past(call, {"[{]"}).error().code, Code::kCorrupt);
  EXPECT_EQ(join_past(call, {R"([{"type":"x"}])"}).error().code, Code::kCorrupt);
}

TEST(ResponseRequest, WhatIsListedLaterHasIdsAndParts) {
  const ResponseCall call = call_of(with_input(
      R"([{"role":"assistant","content":"a"},{"type":"function_call","id":"fc_9","call_id":"c",)"
      R"("name":"f","arguments":"{}"}])"));
  EXPECT_EQ(call.input, R"([{"id":"in_1_0","type":"message","role":"assistant",)"
                        R"("content":[{"type":"output_text","text":"a"}]},)"
                        R"({"type":"function_call","id":"fc_9","call_id":"c","name":"f",)"
                        R"("arguments":"{}"}])");
  EXPECT_TRUE(json::parse(call.input));
}

TEST(ResponseRequest, ItemsThatAreStoredMayBeNamed) {
  const std::string body =
      with_input(R"([{"role":"user","content":"a"},{"type":"item_reference","id":"fc_1_0"},)"
                 R"({"type":"function_call_output","call_id":"c","output":"1"},)"
                 R"({"type":"item_reference","id":"fc_1_0"}])");
  EXPECT_THAT(items_named_by(body), ElementsAre("fc_1_0"));
  EXPECT_THAT(items_named_by(R"({"model":"m","input":"item_reference"})"), IsEmpty());
  EXPECT_THAT(items_named_by("item_reference"), IsEmpty());
  const std::string item = R"({"type":"function_call","id":"fc_1_0","call_id":"c","name":"f",)"
                           R"("arguments":"{}","status":"completed"})";
  const auto call = parse_response_call(body, {"in_2_", nullptr, {{"fc_1_0", item}}});
  ASSERT_TRUE(call.has_value()) << call.error().message;
  const auto& messages = call->chat.request.messages;
  ASSERT_THAT(messages, SizeIs(4));
  EXPECT_THAT(messages[1].tool_calls, ElementsAre(chat::ToolCall{"c", "f", "{}"}));
  EXPECT_THAT(call->input, HasSubstr("}," + item + ","));
}

TEST(ResponseRequest, AResponseSaysAgainWhatItWasAsked) {
  const std::string echo = "{" + call_of(with(R"("instructions":"x","temperature":0.2,)"
                                              R"("metadata":{"a":"b"})"))
                                     .echo;
  EXPECT_TRUE(json::parse(echo)) << echo;
  EXPECT_THAT(echo, HasSubstr(R"("instructions":"x","max_output_tokens":null,)"));
  EXPECT_THAT(echo, HasSubstr(R"("temperature":0.2,"text":{"format":{"type":"text"}},)"
                              R"("tool_choice":"auto","tools":[],"top_logprobs":0,)"));
  EXPECT_THAT(echo, HasSubstr(R"("metadata":{"a":"b"}})"));
}

}  // namespace
}  // namespace hearth::api::openai
