// What an answer tells beside its text: thoughts, tool calls, warnings.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/testing/face.h"

namespace hearth::api::openai {
namespace {

using api::testing::Face;
using api::testing::failing;
using api::testing::kChat;
using api::testing::Step;
using chat::Finished;
using chat::Started;
using chat::TextDelta;
using chat::ThinkingDelta;
using chat::ToolCallDelta;
using chat::Usage;
using net::testing::RawReply;
using ::testing::HasSubstr;
using ::testing::Not;

std::string ask(const std::string& fields = "") {
  return R"({"model":"m","messages":[{"role":"user","content":"hi"}])" + fields + "}";
}

Finished called() {
  return {Finished::Reason::kToolCalls};
}

std::vector<Step> two_calls() {
  return {{Started{7, 5}},
          {ThinkingDelta{"I \"look", 2}},
          {ThinkingDelta{" up", 1}},
          {ToolCallDelta{0, "call_a", "f", "", 3}},
          {ToolCallDelta{0, "", "", R"({"x":)", 1}},
          {ToolCallDelta{0, "", "", "1}", 1}},
          {ToolCallDelta{1, "call_b", "g", "{}", 1}},
          {Usage{.prompt_tokens = 5, .completion_tokens = 9, .thinking_tokens = 3}},
          {called()}};
}

// The deltas of a stream, in their order.
std::vector<std::string> deltas_of(const std::string& body) {
  constexpr std::string_view kMark = R"("delta":)";
  std::vector<std::string> deltas;
  for (std::size_t at = body.find(kMark); at != std::string::npos; at = body.find(kMark, at)) {
    at += kMark.size();
    deltas.push_back(body.substr(at, body.find(R"(,"logprobs")", at) - at));
  }
  return deltas;
}

TEST(ChatCompletions, TellCallsAndThoughtsWhole) {
  Face face;
  face.provider.set_script(two_calls());
  const RawReply reply = face.send("POST", kChat, ask());
  EXPECT_THAT(
      reply.body,
      HasSubstr(
          R"("message":{"role":"assistant","content":null,"reasoning_content":"I \"look up",)"
          R"("refusal":null,"annotations":[],"tool_calls":[{"id":"call_a","type":"function",)"
          R"("function":{"name":"f","arguments":"{\"x\":1}"}},{"id":"call_b","type":"function",)"
          R"("function":{"name":"g","arguments":"{}"}}]},"logprobs":null,)"
          R"("finish_reason":"tool_calls"})"));
  EXPECT_THAT(reply.body, HasSubstr(R"("completion_tokens_details":{"reasoning_tokens":3})"));
}

TEST(ChatCompletions, TellCallsAndThoughtsInAStream) {
  Face face;
  face.provider.set_script(two_calls());
  const RawReply reply = face.send("POST", kChat, ask(R"(,"stream":true)"));
  EXPECT_EQ(deltas_of(reply.body),
            (std::vector<std::string>{
                R"({"role":"assistant","content":"","refusal":null})",
                R"({"reasoning_content":"I \"look"})", R"({"reasoning_content":" up"})",
                R"({"tool_calls":[{"index":0,"id":"call_a","type":"function","function":)"
                R"({"name":"f","arguments":""}}]})",
                R"({"tool_calls":[{"index":0,"function":{"arguments":"{\"x\":"}}]})",
                R"({"tool_calls":[{"index":0,"function":{"arguments":"1}"}}]})",
                R"({"tool_calls":[{"index":1,"id":"call_b","type":"function","function":)"
                R"({"name":"g","arguments":"{}"}}]})",
                "{}"}));
  EXPECT_THAT(reply.body, HasSubstr(R"("finish_reason":"tool_calls")"));
}

TEST(ChatCompletions, TextBesideCallsStays) {
  Face face;
  face.provider.set_script({{Started{7, 5}},
                            {TextDelta{"Let me see.", 3}},
                            {ToolCallDelta{0, "call_a", "f", "{}", 1}},
                            {called()}});
  EXPECT_THAT(
      face.send("POST", kChat, ask()).body,
      HasSubstr(R"("content":"Let me see.","refusal":null,"annotations":[],"tool_calls":)"));
}

TEST(ChatCompletions, EveryChoiceHasItsOwnCalls) {
  const auto choice = [](const std::string& name) -> std::vector<Step> {
    return {{Started{7, 5}}, {ToolCallDelta{0, "call_" + name, name, "{}", 1}}, {called()}};
  };
  for (const char* stream : {"false", "true"}) {
    Face face;
    face.provider.set_scripts({choice("f"), choice("g")});
    const RawReply reply =
        face.send("POST", kChat, ask(R"(,"n":2,"seed":7,"stream":)" + std::string(stream)));
    for (const char* call : {R"("id":"call_f","type":"function","function":{"name":"f")",
                             R"("id":"call_g","type":"function","function":{"name":"g")"}) {
      EXPECT_THAT(reply.body, HasSubstr(call));
    }
  }
}

TEST(ChatCompletions, TellWarningsAtTheEndAndNotAsText) {
  const std::vector<Step> script = {{chat::Warning{"the call could not be \"read\""}},
                                    {Started{7, 5, 0, 2}},
                                    {TextDelta{"hi", 1}},
                                    {chat::Warning{"the call could not be \"read\""}},
                                    {Finished{}}};
  const std::string told = R"("dropped_messages":2,)";
  const std::string warned = R"("warnings":["the call could not be \"read\""]})";
  Face face;
  face.provider.set_script(script);
  const RawReply whole = face.send("POST", kChat, ask());
  EXPECT_THAT(whole.body, HasSubstr(told));
  EXPECT_THAT(whole.body, HasSubstr(warned));
  const RawReply stream = face.send("POST", kChat, ask(R"(,"stream":true)"));
  EXPECT_EQ(deltas_of(stream.body).size(), 3U) << "role, text and end";
  EXPECT_THAT(stream.body, HasSubstr(warned));
  EXPECT_LT(stream.body.find(R"("content":"hi")"), stream.body.find(warned));
}

TEST(ChatCompletions, AWarningBeforeAFailureLeavesItAnHttpError) {
  Face face;
  std::vector<Step> script = failing(Code::kContextOverflow);
  script.insert(script.begin(), {chat::Warning{"odd"}});
  face.provider.set_script(script);
  EXPECT_EQ(face.send("POST", kChat, ask(R"(,"stream":true)")).status, 400);
}

TEST(ChatCompletions, ThoughtsCountAsTheFirstToken) {
  Face face;
  face.provider.set_script(two_calls());
  face.send("POST", kChat, ask(R"(,"stream":true)"));
  EXPECT_THAT(face.metrics(), HasSubstr("hearth_time_to_first_token_seconds_count 1\n"));
}

TEST(ChatCompletions, AnAnswerWithoutThoughtsHasNoFieldForThem) {
  Face face;
  face.provider.set_script({{Started{7, 5}}, {TextDelta{"hi", 1}}, {Finished{}}});
  const RawReply reply = face.send("POST", kChat, ask());
  EXPECT_THAT(reply.body, Not(HasSubstr("reasoning_content")));
  EXPECT_THAT(reply.body, Not(HasSubstr("tool_calls")));
  EXPECT_THAT(reply.body, Not(HasSubstr("warnings")));
}

}  // namespace
}  // namespace hearth::api::openai
