// What a client of POST /v1/messages hears while an answer is made, event by event.
#include <regex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/testing/face.h"
#include "api/testing/message_bodies.h"
#include "json/node.h"
#include "json/parse.h"

namespace hearth::api::anthropic {
namespace {

using api::testing::Face;
using api::testing::failing;
using api::testing::Step;
using chat::Finished;
using chat::Started;
using chat::TextDelta;
using chat::ThinkingDelta;
using chat::ToolCallDelta;
using chat::Usage;
using net::testing::RawClient;
using net::testing::RawReply;
using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using testing::with;

constexpr const char* kMessages = "/v1/messages";
constexpr const char* kStream = R"("stream":true)";
constexpr auto kLength = Finished::Reason::kLength;
constexpr auto kToolCalls = Finished::Reason::kToolCalls;

// The stream with what differs from run to run made the same.
std::string settled(const std::string& body) {
  return std::regex_replace(body, std::regex("msg_[0-9a-z]+"), "msg_1");
}

// The names of the events, and of each delta its kind; blocks with their number and kind.
std::vector<std::string> heard(const std::string& body) {
  std::vector<std::string> events;
  for (std::size_t at = body.find("event: "); at != std::string::npos;) {
    const std::size_t end = body.find("\n\n", at);
    const std::string event = body.substr(at + 7, end - at - 7);
    const std::size_t line = event.find('\n');
    std::string shown = event.substr(0, line);
    const auto data = json::parse(event.substr(event.find("data: ") + 6));
    if (!data) return {"not JSON: " + event};
    const json::Node node(*data);
    EXPECT_EQ(*node.require("type")->text(), shown) << event;
    if (const auto index = node.find("index")) shown += " " + index->json();
    for (const char* key : {"content_block", "delta"}) {
      const auto part = node.find(key);
      if (!part) continue;
      if (const auto type = part->find("type")) shown += " " + std::string(*type->text());
    }
    events.push_back(shown);
    at = body.find("event: ", end);
  }
  return events;
}

RawReply stream_of(Face& face, std::vector<Step> script, const std::string& fields = kStream) {
  face.provider.set_script(std::move(script));
  return face.send("POST", kMessages, with(fields));
}

TEST(MessageStream, OfTextIsExactlyThis) {
  Face face;
  const RawReply reply = stream_of(face, {{Started{7, 12}},
                                          {TextDelta{"Hel"}},
                                          {TextDelta{"lo\n"}},
                                          {Usage{12, 4, 2, 1, 2, 3}},
                                          {Finished{}}});
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.at("content-type"), "text/event-stream; charset=utf-8");
  EXPECT_EQ(reply.headers.at("request-id"), reply.headers.at("x-request-id"));
  EXPECT_EQ(
      settled(reply.body),
      "event: message_start\n"
      R"(data: {"type":"message_start","message":{"id":"msg_1","type":"message",)"
      R"("role":"assistant","model":"m","content":[],"stop_reason":null,"stop_sequence":null,)"
      R"("stop_details":null,"container":null,"usage":{"input_tokens":12,)"
      R"("cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":0,)"
      R"("output_tokens_details":{"thinking_tokens":0},"server_tool_use":null,)"
      R"("cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":0},)"
      R"("service_tier":"standard","inference_geo":null,"speed":null}}})"
      "\n\n"
      "event: content_block_start\n"
      R"(data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}})"
      "\n\n"
      "event: content_block_delta\n"
      R"(data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hel"}})"
      "\n\n"
      "event: content_block_delta\n"
      R"(data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta",)"
      R"("text":"lo\n"}})"
      "\n\n"
      "event: content_block_stop\n"
      R"(data: {"type":"content_block_stop","index":0})"
      "\n\n"
      "event: message_delta\n"
      R"(data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null,)"
      R"("stop_details":null,"container":null},"usage":{"input_tokens":8,)"
      R"("cache_creation_input_tokens":0,"cache_read_input_tokens":4,"output_tokens":2,)"
      R"("output_tokens_details":{"thinking_tokens":0},"server_tool_use":null},)"
      R"("hearth":{"seed":7,"queue_ms":1,"prefill_ms":2,"decode_ms":3}})"
      "\n\n"
      "event: message_stop\n"
      R"(data: {"type":"message_stop"})"
      "\n\n");
}

TEST(MessageStream, ClosesAThoughtWithItsSignatureBeforeTheTextBegins) {
  Face face;
  const RawReply reply = stream_of(
      face,
      {{Started{}}, {ThinkingDelta{"hm"}}, {ThinkingDelta{"m"}}, {TextDelta{"ok"}}, {Finished{}}},
      R"("stream":true,"thinking":{"type":"enabled","budget_tokens":64})");
  EXPECT_THAT(
      heard(reply.body),
      ElementsAre("message_start", "content_block_start 0 thinking",
                  "content_block_delta 0 thinking_delta", "content_block_delta 0 thinking_delta",
                  "content_block_delta 0 signature_delta", "content_block_stop 0",
                  "content_block_start 1 text", "content_block_delta 1 text_delta",
                  "content_block_stop 1", "message_delta", "message_stop"));
  EXPECT_THAT(reply.body, HasSubstr(R"({"type":"thinking_delta","thinking":"hm"})"));
  EXPECT_THAT(reply.body, Not(HasSubstr(R"("signature_delta","signature":"")")));
}

TEST(MessageStream, TellsThatItThoughtWithoutTheThoughtWhereThatIsWanted) {
  Face face;
  const RawReply reply =
      stream_of(face, {{Started{}}, {ThinkingDelta{"secret"}}, {TextDelta{"ok"}}, {Finished{}}},
                R"("stream":true,"thinking":{"type":"adaptive","display":"omitted"})");
  EXPECT_THAT(heard(reply.body),
              ElementsAre("message_start", "content_block_start 0 thinking",
                          "content_block_delta 0 signature_delta", "content_block_stop 0",
                          "content_block_start 1 text", "content_block_delta 1 text_delta",
                          "content_block_stop 1", "message_delta", "message_stop"));
  EXPECT_THAT(reply.body, Not(HasSubstr("secret")));
}

TEST(MessageStream, GivesEachOfSeveralCallsABlockOfItsOwn) {
  Face face;
  const RawReply reply = stream_of(face, {{Started{}},
                                          {TextDelta{"I look."}},
                                          {ToolCallDelta{0, "call_1", "look", R"({"ci)"}},
                                          {ToolCallDelta{0, "", "", R"(ty":1})"}},
                                          {ToolCallDelta{1, "call_2", "read", ""}},
                                          {ToolCallDelta{1, "", "", "{}"}},
                                          {Finished{kToolCalls}}});
  EXPECT_THAT(
      heard(reply.body),
      ElementsAre("message_start", "content_block_start 0 text", "content_block_delta 0 text_delta",
                  "content_block_stop 0", "content_block_start 1 tool_use",
                  "content_block_delta 1 input_json_delta",
                  "content_block_delta 1 input_json_delta", "content_block_stop 1",
                  "content_block_start 2 tool_use", "content_block_delta 2 input_json_delta",
                  "content_block_stop 2", "message_delta", "message_stop"));
  EXPECT_THAT(
      reply.body,
      AllOf(HasSubstr(
                R"("content_block":{"type":"tool_use","id":"call_1","name":"look","input":{}})"),
            HasSubstr(R"({"type":"input_json_delta","partial_json":"{\"ci"})"),
            HasSubstr(R"("stop_reason":"tool_use")")));
}

TEST(MessageStream, BeginsANewBlockForTextAfterACall) {
  Face face;
  const RawReply reply = stream_of(
      face,
      {{Started{}}, {ToolCallDelta{0, "c", "look", "{}"}}, {TextDelta{"done"}}, {Finished{}}});
  EXPECT_THAT(heard(reply.body),
              ElementsAre("message_start", "content_block_start 0 tool_use",
                          "content_block_delta 0 input_json_delta", "content_block_stop 0",
                          "content_block_start 1 text", "content_block_delta 1 text_delta",
                          "content_block_stop 1", "message_delta", "message_stop"));
}

TEST(MessageStream, OfNothingHasNoBlocks) {
  Face face;
  EXPECT_THAT(heard(stream_of(face, {{Started{}}, {TextDelta{""}}, {Finished{}}}).body),
              ElementsAre("message_start", "message_delta", "message_stop"));
}

TEST(MessageStream, TellsWhyItEnded) {
  struct Case {
    Finished finished;
    std::uint32_t tokens;
    const char* told;
  };
  const Case cases[] = {
      {{}, 2, R"("stop_reason":"end_turn","stop_sequence":null)"},
      {{Finished::Reason::kStop, "END"},
       2,
       R"("stop_reason":"stop_sequence","stop_sequence":"END")"},
      {{kLength}, 9, R"("stop_reason":"max_tokens","stop_sequence":null)"},
      {{kLength}, 5, R"("stop_reason":"model_context_window_exceeded")"},
      {{kToolCalls}, 2, R"("stop_reason":"tool_use")"},
  };
  Face face;
  for (const Case& one : cases) {
    const std::vector<Step> script = {
        {Started{}}, {TextDelta{"x"}}, {Usage{5, 0, one.tokens}}, {one.finished}};
    EXPECT_THAT(stream_of(face, script).body, HasSubstr(one.told));
    EXPECT_THAT(stream_of(face, script, R"("top_k":1)").body, HasSubstr(one.told));
  }
}

TEST(MessageStream, ReadsOnlyThePromptWhereNoTokenIsWanted) {
  Face face;
  face.provider.set_script({{Started{}}, {TextDelta{"x"}}, {Usage{5, 0, 1}}, {Finished{kLength}}});
  const std::string body =
      R"({"model":"m","max_tokens":0,"messages":[{"role":"user","content":"x"}],"stream":true})";
  const RawReply reply = face.send("POST", kMessages, body);
  EXPECT_THAT(heard(reply.body), ElementsAre("message_start", "message_delta", "message_stop"));
  EXPECT_THAT(reply.body,
              AllOf(HasSubstr(R"("stop_reason":"max_tokens")"), HasSubstr(R"("output_tokens":0)")));
}

TEST(MessageStream, ThatFailsBeforeItsFirstByteIsAnErrorOfHttp) {
  Face face;
  const RawReply reply = stream_of(face, failing(Code::kUnavailable));
  EXPECT_EQ(reply.status, 529);
  EXPECT_EQ(reply.headers.at("retry-after"), "1");
  EXPECT_EQ(reply.headers.at("content-type"), "application/json");
  EXPECT_EQ(reply.body,
            R"({"type":"error","error":{"type":"overloaded_error","message":"it went wrong"},)"
            R"("request_id":")" +
                reply.headers.at("request-id") + R"("})");
}

TEST(MessageStream, ThatFailsLaterEndsWithAnErrorEvent) {
  Face face;
  const RawReply reply =
      stream_of(face, {{Started{}},
                       {TextDelta{"half"}},
                       {chat::Failed{make_error(Code::kEngineCrashed, "the model crashed")}}});
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(heard(reply.body), ElementsAre("message_start", "content_block_start 0 text",
                                             "content_block_delta 0 text_delta", "error"));
  EXPECT_THAT(reply.body, HasSubstr(R"(data: {"type":"error","error":{"type":"api_error",)"
                                    R"("message":"the model crashed"},"request_id":"req-)"));
}

TEST(MessageStream, PingsWhileItHasNothingToSay) {
  Face face(milliseconds(20));
  face.provider.set_script({{Started{}}});  // and then nothing, for ever
  RawClient client(face.port);
  client.request("POST", kMessages, with(kStream));
  const std::string begin = client.read_through("event: ping\ndata: {\"type\":\"ping\"}\n\n");
  EXPECT_THAT(begin, HasSubstr("event: message_start\n"));
}

TEST(MessageStream, OfAClientThatLeavesEndsTheWork) {
  Face face;
  face.provider.set_script({{Started{}}, {TextDelta{"x"}}});
  {
    RawClient client(face.port);
    client.request("POST", kMessages, with(kStream));
    client.read_through("text_delta");
    EXPECT_EQ(face.provider.streams_alive(), 1);
  }
  EXPECT_TRUE(face.becomes_true([&] { return face.provider.streams_alive() == 0; }));
}

}  // namespace
}  // namespace hearth::api::anthropic
