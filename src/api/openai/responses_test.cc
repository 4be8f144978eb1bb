// POST /v1/responses and what is kept of them, seen over HTTP.
#include <regex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/testing/face.h"
#include "json/node.h"
#include "json/parse.h"

namespace hearth::api::openai {
namespace {

using api::testing::Face;
using api::testing::failing;
using api::testing::Step;
using chat::Finished;
using chat::Message;
using chat::Role;
using chat::Started;
using chat::TextDelta;
using chat::ThinkingDelta;
using chat::ToolCallDelta;
using chat::Usage;
using net::testing::RawReply;
using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr const char* kResponses = "/v1/responses";

std::string ask_with(const std::string& fields) {
  return R"({"model":"m","input":"hi",)" + fields + "}";
}
const std::string kAsk = R"({"model":"m","input":"hi"})";

std::vector<Step> saying(const std::string& text) {
  return {{Started{7, 5}}, {TextDelta{text}}, {Usage{5, 3, 2, 1, 2, 3, 0, 1}}, {Finished{}}};
}
std::vector<Step> thinking_and_calling() {
  return {{Started{7, 5}},
          {ThinkingDelta{"hm"}},
          {ThinkingDelta{"!"}},
          {TextDelta{"so"}},
          {ToolCallDelta{0, "call_a", "f", ""}},
          {ToolCallDelta{0, "", "", R"({"x":)"}},
          {ToolCallDelta{0, "", "", "1}"}},
          {ToolCallDelta{1, "call_b", "g", "{}"}},
          {Usage{5, 3, 9, 1, 2, 3, 0, 2}},
          {Finished{Finished::Reason::kToolCalls}}};
}

std::string text_at(const std::string& body, std::string_view key) {
  const auto document = json::parse(body);
  HEARTH_ASSERT(document.has_value());
  const json::Node root(*document);
  return std::string(*root.require(key)->text());
}
std::string id_of(const RawReply& reply) {
  return text_at(reply.body, "id");
}
// Ids are new each time, and so is the time.
std::string without_chance(const std::string& body, const std::string& id) {
  std::string out = std::regex_replace(body, std::regex(id.substr(5)), "ID");
  return std::regex_replace(out, std::regex(R"("created_at":\d+)"), "\"created_at\":0");
}
std::string types_of(const std::string& stream) {
  std::string types;
  const std::regex event("event: response\\.([a-z_.]+)\n");
  for (std::sregex_iterator it(stream.begin(), stream.end(), event), end; it != end; ++it)
    types += (types.empty() ? "" : " ") + (*it)[1].str();
  return types;
}

TEST(Responses, AnswerAsOpenAiDoes) {
  Face face;
  face.provider.set_script(saying("Hello"));
  const RawReply reply = face.send("POST", kResponses, kAsk);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(
      without_chance(reply.body, id_of(reply)),
      R"({"id":"resp_ID","object":"response","created_at":0,"status":"completed",)"
      R"("background":false,"error":null,"incomplete_details":null,"output":[{"id":"msg_ID_0",)"
      R"("type":"message","role":"assistant","content":[{"type":"output_text","text":"Hello",)"
      R"("annotations":[],"logprobs":[]}],"status":"completed"}],"usage":{"input_tokens":5,)"
      R"("input_tokens_details":{"cached_tokens":3},"output_tokens":2,"output_tokens_details":{)"
      R"("reasoning_tokens":1},"total_tokens":7},"hearth":{"seed":7,"queue_ms":1,"prefill_ms":2,)"
      R"("decode_ms":3},"instructions":null,"max_output_tokens":null,"max_tool_calls":null,)"
      R"("model":"m","parallel_tool_calls":true,"previous_response_id":null,)"
      R"("prompt_cache_key":null,"reasoning":{"effort":null,"summary":null},)"
      R"("safety_identifier":null,"service_tier":"default","store":true,"temperature":0.7,)"
      R"("text":{"format":{"type":"text"}},"tool_choice":"auto","tools":[],"top_logprobs":0,)"
      R"("top_p":0.95,"truncation":"disabled","user":null,"metadata":{}})");
}

TEST(Responses, PutOutThoughtsWordsAndCallsInTheirOrder) {
  Face face;
  face.provider.set_script(thinking_and_calling());
  const RawReply reply = face.send("POST", kResponses, kAsk);
  EXPECT_THAT(
      without_chance(reply.body, id_of(reply)),
      HasSubstr(
          R"("output":[{"id":"rs_ID_0","type":"reasoning","summary":[],"content":[{)"
          R"("type":"reasoning_text","text":"hm!"}],"status":"completed"},{"id":"msg_ID_1",)"
          R"("type":"message","role":"assistant","content":[{"type":"output_text","text":"so",)"
          R"("annotations":[],"logprobs":[]}],"status":"completed"},{"id":"fc_ID_2",)"
          R"("type":"function_call","call_id":"call_a","name":"f","arguments":"{\"x\":1}",)"
          R"("status":"completed"},{"id":"fc_ID_3","type":"function_call","call_id":"call_b",)"
          R"("name":"g","arguments":"{}","status":"completed"}],)"));
}

TEST(Responses, AreIncompleteWhenTheLimitEndsThem) {
  Face face;
  face.provider.set_script(
      {{Started{7, 5}}, {TextDelta{"Hel"}}, {Finished{Finished::Reason::kLength}}});
  const RawReply reply = face.send("POST", kResponses, ask_with(R"("max_output_tokens":1)"));
  EXPECT_EQ(text_at(reply.body, "status"), "incomplete");
  EXPECT_THAT(reply.body, HasSubstr(R"("incomplete_details":{"reason":"max_output_tokens"})"));
  EXPECT_THAT(reply.body, HasSubstr(R"("logprobs":[]}],"status":"incomplete"}])"));
  EXPECT_THAT(reply.body, HasSubstr(R"("max_output_tokens":1,)"));
  const RawReply stream = face.send("POST", kResponses, ask_with(R"("stream":true)"));
  EXPECT_THAT(stream.body, HasSubstr("event: response.incomplete\n"));
  EXPECT_THAT(stream.body, Not(HasSubstr("event: response.completed\n")));
}

TEST(Responses, StreamTheExactSequenceOfEvents) {
  Face face;
  face.provider.set_script(saying("Hello"));
  const RawReply reply = face.send("POST", kResponses, ask_with(R"("stream":true)"));
  EXPECT_EQ(types_of(reply.body),
            "created in_progress output_item.added content_part.added output_text.delta "
            "output_text.done content_part.done output_item.done completed");
  std::smatch id;
  ASSERT_TRUE(std::regex_search(reply.body, id, std::regex("resp_[0-9a-z]+")));
  const std::string body = without_chance(reply.body, id.str());
  const auto begin = body.find("event: response.output_item.added");
  const auto end = body.find("event: response.completed");
  EXPECT_EQ(
      body.substr(begin, end - begin),
      "event: response.output_item.added\n"
      R"(data: {"type":"response.output_item.added","sequence_number":2,"output_index":0,"item":{)"
      R"("id":"msg_ID_0","type":"message","role":"assistant","content":[],"status":"in_progress"}})"
      "\n\nevent: response.content_part.added\n"
      R"(data: {"type":"response.content_part.added","sequence_number":3,"item_id":"msg_ID_0",)"
      R"("output_index":0,"content_index":0,"part":{"type":"output_text","text":"",)"
      R"("annotations":[],"logprobs":[]}})"
      "\n\nevent: response.output_text.delta\n"
      R"(data: {"type":"response.output_text.delta","sequence_number":4,"item_id":"msg_ID_0",)"
      R"("output_index":0,"content_index":0,"delta":"Hello","logprobs":[]})"
      "\n\nevent: response.output_text.done\n"
      R"(data: {"type":"response.output_text.done","sequence_number":5,"item_id":"msg_ID_0",)"
      R"("output_index":0,"content_index":0,"text":"Hello","logprobs":[]})"
      "\n\nevent: response.content_part.done\n"
      R"(data: {"type":"response.content_part.done","sequence_number":6,"item_id":"msg_ID_0",)"
      R"("output_index":0,"content_index":0,"part":{"type":"output_text","text":"Hello",)"
      R"("annotations":[],"logprobs":[]}})"
      "\n\nevent: response.output_item.done\n"
      R"(data: {"type":"response.output_item.done","sequence_number":7,"output_index":0,"item":{)"
      R"("id":"msg_ID_0","type":"message","role":"assistant","content":[{"type":"output_text",)"
      R"("text":"Hello","annotations":[],"logprobs":[]}],"status":"completed"}})"
      "\n\n");
  EXPECT_THAT(body, HasSubstr(R"(data: {"type":"response.completed","sequence_number":8,)"
                              R"("response":{"id":"resp_ID","object":"response",)"));
}

TEST(Responses, StreamThoughtsAndCallsAsItems) {
  Face face;
  face.provider.set_script(thinking_and_calling());
  const RawReply reply = face.send("POST", kResponses, ask_with(R"("stream":true)"));
  EXPECT_EQ(types_of(reply.body),
            "created in_progress "
            "output_item.added content_part.added reasoning_text.delta reasoning_text.delta "
            "reasoning_text.done content_part.done output_item.done "
            "output_item.added content_part.added output_text.delta "
            "output_text.done content_part.done output_item.done "
            "output_item.added function_call_arguments.delta function_call_arguments.delta "
            "function_call_arguments.done output_item.done "
            "output_item.added function_call_arguments.delta "
            "function_call_arguments.done output_item.done completed");
  EXPECT_THAT(reply.body, HasSubstr(R"("type":"function_call","call_id":"call_a","name":"f",)"
                                    R"("arguments":"","status":"in_progress"}})"));
  EXPECT_THAT(reply.body, HasSubstr(R"("output_index":2,"name":"f","arguments":"{\"x\":1}"})"));
  EXPECT_THAT(reply.body, HasSubstr(R"("output_index":3,"delta":"{}"})"));
}

TEST(Responses, OfOneKindHaveTheSameOutputWholeAndStreamed) {
  Face face;
  face.provider.set_script(thinking_and_calling());
  const auto output_of = [](const std::string& body) {
    const std::size_t begin = body.rfind(R"("output":[)");
    return body.substr(begin, body.find(R"("usage":)", begin) - begin);
  };
  const RawReply whole = face.send("POST", kResponses, kAsk);
  const RawReply stream = face.send("POST", kResponses, ask_with(R"("stream":true)"));
  std::smatch id;
  ASSERT_TRUE(std::regex_search(stream.body, id, std::regex("resp_[0-9a-z]+")));
  EXPECT_EQ(output_of(without_chance(whole.body, id_of(whole))),
            output_of(without_chance(stream.body, id.str())));
}

TEST(Responses, WithNothingToSayHaveAnEmptyMessage) {
  Face face;
  face.provider.set_script({{Started{7, 5}}, {Finished{}}});
  const std::string empty = R"("content":[{"type":"output_text","text":"",)";
  EXPECT_THAT(face.send("POST", kResponses, kAsk).body, HasSubstr(empty));
  const RawReply stream = face.send("POST", kResponses, ask_with(R"("stream":true)"));
  EXPECT_THAT(types_of(stream.body), HasSubstr("content_part.added output_text.done"));
}

TEST(Responses, TellLogprobsWhereTheyAreIncluded) {
  Face face;
  face.provider.set_script(
      {{Started{7, 5}}, {TextDelta{"H", 1, {{{1, "H", -0.5F}, {{2, "G", -1.5F}}}}}}, {Finished{}}});
  const std::string fields = R"("include":["message.output_text.logprobs"],"top_logprobs":1)";
  const std::string told = R"("logprobs":[{"token":"H","logprob":-0.5,"bytes":[72],)"
                           R"("top_logprobs":[{"token":"G","logprob":-1.5,"bytes":[71]}]}])";
  EXPECT_THAT(face.send("POST", kResponses, ask_with(fields)).body, HasSubstr(told));
  EXPECT_EQ(face.provider.last_request().logprobs, 1U);
  const RawReply stream = face.send("POST", kResponses, ask_with(fields + R"(,"stream":true)"));
  EXPECT_THAT(stream.body, HasSubstr(R"("delta":"H",)" + told));
}

TEST(Responses, ThatFailAreErrorsBeforeTheFirstByteAndEventsLater) {
  Face face;
  face.provider.set_script(failing(Code::kContextOverflow));
  const RawReply early = face.send("POST", kResponses, ask_with(R"("stream":true)"));
  EXPECT_EQ(early.status, 400);
  EXPECT_THAT(early.body, HasSubstr(R"("param":"input","code":"context_length_exceeded")"));
  face.provider.set_script({{Started{7, 5}},
                            {TextDelta{"Hel"}},
                            {chat::Failed{make_error(Code::kEngineCrashed, "it fell", "/p")}}});
  const RawReply late = face.send("POST", kResponses, ask_with(R"("stream":true)"));
  EXPECT_EQ(late.status, 200);
  EXPECT_TRUE(types_of(late.body).ends_with("output_text.delta failed")) << late.body;
  EXPECT_THAT(late.body, HasSubstr(R"("status":"failed","background":false,)"
                                   R"("error":{"code":"server_error","message":"it fell"})"));
  EXPECT_THAT(late.body, Not(HasSubstr("/p")));
  const RawReply refused = face.send("POST", kResponses, ask_with(R"("background":true)"));
  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(refused.body, HasSubstr(R"("param":"background")"));
}

TEST(Responses, AreKeptAndGoneOnWith) {
  Face face;
  face.provider.set_script(thinking_and_calling());
  const RawReply first = face.send("POST", kResponses, ask_with(R"("instructions":"then")"));
  const std::string id = id_of(first);
  face.provider.set_script(saying("Two"));
  const RawReply second =
      face.send("POST", kResponses,
                R"({"model":"m","previous_response_id":")" + id +
                    R"(","instructions":"now","input":[{"type":"function_call_output",)"
                    R"("call_id":"call_a","output":"1"}]})");
  EXPECT_EQ(second.status, 200);
  EXPECT_THAT(second.body, HasSubstr(R"("previous_response_id":")" + id + "\""));
  const auto messages = face.provider.last_request().messages;
  ASSERT_THAT(messages, SizeIs(4));
  EXPECT_EQ(messages[0], (Message{Role::kSystem, "now"}))
      << "instructions hold for one response alone";
  EXPECT_EQ(messages[1], (Message{Role::kUser, "hi"}));
  EXPECT_EQ(messages[2].thinking, "hm!");
  EXPECT_EQ(messages[2].content, "so");
  EXPECT_THAT(messages[2].tool_calls, SizeIs(2));
  EXPECT_EQ(messages[3].tool_call_id, "call_a");
  face.send("POST", kResponses, ask_with(R"("previous_response_id":")" + id_of(second) + "\""));
  EXPECT_THAT(face.provider.last_request().messages, SizeIs(5)) << "all that came before";
}

TEST(Responses, HaveItemsThatLaterOnesMayName) {
  Face face;
  face.provider.set_script(thinking_and_calling());
  const RawReply first = face.send("POST", kResponses, kAsk);
  const std::string stem = id_of(first).substr(5);
  const std::string body = R"({"model":"m","input":[{"role":"user","content":"hi"},)"
                           R"({"type":"item_reference","id":"rs_)" +
                           stem +
                           R"(_0"},)"
                           R"({"type":"item_reference","id":"fc_)" +
                           stem +
                           R"(_2"},)"
                           R"({"type":"function_call_output","call_id":"call_a","output":"1"}]})";
  const RawReply second = face.send("POST", kResponses, body);
  EXPECT_EQ(second.status, 200) << second.body;
  const auto messages = face.provider.last_request().messages;
  ASSERT_THAT(messages, SizeIs(3));
  EXPECT_EQ(messages[1].thinking, "hm!");
  EXPECT_THAT(messages[1].tool_calls, ElementsAre(chat::ToolCall{"call_a", "f", R"({"x":1})"}));
  face.send("DELETE", std::string(kResponses) + "/" + id_of(first));
  const RawReply lost = face.send("POST", kResponses, body);
  EXPECT_EQ(lost.status, 400);
  EXPECT_THAT(lost.body, HasSubstr(R"("param":"input[1].id")"));
}

TEST(Responses, AreFoundAgainAsTheyWereTold) {
  Face face;
  face.provider.set_script(saying("Hello"));
  const RawReply made = face.send("POST", kResponses, kAsk);
  const std::string path = std::string(kResponses) + "/" + id_of(made);
  const RawReply found = face.send("GET", path);
  EXPECT_EQ(found.status, 200);
  EXPECT_EQ(found.body, made.body);
  EXPECT_EQ(face.send("GET", path + "?stream=true").status, 400);
  const RawReply removed = face.send("DELETE", path);
  EXPECT_EQ(removed.body, R"({"id":")" + id_of(made) + R"(","object":"response","deleted":true})");
  for (const char* method : {"GET", "DELETE"}) {
    const RawReply gone = face.send(method, path);
    EXPECT_EQ(gone.status, 404);
    EXPECT_THAT(gone.body, HasSubstr("Response with id '" + id_of(made) + "' not found."));
    EXPECT_THAT(gone.body, HasSubstr(R"("type":"invalid_request_error","param":null)"));
  }
  const RawReply lost =
      face.send("POST", kResponses, ask_with(R"("previous_response_id":")" + id_of(made) + "\""));
  EXPECT_EQ(lost.status, 400);
  EXPECT_THAT(lost.body,
              HasSubstr(R"("param":"previous_response_id","code":"previous_response_not_found")"));
}

TEST(Responses, ThatAreStreamedAreKeptTooAndFailedOnesAreNot) {
  Face face;
  face.provider.set_script(saying("Hello"));
  const RawReply stream = face.send("POST", kResponses, ask_with(R"("stream":true)"));
  ASSERT_THAT(face.shelf.kept, SizeIs(1));
  const auto& kept = face.shelf.kept.begin()->second;
  EXPECT_THAT(stream.body, HasSubstr(R"("response":)" + kept.body));
  EXPECT_EQ(text_at(kept.body, "status"), "completed");
  face.provider.set_script(
      {{Started{7, 5}}, {TextDelta{"x"}}, {chat::Failed{make_error(Code::kInternal, "no")}}});
  face.send("POST", kResponses, ask_with(R"("stream":true)"));
  EXPECT_THAT(face.shelf.kept, SizeIs(1));
}

TEST(Responses, AreNotKeptWhereTheClientSaysSo) {
  Face face;
  face.provider.set_script(saying("Hello"));
  const RawReply reply = face.send("POST", kResponses, ask_with(R"("store":false)"));
  EXPECT_THAT(reply.body, HasSubstr(R"("store":false)"));
  EXPECT_THAT(face.shelf.kept, IsEmpty());
  EXPECT_EQ(face.send("GET", std::string(kResponses) + "/" + id_of(reply)).status, 404);
}

TEST(Responses, ListWhatWasAskedPageByPage) {
  Face face;
  face.provider.set_script(saying("Hello"));
  const RawReply made = face.send(
      "POST", kResponses,
      R"({"model":"m","input":[{"id":"a","role":"user","content":"1"},)"
      R"({"id":"b","role":"user","content":"2"},{"id":"c","role":"user","content":"3"}]})");
  const std::string path = std::string(kResponses) + "/" + id_of(made) + "/input_items";
  const RawReply page = face.send("GET", path + "?limit=2");
  EXPECT_THAT(page.body, HasSubstr(R"({"object":"list","data":[{"type":"message","id":"c",)"));
  EXPECT_TRUE(page.body.ends_with(R"(],"first_id":"c","last_id":"b","has_more":true})"))
      << page.body;
  const RawReply next = face.send("GET", path + "?limit=2&after=b");
  EXPECT_TRUE(next.body.ends_with(R"("first_id":"a","last_id":"a","has_more":false})"));
  EXPECT_THAT(face.send("GET", path + "?order=asc&after=c").body,
              HasSubstr(R"("data":[],"first_id":null,"last_id":null,"has_more":false)"));
  for (const char* wrong : {"limit=0", "limit=x", "limit=101", "order=up", "after=z"})
    EXPECT_EQ(face.send("GET", path + "?" + wrong).status, 400) << wrong;
  EXPECT_EQ(face.send("GET", std::string(kResponses) + "/x/input_items").status, 404);
  EXPECT_EQ(face.send("GET", std::string(kResponses) + "/x/y").status, 404);
}

TEST(Responses, CannotBeCancelled) {
  Face face;
  const RawReply reply = face.send("POST", "/v1/responses/resp_1/cancel", "{}");
  EXPECT_EQ(reply.status, 400);
  EXPECT_THAT(reply.body, HasSubstr("background"));
  EXPECT_EQ(face.send("POST", "/v1/responses/resp_1/other", "{}").status, 404);
}

TEST(Responses, CountTheTokensOfAConversation) {
  Face face;
  face.provider.set_tokens(chat::Tokens{11, {}});
  const RawReply reply =
      face.send("POST", "/v1/responses/input_tokens", ask_with(R"("instructions":"be brief")"));
  EXPECT_EQ(reply.body, R"({"object":"response.input_tokens","input_tokens":11})");
  const auto asked = face.provider.tokenize_requests().back();
  EXPECT_THAT(asked.conversation->messages, SizeIs(2));
  face.provider.set_tokens(fail(Code::kNotFound, "no model"));
  EXPECT_EQ(face.send("POST", "/v1/responses/input_tokens", kAsk).status, 404);
}

}  // namespace
}  // namespace hearth::api::openai
