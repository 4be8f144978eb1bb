// POST /v1/messages answered whole, its errors, counted tokens and lists of models.
#include <regex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/testing/face.h"
#include "api/testing/message_bodies.h"

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
using net::testing::RawReply;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;
using testing::with;

constexpr const char* kMessages = "/v1/messages";
constexpr const char* kCount = "/v1/messages/count_tokens";
constexpr const char* kVersion = "anthropic-version: 2023-06-01\r\n";
constexpr const char* kBetas = "anthropic-beta: claude-code-20250219,who-knows-2027-01-01\r\n";
constexpr auto kToolCalls = Finished::Reason::kToolCalls;

std::string settled(const std::string& body) {
  return std::regex_replace(body, std::regex("msg_[0-9a-z]+"), "msg_1");
}

TEST(Messages, AnsweredWholeAreExactlyThis) {
  Face face;
  face.provider.set_script({{Started{7, 30}},
                            {ThinkingDelta{"look first"}},
                            {TextDelta{"I look."}},
                            {ToolCallDelta{0, "call_1", "look", R"({"city":"Oslo"})"}},
                            {ToolCallDelta{1, "call_2", "look", R"({"city":"Bergen"})"}},
                            {Usage{30, 20, 12, 1, 2, 3, 0, 5}},
                            {Finished{kToolCalls}}});
  const RawReply reply = face.send("POST", kMessages, with(R"("top_k":1)"), kVersion);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.at("request-id"), reply.headers.at("x-request-id"));
  EXPECT_EQ(settled(reply.body),
            R"({"id":"msg_1","type":"message","role":"assistant","model":"m","content":[)"
            R"({"type":"thinking","thinking":"look first","signature":"aGVhcnRo"},)"
            R"({"type":"text","text":"I look."},)"
            R"({"type":"tool_use","id":"call_1","name":"look","input":{"city":"Oslo"}},)"
            R"({"type":"tool_use","id":"call_2","name":"look","input":{"city":"Bergen"}}],)"
            R"("stop_reason":"tool_use","stop_sequence":null,"stop_details":null,)"
            R"("container":null,"usage":{"input_tokens":10,"cache_creation_input_tokens":0,)"
            R"("cache_read_input_tokens":20,"output_tokens":12,)"
            R"("output_tokens_details":{"thinking_tokens":5},"server_tool_use":null,)"
            R"("cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":0},)"
            R"("service_tier":"standard","inference_geo":null,"speed":null},)"
            R"("hearth":{"seed":7,"queue_ms":1,"prefill_ms":2,"decode_ms":3}})");
}

TEST(Messages, ShowArgumentsThatAreNoObjectAsTheTextTheyAre) {
  Face face;
  face.provider.set_script({{Started{}},
                            {ToolCallDelta{0, "c", "look", R"({"ci)"}},
                            {ToolCallDelta{1, "d", "look", ""}},
                            {Finished{Finished::Reason::kLength}}});
  EXPECT_THAT(face.send("POST", kMessages, with(R"("top_k":1)")).body,
              AllOf(HasSubstr(R"("input":{"_unparsed":"{\"ci"})"), HasSubstr(R"("input":{})")));
}

TEST(Messages, OmitThoughtsAndKeepTheirPlace) {
  Face face;
  face.provider.set_script(
      {{Started{}}, {ThinkingDelta{"secret"}}, {TextDelta{"x"}}, {Finished{}}});
  const std::string body =
      face.send("POST", kMessages, with(R"("thinking":{"type":"adaptive","display":"omitted"})"))
          .body;
  EXPECT_THAT(body, AllOf(HasSubstr(R"({"type":"thinking","thinking":"","signature":"a)"),
                          Not(HasSubstr("secret"))));
}

TEST(Messages, NameWhatHasNoEffectInAHeader) {
  Face face;
  face.provider.set_script({{Started{}}, {TextDelta{"x"}}, {Finished{}}});
  const std::string fields = R"("metadata":{"user_id":"u"},"brand_new":1,)"
                             R"("tools":[{"type":"web_search_20250305","name":"w"}])";
  const RawReply reply = face.send("POST", kMessages, with(fields), kBetas);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.at("x-hearth-ignored"), "metadata, brand_new, tools.web_search_20250305");
  const RawReply refused = face.send("POST", kMessages, with(fields));
  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(refused.body, HasSubstr("brand_new is not a field that is supported here"));
}

TEST(Messages, HaveErrorsOfTheRightKind) {
  struct Case {
    Code code;
    int status;
    const char* type;
  };
  const Case cases[] = {
      {Code::kInvalidArgument, 400, "invalid_request_error"},
      {Code::kContextOverflow, 400, "invalid_request_error"},
      {Code::kUnauthenticated, 401, "authentication_error"},
      {Code::kPermissionDenied, 403, "permission_error"},
      {Code::kNotFound, 404, "not_found_error"},
      {Code::kResourceExhausted, 429, "rate_limit_error"},
      {Code::kEngineCrashed, 500, "api_error"},
      {Code::kInternal, 500, "api_error"},
      {Code::kUpstream, 502, "api_error"},
      {Code::kDeadlineExceeded, 504, "timeout_error"},
      {Code::kUnavailable, 529, "overloaded_error"},
      {Code::kOutOfMemory, 529, "overloaded_error"},
  };
  Face face;
  for (const Case& one : cases) {
    face.provider.set_script(failing(one.code));
    const RawReply reply = face.send("POST", kMessages, with(R"("top_k":1)"));
    EXPECT_EQ(reply.status, one.status) << one.type;
    EXPECT_THAT(reply.body, AllOf(StartsWith(R"({"type":"error","error":{"type":")" +
                                             std::string(one.type) + "\""),
                                  HasSubstr(R"("request_id":"req-)"), Not(HasSubstr("/p"))));
  }
}

TEST(Messages, AreRefusedInAnthropicsShapeByTheReaderAndByTheGuard) {
  Face face;
  const RawReply broken = face.send("POST", kMessages, "{");
  EXPECT_EQ(broken.status, 400);
  EXPECT_THAT(broken.body,
              StartsWith(R"({"type":"error","error":{"type":"invalid_request_error")"));
  const RawReply foreign =
      face.send("POST", kMessages, with(R"("top_k":1)"), "Origin: http://evil.example\r\n");
  EXPECT_EQ(foreign.status, 403);
  EXPECT_THAT(foreign.body, StartsWith(R"({"type":"error","error":{"type":"permission_error")"));
}

TEST(Messages, OfAConversationKeptElsewhereMustComeWhole) {
  Face face;
  face.provider.set_script({{Started{}}, {TextDelta{"x"}}, {Finished{}}});
  const RawReply begun = face.send("POST", kMessages, with(R"("thread":{"type":"create"})"));
  EXPECT_EQ(begun.status, 200);
  EXPECT_EQ(begun.headers.at("x-hearth-ignored"), "thread");
  const RawReply gone = face.send(
      "POST", kMessages, with(R"("thread":{"type":"continue","previous_message_id":"msg_1"})"));
  EXPECT_EQ(gone.status, 404);
  EXPECT_THAT(gone.body, HasSubstr(R"("details":{"error_code":"thread_not_found"}})"));
}

TEST(Messages, ThatAreTooLongSaySoAsClientsExpectIt) {
  Face face;
  face.provider.set_script(failing(Code::kContextOverflow));
  EXPECT_THAT(face.send("POST", kMessages, with(R"("top_k":1)")).body,
              HasSubstr(R"("message":"prompt is too long: it went wrong")"));
}

TEST(Messages, ToAModelOfAnthropicsSayHowToNameOneOfThisMachine) {
  Face face;
  face.provider.set_script(failing(Code::kNotFound));
  const std::string body =
      R"({"model":"claude-opus-9","max_tokens":1,"messages":[{"role":"user","content":"x"}]})";
  const RawReply reply = face.send("POST", kMessages, body);
  EXPECT_EQ(reply.status, 404);
  EXPECT_THAT(reply.body, AllOf(HasSubstr("ANTHROPIC_MODEL"), HasSubstr("GET /v1/models"),
                                HasSubstr("hearth cp NAME claude-opus-9")));
  EXPECT_THAT(face.send("POST", kMessages, with(R"("top_k":1)")).body,
              Not(HasSubstr("ANTHROPIC_MODEL")));
}

TEST(Messages, NameTheFieldThatOnlyTheProviderFindsWrong) {
  Face face;
  const std::string tools =
      R"("tools":[{"type":"bash_20250124","name":"b"},)"
      R"({"name":"f","input_schema":{"type":"object"}}],)"
      R"("output_config":{"format":{"type":"json_schema","schema":{"type":"object"}}})";
  for (const auto& [context, named] : std::vector<std::pair<const char*, const char*>>{
           {"request.tools[0].parameters", "tools[1].input_schema: it went wrong"},
           {"request.constraint", "output_config.format.schema: it went wrong"}}) {
    face.provider.set_script(
        {{chat::Failed{make_error(Code::kInvalidArgument, "it went wrong", context)}}});
    EXPECT_THAT(face.send("POST", kMessages, with(tools)).body, HasSubstr(named));
  }
}

TEST(CountTokens, CountsWhatWouldBeRendered) {
  Face face;
  face.provider.set_tokens(chat::Tokens{42, {}});
  const RawReply reply =
      face.send("POST", kCount,
                R"({"model":"m","system":"s","messages":[{"role":"user","content":"x"}],)"
                R"("tools":[{"name":"f","input_schema":{"type":"object"}}]})");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, R"({"input_tokens":42})");
  EXPECT_EQ(reply.headers.at("request-id"), reply.headers.at("x-request-id"));
  const auto asked = face.provider.tokenize_requests().back();
  ASSERT_TRUE(asked.conversation.has_value());
  EXPECT_EQ(asked.result, chat::TokenizeRequest::Result::kCount);
  EXPECT_THAT(asked.conversation->messages, SizeIs(2));
  EXPECT_THAT(asked.conversation->tools, SizeIs(1));
}

TEST(CountTokens, HasErrorsInAnthropicsShape) {
  Face face;
  face.provider.set_tokens(fail(Code::kNotFound, "no model is called 'm'"));
  const RawReply unknown = face.send("POST", kCount, with(R"("top_k":1)"));
  EXPECT_EQ(unknown.status, 404);
  EXPECT_THAT(unknown.body, HasSubstr(R"("type":"not_found_error")"));
  const RawReply broken = face.send("POST", kCount, R"({"model":"m"})");
  EXPECT_EQ(broken.status, 400);
  EXPECT_THAT(broken.body, HasSubstr(R"("message":"messages )"));
}

TEST(Messages, InBatchesAreNotServedAndThatIsSaid) {
  Face face;
  const RawReply reply = face.send("POST", "/v1/messages/batches", "{}");
  EXPECT_EQ(reply.status, 404);
  EXPECT_THAT(reply.body, AllOf(HasSubstr(R"("type":"not_found_error")"),
                                HasSubstr("batches are not served here")));
}

std::vector<provider::ModelEntry> five_models() {
  std::vector<provider::ModelEntry> models;
  for (const char* name : {"a", "b", "c", "d", "hf.co/x/y"})
    models.push_back({.name = name, .modified_ms = 1'700'000'000'000});
  return models;
}

TEST(AnthropicModels, AreListedForWhoNamesTheVersion) {
  Face face;
  face.provider.set_models({{.name = "a", .modified_ms = 1'700'000'000'000}});
  EXPECT_EQ(face.send("GET", "/v1/models", "", kVersion).body,
            R"({"data":[{"type":"model","id":"a","display_name":"a",)"
            R"("created_at":"2023-11-14T22:13:20.000Z","max_input_tokens":null,"max_tokens":null,)"
            R"("capabilities":null,"lifecycle":"active","line":null,"deprecated_at":null,)"
            R"("retires_at":null,"hearth":{"capabilities":null}}],"has_more":false,"first_id":"a",)"
            R"("last_id":"a"})");
  EXPECT_THAT(face.send("GET", "/v1/models").body, HasSubstr(R"("object":"list")"));
}

TEST(AnthropicModels, ComeInPages) {
  Face face;
  face.provider.set_models(five_models());
  const auto page = [&](const std::string& query) {
    const std::string body = face.send("GET", "/v1/models?" + query, "", kVersion).body;
    return body.substr(body.rfind("],") + 2);
  };
  EXPECT_EQ(page("limit=2"), R"("has_more":true,"first_id":"a","last_id":"b"})");
  EXPECT_EQ(page("limit=2&after_id=b"), R"("has_more":true,"first_id":"c","last_id":"d"})");
  EXPECT_EQ(page("limit=2&after_id=d"),
            R"("has_more":false,"first_id":"hf.co/x/y","last_id":"hf.co/x/y"})");
  EXPECT_EQ(page("limit=2&before_id=d"), R"("has_more":true,"first_id":"b","last_id":"c"})");
  EXPECT_EQ(page("before_id=b"), R"("has_more":false,"first_id":"a","last_id":"a"})");
  EXPECT_EQ(page("before_id=a"), R"("has_more":false,"first_id":null,"last_id":null})");
  EXPECT_EQ(page("after_id=hf.co%2Fx%2Fy"), R"("has_more":false,"first_id":null,"last_id":null})");
}

TEST(AnthropicModels, RefusePagesThatAreNone) {
  Face face;
  face.provider.set_models(five_models());
  for (const char* query : {"limit=0", "limit=1001", "limit=x", "after_id=zz", "before_id=zz"}) {
    const RawReply reply = face.send("GET", "/v1/models?" + std::string(query), "", kVersion);
    EXPECT_EQ(reply.status, 400) << query;
    EXPECT_THAT(reply.body, HasSubstr(R"("type":"invalid_request_error")")) << query;
  }
}

TEST(AnthropicModels, AreShownByTheirId) {
  Face face;
  face.provider.set_models(five_models());
  EXPECT_THAT(face.send("GET", "/v1/models/hf.co%2Fx%2Fy", "", kVersion).body,
              StartsWith(R"({"type":"model","id":"hf.co/x/y")"));
  const RawReply none = face.send("GET", "/v1/models/claude-opus-9", "", kVersion);
  EXPECT_EQ(none.status, 404);
  EXPECT_THAT(none.body,
              AllOf(HasSubstr(R"("type":"not_found_error")"), HasSubstr("ANTHROPIC_MODEL")));
}

}  // namespace
}  // namespace hearth::api::anthropic
