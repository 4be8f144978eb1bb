// A coding agent that speaks Anthropic's dialect to the real daemon on ember: many tools, long
// instructions, betas that nobody knows, results of tools. Its prompts are found in the cache.
#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/clock.h"
#include "daemon.h"
#include "json/node.h"
#include "json/parse.h"
#include "json/writer.h"
#include "places.h"

namespace hearth::testing {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* kMessages = "/v1/messages?beta=true";
constexpr int kTools = 8;

// Ember's context has 2,048 tokens, so these instructions are long for it and no more.
std::string instructions() {
  std::string text = "You are a coding agent. You work in a folder of the user's.\n";
  for (int rule = 1; rule <= 16; ++rule)
    text += "Rule " + std::to_string(rule) + ": read a file before you change it.\n";
  return text;
}

std::string tools(int count) {
  json::Writer json;
  json.open('[');
  for (int tool = 0; tool < count; ++tool) {
    json.open('{').key("name").text("tool_" + std::to_string(tool));
    json.key("description").text("Does something with a file.");
    json.key("input_schema").open('{').key("type").text("object").key("properties").open('{');
    json.key("path").open('{').key("type").text("string").close('}').close('}');
    json.key("required").open('[').text("path").close(']').close('}');
    json.key("eager_input_streaming").boolean(true).close('}');
  }
  json.open('{').key("type").text("web_search_20250305").key("name").text("web_search").close('}');
  return json.close(']').take();
}

struct Reply {
  int status = 0;
  std::string body;
  std::string ignored;
  std::int64_t input = 0;
  std::int64_t cached = 0;
};

class CodingAgent : public ::testing::Test {
 protected:
  CodingAgent() = default;
  explicit CodingAgent(std::vector<std::string> environment)
      : daemon_({}, std::move(environment)) {}

  // As an agent sends it: the first line of the system changes with each request.
  Reply ask(const std::string& messages, const std::string& more = {}) {
    json::Writer system;
    system.open('[').open('{').key("type").text("text").key("text");
    system.text("x-anthropic-billing-header: cc_version=2.1; cch=" + std::to_string(++asked_));
    system.close('}').open('{').key("type").text("text").key("text").text(instructions());
    system.key("cache_control").open('{').key("type").text("ephemeral").close('}').close('}');
    return send(kMessages, R"({"model":"ember","max_tokens":48,"temperature":0,"system":)" +
                               system.close(']').take() + R"(,"tools":)" + tools(kTools) +
                               R"(,"messages":)" + messages + more +
                               R"(,"metadata":{"user_id":"u"},"brand_new_field":{"on":true}})");
  }
  Reply send(const std::string& target, const std::string& body) {
    net::HttpCall call;
    call.method = "POST";
    call.target = target;
    call.headers = {{"Content-Type", "application/json"},
                    {"anthropic-version", "2023-06-01"},
                    {"x-api-key", "none"},
                    {"anthropic-beta", "claude-code-20250219,context-2027-01-01"}};
    call.body = body;
    const auto http = net::HttpClient::over_unix(daemon_.home() + "/run/hearth.sock").send(call);
    EXPECT_TRUE(http.has_value());
    if (!http) return {};
    Reply reply{.status = http->status, .body = http->body};
    for (const auto& [name, value] : http->headers) {
      if (name == "X-Hearth-Ignored" || name == "x-hearth-ignored") reply.ignored = value;
    }
    reply.input = last_number(reply.body, "input_tokens");
    reply.cached = last_number(reply.body, "cache_read_input_tokens");
    return reply;
  }
  // A stream has them twice; what its end says counts.
  static std::int64_t last_number(const std::string& body, const std::string& key) {
    const std::size_t at = body.rfind("\"" + key + "\":");
    return at == std::string::npos ? 0 : DaemonProcess::number_in(body.substr(at), key);
  }

  DaemonProcess daemon_;

 private:
  int asked_ = 0;
};

constexpr const char* kFirst = R"({"role":"user","content":"What does main.cc do?"})";
constexpr const char* kCall =
    R"({"role":"assistant","content":[{"type":"text","text":"I read it."},)"
    R"({"type":"tool_use","id":"toolu_1","name":"tool_1","input":{"path":"main.cc"}}]})";
constexpr const char* kResult =
    R"({"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1",)"
    R"("content":[{"type":"text","text":"int main() {}"}],"cache_control":{"type":"ephemeral"}}]})";

TEST_F(CodingAgent, FindsItsInstructionsAndToolsInTheCacheInTheSecondTurn) {
  const std::string first = std::string("[") + kFirst + "]";
  const Reply one = ask(first);
  ASSERT_EQ(one.status, 200) << one.body;
  EXPECT_THAT(one.ignored, AllOf(HasSubstr("brand_new_field"), HasSubstr("metadata"),
                                 HasSubstr("tools.web_search_20250305"),
                                 HasSubstr("tools.eager_input_streaming"),
                                 HasSubstr("system.x-anthropic-billing-header")));
  EXPECT_EQ(one.cached, 0);
  EXPECT_GT(one.input, 500);
  const Reply two =
      ask(std::string("[") + kFirst + "," + kCall + "," + kResult + "]", R"(,"stream":true)");
  ASSERT_EQ(two.status, 200) << two.body;
  EXPECT_THAT(two.body, StartsWith("event: message_start\n"));
  EXPECT_THAT(two.body, HasSubstr("event: message_stop\n"));
  EXPECT_GT(two.cached, one.input * 9 / 10) << two.body;
  EXPECT_LT(two.input, one.input / 5);
}

TEST_F(CodingAgent, IsCountedAsItIsAnswered) {
  const std::string body = R"({"model":"ember","system":"Be brief.","tools":)" + tools(kTools) +
                           R"(,"messages":[)" + kFirst + "]";
  const Reply counted = send("/v1/messages/count_tokens", body + "}");
  ASSERT_EQ(counted.status, 200) << counted.body;
  const Reply answered = send(kMessages, body + R"(,"max_tokens":1})");
  ASSERT_EQ(answered.status, 200) << answered.body;
  EXPECT_EQ(counted.input, answered.input + answered.cached);
}

TEST_F(CodingAgent, GetsACallWithTheInputThatItsToolAsksFor) {
  const Reply reply =
      ask(std::string("[") + kFirst + "]", R"(,"tool_choice":{"type":"tool","name":"tool_3"})");
  ASSERT_EQ(reply.status, 200) << reply.body;
  const auto body = json::parse(reply.body);
  ASSERT_TRUE(body.has_value());
  const auto content = json::Node(*body).require("content")->elements();
  std::vector<std::string> called;
  for (const json::Node& block : *content) {
    if (const auto name = block.find("name")) called.push_back(name->json());
    if (const auto input = block.find("input")) {
      EXPECT_TRUE(input->is_object()) << input->json();
    }
  }
  EXPECT_THAT(called, Contains("\"tool_3\"")) << reply.body;
}

TEST_F(CodingAgent, HearsThatItsPromptIsTooLong) {
  const std::string body =
      R"({"model":"ember","max_tokens":8,"messages":[{"role":"user","content":")" +
      std::string(40'000, 'x') + R"("}]})";
  const Reply reply = send(kMessages, body);
  EXPECT_EQ(reply.status, 400);
  EXPECT_THAT(reply.body, HasSubstr(R"("message":"prompt is too long: )"));
}

constexpr int kLongTools = 40;
constexpr std::int64_t kLongPrompt = 30'000;  // tokens

// A model with a context as long as such agents ask for: of random weights, and so small that it
// reads all of it within seconds.
class CodingAgentAtLength : public CodingAgent {
 protected:
  CodingAgentAtLength() : CodingAgent({"HEARTH_MODEL_CONTEXT=40960"}) {
    std::filesystem::create_directories(daemon_.home() + "/models");
    std::filesystem::copy_file(model_path("long-qwen2-f16"), daemon_.home() + "/models/long.gguf");
  }
  struct Timed {
    Reply reply;
    base::Duration took;
  };
  // One token of an answer, so that what it takes is the time to the first one.
  Timed ask_for_a_token(const std::string& messages) {
    json::Writer system;
    system.text(long_instructions());
    const base::TimePoint began = base::system_clock().now();
    Reply reply = send(kMessages, R"({"model":"long","max_tokens":1,"temperature":0,"system":)" +
                                      system.take() + R"(,"tools":)" + tools(kLongTools) +
                                      R"(,"messages":)" + messages + "}");
    return {std::move(reply), base::system_clock().now() - began};
  }
  static std::string long_instructions() {
    std::string text = "You are a coding agent.\n";
    for (int rule = 1; rule <= 1300; ++rule) {
      text += "Rule " + std::to_string(rule * 7919) +
              ": read a file before you change it, and say which tests you ran.\n";
    }
    return text;
  }
};

TEST_F(CodingAgentAtLength, ItsSecondTurnBeginsWithinATenthOfTheTimeOfTheFirst) {
  EXPECT_EQ(daemon_.post("/hearth/v1/models/load", R"({"model":"long"})").status, 200);
  const Timed one = ask_for_a_token(std::string("[") + kFirst + "]");
  ASSERT_EQ(one.reply.status, 200) << one.reply.body;
  EXPECT_GT(one.reply.input, kLongPrompt);
  // Three calls at once, and what came of each.
  std::string calls;
  std::string results;
  for (const char* const call : {"a", "b", "c"}) {
    const std::string comma = calls.empty() ? "" : ",";
    calls += comma + R"({"type":"tool_use","id":"toolu_)" + call +
             R"(","name":"tool_1","input":{"path":")" + call + R"(.cc"}})";
    results += comma + R"({"type":"tool_result","tool_use_id":"toolu_)" + call +
               R"(","content":"int )" + call + R"(() {}"})";
  }
  const Timed two =
      ask_for_a_token(std::string("[") + kFirst + R"(,{"role":"assistant","content":[)" + calls +
                      R"(]},{"role":"user","content":[)" + results + "]}]");
  ASSERT_EQ(two.reply.status, 200) << two.reply.body;
  EXPECT_GT(two.reply.cached, one.reply.input * 99 / 100) << two.reply.body;
  EXPECT_LT(base::to_ms(two.took), base::to_ms(one.took) / 10);
  RecordProperty("first_ms", std::to_string(base::to_ms(one.took)));
  RecordProperty("second_ms", std::to_string(base::to_ms(two.took)));
}

}  // namespace
}  // namespace hearth::testing
