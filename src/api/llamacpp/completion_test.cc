// What llama-server's clients see of a completion: the shapes on the wire.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/testing/face.h"
#include "chat/request_part.h"
#include "json/node.h"
#include "json/parse.h"

namespace hearth::api::llamacpp {
namespace {

using chat::Finished;
using chat::Started;
using chat::TextDelta;
using chat::Usage;
using net::testing::RawClient;
using net::testing::RawReply;
using testing::Face;
using testing::failing;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using testing::Step;

constexpr const char* kCompletion = "/completion";

TextDelta delta(const std::string& text, std::int32_t token) {
  TextDelta delta{text, 1};
  delta.logprobs = {{{token, text, -0.5F}, {{token, text, -0.5F}, {token + 1, "z", -1.5F}}}};
  return delta;
}

std::vector<Step> said(const Finished& end = {Finished::Reason::kStop}) {
  return {
      {Started{7, 5}}, {delta("Hel", 10)}, {delta("lo\n", 11)}, {Usage{5, 3, 2, 1, 2, 4}}, {end}};
}

const std::string kSettings =
    R"("generation_settings":{"n_predict":4,"max_tokens":4,"seed":7,"temperature":0,)"
    R"("dynatemp_range":0,"dynatemp_exponent":1,"top_k":40,"top_p":0.5,"min_p":0,"top_n_sigma":-1,)"
    R"("xtc_probability":0,"xtc_threshold":0.5,"typical_p":1,"repeat_last_n":64,)"
    R"("repeat_penalty":1,"presence_penalty":0,"frequency_penalty":0,"dry_multiplier":0,)"
    R"("dry_base":1.75,"dry_allowed_length":2,"dry_penalty_last_n":-1,)"
    R"("dry_sequence_breakers":["\n",":","\"","*"],"mirostat":0,"mirostat_tau":5,)"
    R"("mirostat_eta":0.5,"ignore_eos":false,"logit_bias":[],"min_keep":0,"samplers":["penalties",)"
    R"("dry","top_k","typ_p","top_p","min_p","xtc","temperature"],"stop":[],)";
const std::string kTimings =
    R"("timings":{"cache_n":3,"prompt_n":2,"prompt_ms":2,"prompt_per_token_ms":1,)"
    R"("prompt_per_second":1000,"predicted_n":2,"predicted_ms":4,"predicted_per_token_ms":2,)"
    R"("predicted_per_second":500})";
const std::string kOwn = R"("hearth":{"seed":7,"queue_ms":1,"prefill_ms":2,"decode_ms":4}})";

// A request whose numbers can be written without rounding.
const std::string kAsk =
    R"({"model":"m","prompt":"hi","n_predict":4,"temperature":0,"top_p":0.5,"min_p":0,)"
    R"("xtc_threshold":0.5,"mirostat_eta":0.5)";

TEST(LlamacppCompletion, AnswersWhole) {
  Face face;
  face.provider.set_script(said());
  const RawReply reply = face.send("POST", kCompletion, kAsk + "}");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.at("content-type"), "application/json");
  EXPECT_EQ(reply.body,
            R"({"index":0,"content":"Hello\n","tokens":[],"id_slot":-1,"stop":true,"model":"m",)"
            R"("tokens_predicted":2,"tokens_evaluated":5,)" +
                kSettings +
                R"("stream":false,"n_probs":0,"grammar":"","timings_per_token":false,)"
                R"("post_sampling_probs":false,"lora":[]},"prompt":"hi","has_new_line":true,)"
                R"("truncated":false,"stop_type":"eos","stopping_word":"","tokens_cached":7,)" +
                kTimings + "," + kOwn);
  EXPECT_EQ(face.provider.last_request().raw_prompt, "hi");
}

TEST(LlamacppCompletion, AnswersInEventsWithoutADone) {
  Face face;
  face.provider.set_script(said({Finished::Reason::kStop, "END"}));
  const RawReply reply = face.send("POST", kCompletion, kAsk + R"(,"stream":true})");
  EXPECT_EQ(reply.status, 200);
  EXPECT_TRUE(reply.complete);
  EXPECT_THAT(reply.headers.at("content-type"), HasSubstr("text/event-stream"));
  const std::string begin =
      R"(data: {"index":0,"content":"Hel","tokens":[],"stop":false,"id_slot":-1,)"
      R"("tokens_predicted":1,"tokens_evaluated":5})"
      "\n\n"
      R"(data: {"index":0,"content":"lo\n","tokens":[],"stop":false,"id_slot":-1,)"
      R"("tokens_predicted":2,"tokens_evaluated":5})"
      "\n\n"
      R"(data: {"index":0,"content":"","tokens":[],"id_slot":-1,"stop":true,"model":"m",)";
  EXPECT_THAT(reply.body, StartsWith(begin));
  EXPECT_THAT(reply.body, HasSubstr(R"("prompt":"hi","has_new_line":true,"truncated":false,)"
                                    R"("stop_type":"word","stopping_word":"END")"));
  EXPECT_THAT(reply.body, Not(HasSubstr("[DONE]")));
  EXPECT_TRUE(reply.body.ends_with(kTimings + "," + kOwn + "\n\n")) << reply.body;
}

TEST(LlamacppCompletion, TellsTokensAndHowLikelyTheyWere) {
  Face face;
  face.provider.set_script(said());
  const std::string wish = R"(,"n_probs":1,"return_tokens":true)";
  const std::string first =
      R"({"id":10,"token":"Hel","logprob":-0.5,"bytes":[72,101,108],"top_logprobs":[)"
      R"({"id":10,"token":"Hel","logprob":-0.5,"bytes":[72,101,108]}]})";
  const RawReply whole = face.send("POST", kCompletion, kAsk + wish + "}");
  EXPECT_THAT(whole.body, HasSubstr(R"("tokens":[10,11])"));
  EXPECT_THAT(whole.body, HasSubstr(R"("completion_probabilities":[)" + first + ","));
  const RawReply stream = face.send("POST", kCompletion, kAsk + wish + R"(,"stream":true})");
  EXPECT_THAT(stream.body, HasSubstr(R"("content":"Hel","tokens":[10],"stop":false)"));
  EXPECT_THAT(stream.body, HasSubstr(R"("completion_probabilities":[)" + first + "]}\n\n"));
}

TEST(LlamacppCompletion, TellsTheTimeOfEachTokenWhereThatIsAsked) {
  Face face;
  face.provider.set_script(said());
  const RawReply reply =
      face.send("POST", kCompletion, kAsk + R"(,"stream":true,"timings_per_token":true})");
  EXPECT_THAT(reply.body, HasSubstr(R"("timings":{"predicted_n":1,"predicted_ms":)"));
  EXPECT_THAT(reply.body, HasSubstr(R"("timings":{"predicted_n":2,"predicted_ms":)"));
}

TEST(LlamacppCompletion, TellsOnlyWhatIsAskedFor) {
  Face face;
  face.provider.set_script(said());
  const std::string wish =
      R"(,"response_fields":["content","timings/prompt_n","generation_settings/seed","no/such"])";
  const std::string expected =
      R"({"content":"Hello\n","timings/prompt_n":2,"generation_settings/seed":7})";
  EXPECT_EQ(face.send("POST", kCompletion, kAsk + wish + "}").body, expected);
  EXPECT_THAT(face.send("POST", kCompletion, kAsk + wish + R"(,"stream":true})").body,
              HasSubstr(R"(data: {"content":"","timings/prompt_n":2,)"));
}

TEST(LlamacppCompletion, SaysHowItEnded) {
  Face face;
  const Finished length{Finished::Reason::kLength};
  face.provider.set_script({{Started{7, 5}}, {TextDelta{"a", 4}}, {Usage{5, 0, 4}}, {length}});
  EXPECT_THAT(face.send("POST", kCompletion, kAsk + "}").body,
              HasSubstr(R"("truncated":false,"stop_type":"limit","stopping_word":"")"));
  // The context ends it, and not the four tokens that were asked for.
  face.provider.set_script(said(length));
  EXPECT_THAT(face.send("POST", kCompletion, kAsk + "}").body,
              HasSubstr(R"("truncated":true,"stop_type":"limit","stopping_word":"")"));
  EXPECT_THAT(face.send("POST", kCompletion, R"({"model":"m","prompt":"a","stream":true})").body,
              HasSubstr(R"("truncated":true,"stop_type":"limit")"));
  face.provider.set_script({{Started{7, 5, 9}}, {TextDelta{"a", 1}}, {Usage{5}}, {Finished{}}});
  EXPECT_THAT(face.send("POST", kCompletion, kAsk + "}").body,
              HasSubstr(R"("has_new_line":false,"truncated":true)"));
}

TEST(LlamacppCompletion, SeveralPromptsAreAnsweredByAList) {
  Face face;
  face.provider.set_scripts(
      {{{Started{7, 5}}, {TextDelta{"a", 1}}, {Usage{5, 0, 1}}, {Finished{}}},
       {{Started{8, 6}}, {TextDelta{"b", 1}}, {Usage{6, 0, 2}}, {Finished{}}}});
  const std::string body = R"({"model":"m","prompt":["one",[1,2]],"response_fields":)"
                           R"(["index","content","prompt","tokens_evaluated","tokens_predicted"])";
  EXPECT_EQ(
      face.send("POST", kCompletion, body + "}").body,
      R"([{"index":0,"content":"a","prompt":"one","tokens_evaluated":5,"tokens_predicted":1},)"
      R"({"index":1,"content":"b","prompt":"","tokens_evaluated":6,"tokens_predicted":2}])");
  const auto asked = face.provider.requests();
  ASSERT_EQ(asked.size(), 2U);
  EXPECT_EQ(asked[1].raw_tokens, (std::vector<std::int32_t>{1, 2}));
  face.provider.set_script(said());
  EXPECT_THAT(face.send("POST", kCompletion, R"({"model":"m","prompt":["one"]})").body,
              StartsWith("[{"));
  EXPECT_THAT(face.send("POST", kCompletion, body + R"(,"stream":true})").body,
              HasSubstr(R"(data: {"index":1,"content":"Hel",)"));
}

TEST(LlamacppCompletion, ATextBetweenTokensBecomesTokens) {
  Face face;
  face.provider.set_script(said());
  face.provider.set_tokens(chat::Tokens{2, {8, 9}});
  EXPECT_EQ(face.send("POST", kCompletion, R"({"model":"m","prompt":["a",1,"b"]})").status, 200);
  EXPECT_EQ(face.provider.last_request().raw_tokens, (std::vector<std::int32_t>{8, 9, 1, 8, 9}));
  const auto asked = face.provider.tokenize_requests();
  ASSERT_EQ(asked.size(), 2U);
  EXPECT_TRUE(asked[0].add_special && asked[0].parse_special);
  EXPECT_FALSE(asked[1].add_special);
  face.provider.set_tokens(fail(Code::kNotFound, "no such model"));
  EXPECT_EQ(face.send("POST", kCompletion, R"({"model":"m","prompt":["a",1]})").status, 404);
}

TEST(LlamacppCompletion, OfNoTokensNothingIsTold) {
  Face face;
  face.provider.set_script(said({Finished::Reason::kLength}));
  const RawReply reply =
      face.send("POST", kCompletion, R"({"model":"m","prompt":"a","n_predict":0})");
  EXPECT_THAT(reply.body, HasSubstr(R"("content":"","tokens":[])"));
  EXPECT_THAT(reply.body, HasSubstr(R"("tokens_predicted":0,"tokens_evaluated":5)"));
  EXPECT_THAT(reply.body, HasSubstr(R"("stop_type":"limit")"));
  EXPECT_THAT(
      face.send("POST", kCompletion, R"({"model":"m","prompt":"a","n_predict":0,"stream":true})")
          .body,
      Not(HasSubstr("Hel")));
}

TEST(LlamacppCompletion, WithoutAModelTheUsualOneAnswers) {
  Face face;
  face.provider.set_script(said());
  RawReply reply = face.send("POST", kCompletion, R"({"prompt":"a"})");
  EXPECT_EQ(reply.status, 404);
  EXPECT_EQ(reply.body,
            R"({"error":{"code":404,"message":"there is no model yet","type":"not_found_error"}})");
  face.provider.set_models({{"usual", 1, 1}});
  reply = face.send("POST", "/completions", R"({"prompt":"a"})");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(face.provider.last_request().model, "usual");
  EXPECT_THAT(reply.body, HasSubstr(R"("model":"usual")"));
}

TEST(LlamacppCompletion, AnErrorHasAStatusOrIsTheLastEvent) {
  Face face;
  face.provider.set_script(failing(Code::kContextOverflow));
  RawReply reply = face.send("POST", kCompletion, kAsk + "}");
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(
      reply.body,
      R"({"error":{"code":400,"message":"it went wrong","type":"exceed_context_size_error"}})");
  face.provider.set_script({{Started{}},
                            {TextDelta{"a", 1}},
                            {chat::Failed{make_error(Code::kEngineCrashed, "it crashed")}}});
  reply = face.send("POST", kCompletion, kAsk + R"(,"stream":true})");
  EXPECT_EQ(reply.status, 200);
  EXPECT_TRUE(reply.body.ends_with(
      R"(data: {"error":{"code":500,"message":"it crashed","type":"server_error"}})"
      "\n\n"))
      << reply.body;
}

TEST(LlamacppCompletion, SaysWhatIsWrongInItsWords) {
  Face face;
  RawReply reply = face.send("POST", kCompletion, R"({"prompt":5,"model":"m"})");
  EXPECT_EQ(reply.status, 400);
  EXPECT_THAT(reply.body, StartsWith(R"({"error":{"code":400,"message":"prompt must be)"));
  EXPECT_THAT(reply.body, HasSubstr(R"("type":"invalid_request_error"}})"));
  reply = face.send("GET", kCompletion);
  EXPECT_EQ(reply.status, 405);
  EXPECT_THAT(reply.body, StartsWith(R"({"error":{"code":405,"message":")"));
}

TEST(LlamacppCompletion, WhileNothingIsSaidACommentIsSent) {
  Face face(std::chrono::milliseconds(20));
  face.provider.set_script(
      {{Started{}}, {TextDelta{"a", 1}, std::chrono::milliseconds(200)}, {Usage{}}, {Finished{}}});
  const RawReply reply = face.send("POST", kCompletion, kAsk + R"(,"stream":true})");
  EXPECT_THAT(reply.body, StartsWith(":\n\n"));
  EXPECT_THAT(reply.body, HasSubstr(R"("content":"a")"));
}

TEST(LlamacppCompletion, AClientThatLeavesEndsTheWork) {
  Face face;
  face.provider.set_script({{Started{}}, {TextDelta{"a", 1}}});
  {
    RawClient client(face.port);
    client.request("POST", kCompletion, kAsk + R"(,"stream":true})");
    ASSERT_TRUE(face.becomes_true([&] { return face.provider.streams_alive() == 1; }));
  }
  EXPECT_TRUE(face.becomes_true([&] { return face.provider.streams_alive() == 0; }));
}

TEST(LlamacppInfill, FillsAGapOrSaysThatTheModelCannot) {
  Face face;
  face.provider.set_script(said());
  const std::string body = R"({"model":"m","input_prefix":"a","input_suffix":"b"})";
  EXPECT_THAT(face.send("POST", "/infill", body).body, HasSubstr(R"("content":"Hello\n")"));
  EXPECT_EQ(face.provider.last_request().raw_prompt, "a");
  EXPECT_EQ(face.provider.last_request().suffix, "b");
  Error error = make_error(Code::kInvalidArgument, "it was not taught to");
  error.context = chat::part_context({chat::RequestPart::Kind::kSuffix});
  face.provider.set_script({{chat::Failed{error}}});
  const RawReply reply = face.send("POST", "/infill", body);
  EXPECT_EQ(reply.status, 501);
  EXPECT_EQ(
      reply.body,
      R"({"error":{"code":501,"message":"it was not taught to","type":"not_supported_error"}})");
}

TEST(LlamacppRole, APortForEmbeddingsWritesNoText) {
  Face face;
  face.provider.set_script(said());
  const RawReply reply = face.post_to_role(kCompletion, R"({"prompt":"a"})");
  EXPECT_EQ(reply.status, 501);
  EXPECT_THAT(reply.body, HasSubstr("makes embeddings"));
  EXPECT_TRUE(face.provider.requests().empty());
}

TEST(LlamacppRole, APortForReasoningIsAnsweredByItsModel) {
  Face face;
  face.provider.set_script(said());
  face.role.kind = Role::Kind::kReasoning;
  EXPECT_THAT(face.post_to_role(kCompletion, R"({"prompt":"a"})").body,
              HasSubstr(R"("model":"pinned")"));
  // Whatever a client of another dialect calls it.
  const char* chat = R"({"model":"other","messages":[{"role":"user","content":"hi"}]})";
  EXPECT_EQ(face.post_to_role(testing::kChat, chat).status, 200);
  for (const chat::Request& asked : face.provider.requests())
    EXPECT_EQ(asked.model, "pinned");
}

}  // namespace
}  // namespace hearth::api::llamacpp
