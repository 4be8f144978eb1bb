// Tools that the daemon calls for an answer, seen over HTTP in the dialects that have them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/testing/chat_bodies.h"
#include "api/testing/face.h"

namespace hearth::api {
namespace {

using net::testing::RawReply;
using ::testing::ElementsAre;
using testing::Face;
using ::testing::HasSubstr;
using testing::kChat;
using ::testing::Not;
using ::testing::SizeIs;
using testing::Step;
using Reason = chat::Finished::Reason;

std::vector<Step> calling(const std::string& name, const std::string& arguments) {
  return {{chat::Started{7, 10}},
          {chat::ToolCallDelta{0, "call_1", name, arguments}},
          {chat::Usage{.prompt_tokens = 10, .completion_tokens = 3}},
          {chat::Finished{Reason::kToolCalls}}};
}
std::vector<Step> saying(const std::string& text) {
  return {{chat::Started{7, 20}},
          {chat::TextDelta{text}},
          {chat::Usage{.prompt_tokens = 20, .completion_tokens = 4}},
          {chat::Finished{}}};
}
std::string ask(const std::string& own, const std::string& fields = "") {
  return R"({"model":"m","messages":[{"role":"user","content":"hi"}],"hearth":{)" + own + "}" +
         fields + "}";
}

// The parts of a body that begin so, up to the end of their line.
std::vector<std::string> found_in(const std::string& body, const std::string& begin) {
  std::vector<std::string> found;
  for (std::size_t at = body.find(begin); at != std::string::npos; at = body.find(begin, at + 1))
    found.push_back(body.substr(at, body.find('\n', at) - at));
  return found;
}

TEST(OwnTools, AreCalledAndTheAnswerIsAUsualOne) {
  Face face;
  face.provider.set_scripts({calling("echo", R"({"a":1})"), saying("done")});
  const RawReply reply = face.send("POST", kChat, ask(R"("tools":["echo"],"rounds":3)"));
  EXPECT_EQ(reply.status, 200) << reply.body;
  EXPECT_THAT(reply.body, HasSubstr(R"("content":"done")"));
  EXPECT_THAT(reply.body, HasSubstr(R"("finish_reason":"stop")"));
  EXPECT_THAT(reply.body, Not(HasSubstr("tool_calls")));
  EXPECT_THAT(reply.body, HasSubstr(R"("prompt_tokens":30,"completion_tokens":7)"));
  EXPECT_THAT(
      reply.body,
      HasSubstr(R"("calls":[{"round":1,"id":"call_1","name":"echo","arguments":"{\"a\":1}",)"
                R"("status":"ok","output":"it is \u001b[31m{\"a\":1}"}])"));
  EXPECT_EQ(face.own_tools, (agent::Wish{.names = {"echo"}, .rounds = 3}));
  const auto requests = face.provider.requests();
  ASSERT_THAT(requests, SizeIs(2));
  const chat::Message& result = requests[1].messages.back();
  EXPECT_EQ(result.role, chat::Role::kTool);
  EXPECT_THAT(result.content, HasSubstr(R"({"a":1})"));
}

TEST(OwnTools, AStreamTellsEachCallWhenItBeginsAndEnds) {
  Face face;
  face.provider.set_scripts({calling("echo", "{}"), saying("done")});
  const RawReply reply = face.send("POST", kChat, ask(R"("tools":true)", R"(,"stream":true)"));
  const auto told = found_in(reply.body, R"("hearth":{"call":)");
  ASSERT_THAT(told, SizeIs(2)) << reply.body;
  EXPECT_THAT(told[0], HasSubstr(R"("status":"running")"));
  EXPECT_THAT(told[1], HasSubstr(R"("status":"ok","output":"it is )"));
  EXPECT_LT(reply.body.find(told[1]), reply.body.find(R"({"content":"done"})"));
  EXPECT_THAT(reply.body, Not(HasSubstr("tool_calls")));
  EXPECT_THAT(reply.body, HasSubstr(R"("calls":[{"round":1)")) << "the end tells all";
  EXPECT_THAT(reply.body, HasSubstr("[DONE]"));
}

TEST(OwnTools, OllamasLinesTellThemToo) {
  Face face;
  face.provider.set_scripts({calling("echo", "{}"), saying("done")});
  const RawReply reply = face.send("POST", "/api/chat", ask(R"("tools":true)"));
  const auto told = found_in(reply.body, R"("hearth":{"call":)");
  ASSERT_THAT(told, SizeIs(2)) << reply.body;
  EXPECT_THAT(told[1], HasSubstr(R"("status":"ok")"));
  EXPECT_THAT(reply.body, HasSubstr(R"("content":"done")"));
  EXPECT_THAT(reply.body, HasSubstr(R"("eval_count":7)"));
}

TEST(OwnTools, AnthropicsMessagesTellThemAtTheEnd) {
  Face face;
  const std::string body = ask(R"("tools":true)", R"(,"max_tokens":9)");
  face.provider.set_scripts({calling("echo", "{}"), saying("done")});
  const RawReply whole = face.send("POST", "/v1/messages", body);
  EXPECT_THAT(whole.body, HasSubstr(R"("text":"done")"));
  EXPECT_THAT(whole.body, HasSubstr(R"("stop_reason":"end_turn")"));
  EXPECT_THAT(whole.body, HasSubstr(R"("calls":[{"round":1)"));
  face.provider.set_scripts({calling("echo", "{}"), saying("done")});
  const RawReply stream =
      face.send("POST", "/v1/messages", body.substr(0, body.size() - 1) + R"(,"stream":true})");
  EXPECT_THAT(stream.body, HasSubstr(R"("text":"done")"));
  EXPECT_THAT(stream.body, Not(HasSubstr(R"("type":"tool_use")")));
  EXPECT_THAT(stream.body, HasSubstr(R"("calls":[{"round":1)"));
}

TEST(OwnTools, ACallOfTheClientsIsHandedToIt) {
  Face face;
  face.provider.set_scripts({calling("echo", "{}"), calling("theirs", R"({"b":2})")});
  const RawReply reply = face.send(
      "POST", kChat,
      ask(R"("tools":true)", R"(,"tools":[{"type":"function","function":{"name":"theirs"}}])"));
  EXPECT_THAT(reply.body, HasSubstr(R"("finish_reason":"tool_calls")"));
  EXPECT_THAT(reply.body, HasSubstr(R"("function":{"name":"theirs","arguments":"{\"b\":2}"})"));
  std::vector<std::string> names;
  for (const chat::Tool& tool : face.provider.last_request().tools)
    names.push_back(tool.name);
  EXPECT_THAT(names, ElementsAre("theirs", "echo", "slow"));
}

TEST(OwnTools, ALimitThatWasReachedIsAWarning) {
  Face face;
  face.provider.set_scripts({calling("echo", "{}"), saying("so far")});
  const RawReply reply = face.send("POST", kChat, ask(R"("tools":true,"rounds":1)"));
  EXPECT_THAT(reply.body, HasSubstr(R"("content":"so far")"));
  EXPECT_THAT(reply.body, HasSubstr("calls were made in 1 round; the answer was made of"));
  EXPECT_EQ(face.provider.last_request().tool_choice.kind, chat::ToolChoice::Kind::kNone);
}

TEST(OwnTools, WhoLeavesEndsTheTool) {
  Face face;
  face.provider.set_script(calling("slow", "{}"));
  {
    net::testing::RawClient client(face.port);
    client.request("POST", kChat, ask(R"("tools":true)", R"(,"stream":true)"));
    EXPECT_THAT(client.read_through("running"), HasSubstr("slow"));
  }
  EXPECT_TRUE(face.becomes_true([&] { return face.tools_called_off == 1; }));
}

TEST(OwnTools, ARequestThatCannotBeIsRefused) {
  Face face;
  const auto refused = [&](const char* path, const std::string& body, const char* words) {
    const RawReply reply = face.send("POST", path, body);
    EXPECT_EQ(reply.status, 400) << reply.body;
    EXPECT_THAT(reply.body, HasSubstr(words));
  };
  refused(kChat, ask(R"("tools":[])"), "must name at least one tool");
  refused(kChat, ask(R"("tools":"all")"), "hearth.tools must be");
  refused(kChat, ask(R"("tools":["a b"])"), "hearth.tools[0]");
  refused(kChat, ask(R"("tools":true,"rounds":0)"), "hearth.rounds");
  refused(kChat, ask(R"("tools":true,"rounds":10000)"), "hearth.rounds");
  refused(kChat, ask(R"("rounds":3)"), "not asked for");
  refused(kChat, ask(R"("tools":false,"workspace":"/a")"), "not asked for");
  refused(kChat, ask(R"("tools":true,"workspace":"here")"), "absolute path");
  refused(kChat, ask(R"("tools":true,"workspace":"/nowhere")"), R"("param":"hearth.tools")");
  refused(kChat, ask(R"("tools":true)", R"(,"n":2)"), "several times over");
  refused(kChat,
          ask(R"("tools":true)", R"(,"tools":[{"type":"function","function":{"name":"echo"}}])"),
          "is a tool of the request, too");
  refused("/v1/responses", R"({"model":"m","input":"hi","hearth":{"tools":true}})",
          "hearth.tools is not supported");
  refused("/api/generate", R"({"model":"m","prompt":"hi","raw":true,"hearth":{"tools":true}})",
          "no raw prompt");
  const std::string counted = R"({"model":"m","messages":[{"role":"user","content":"hi"}],)"
                              R"("hearth":{"tools":true}})";
  refused("/hearth/v1/tokenize", counted, "hearth.tools is not supported here");
  refused("/v1/messages/count_tokens", counted, "hearth.tools is not supported here");
  refused("/apply-template", counted, "hearth.tools is not supported here");
  EXPECT_TRUE(face.provider.requests().empty());
}

TEST(OwnTools, WithoutTheWishNothingIsOpened) {
  Face face;
  face.provider.set_script(calling("echo", "{}"));
  const RawReply reply = face.send("POST", kChat, ask(R"("tools":false)"));
  EXPECT_THAT(reply.body, HasSubstr("tool_calls")) << "what a model calls is the client's";
  EXPECT_EQ(face.own_tools, agent::Wish());
  EXPECT_THAT(face.provider.last_request().tools, SizeIs(0));
}

}  // namespace
}  // namespace hearth::api
