#include "api/openai/request_fields.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/testing/chat_bodies.h"

namespace hearth::api::openai {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

using testing::error_of;
using testing::with;
using testing::with_messages;

TEST(ChatFields, EveryHonouredOneArrives) {
  const auto call = parse_chat_call(with(
      R"("max_tokens":5,"temperature":0,"top_p":0.5,"frequency_penalty":-2,"presence_penalty":2,)"
      R"("seed":-7,"stop":["a","b"],"stream":true,"stream_options":{"include_usage":true},"n":1,)"
      R"("top_k":3,"min_p":0.25,"repeat_penalty":1.5,"ignore_eos":true,)"
      R"("hearth":{"deadline_ms":1000,"cache_scope":"me","priority":-3,"keep_alive":"5m"})"));
  ASSERT_TRUE(call) << call.error().message;
  chat::Request expected;
  expected.model = "m";
  expected.messages = {{chat::Role::kUser, "hi"}};
  expected.max_tokens = 5;
  expected.sampling = {.temperature = 0,
                       .top_p = 0.5F,
                       .top_k = 3,
                       .min_p = 0.25F,
                       .repeat_penalty = 1.5F,
                       .frequency_penalty = -2,
                       .presence_penalty = 2,
                       .seed = static_cast<std::uint64_t>(-7),
                       .ignore_eos = true};
  expected.stop = {"a", "b"};
  expected.cache_scope = "me";
  expected.deadline_ms = 1000;
  expected.priority = -3;
  expected.keep_alive = std::chrono::minutes(5);
  EXPECT_EQ(call->request, expected);
  EXPECT_TRUE(call->stream);
  EXPECT_TRUE(call->include_usage);
  EXPECT_TRUE(call->ignored.empty());
}

TEST(ChatFields, StandInPlaceOfWhatTheModelAsksFor) {
  chat::Request own;
  own.sampling.temperature = 0.125F;
  own.sampling.top_k = 9;
  own.stop = {"<end>"};
  own.max_tokens = 77;
  const Blank blank = [&](const std::string& model) {
    EXPECT_EQ(model, "m");
    return own;
  };
  const auto silent = parse_chat_call(with(R"("n":1,"temperature":null)"), blank);
  EXPECT_EQ(silent->request.sampling, own.sampling);
  EXPECT_EQ(silent->request.stop, own.stop);
  EXPECT_EQ(silent->request.max_tokens, 77U);
  const auto said = parse_chat_call(with(R"("temperature":1,"stop":["x"],"max_tokens":5)"), blank);
  EXPECT_EQ(said->request.sampling.temperature, 1);
  EXPECT_EQ(said->request.sampling.top_k, 9U);
  EXPECT_THAT(said->request.stop, ElementsAre("x"));
  EXPECT_EQ(said->request.max_tokens, 5U);
}

TEST(ChatFields, EveryWayOfSamplingArrives) {
  const auto call = parse_chat_call(
      with(R"("typical_p":0.5,"repeat_last_n":-1,"dry_multiplier":0.5,"dry_base":2,)"
           R"("dry_allowed_length":3,"dry_penalty_last_n":100,"dry_sequence_breakers":["\n","x"],)"
           R"("xtc_probability":0.25,"xtc_threshold":0.125,"mirostat":2,"mirostat_tau":4,)"
           R"("mirostat_eta":0.5,"logit_bias":{"7":-100,"0":1.5})"));
  ASSERT_TRUE(call) << call.error().message;
  chat::Sampling expected;
  expected.typical_p = 0.5F;
  expected.repeat_last_n = chat::kWholeContext;
  expected.dry_multiplier = 0.5F;
  expected.dry_base = 2;
  expected.dry_allowed_length = 3;
  expected.dry_penalty_last_n = 100;
  expected.dry_sequence_breakers = {"\n", "x"};
  expected.xtc_probability = 0.25F;
  expected.xtc_threshold = 0.125F;
  expected.mirostat = chat::Mirostat::kV2;
  expected.mirostat_tau = 4;
  expected.mirostat_eta = 0.5F;
  expected.logit_bias = {{7, -100}, {0, 1.5F}};
  EXPECT_EQ(call->request.sampling, expected);
}

TEST(ChatFields, ChoicesLogprobsAndOverflowArrive) {
  const auto plain = parse_chat_call(with(R"("top_p":1)"));
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->choices, 1U);
  EXPECT_FALSE(plain->request.logprobs.has_value());
  EXPECT_EQ(plain->request.overflow, chat::Overflow::kError);

  const auto all = parse_chat_call(
      with(R"("n":3,"top_logprobs":20,"logprobs":true,"hearth":{"overflow":"truncate"})"));
  ASSERT_TRUE(all) << all.error().message;
  EXPECT_EQ(all->choices, 3U);
  EXPECT_EQ(all->request.logprobs, 20U);
  EXPECT_EQ(all->request.overflow, chat::Overflow::kTruncate);

  const auto few = parse_chat_call(with(R"("logprobs":true,"hearth":{"overflow":"shift"})"));
  ASSERT_TRUE(few);
  EXPECT_EQ(few->request.logprobs, 0U);
  EXPECT_EQ(few->request.overflow, chat::Overflow::kShift);
}

TEST(ChatFields, WhatBecomesOfALongHistoryArrives) {
  using chat::History;
  EXPECT_EQ(parse_chat_call(with(R"("n":1)"))->request.history, History::kKeep);
  const std::pair<const char*, History> cases[] = {{"keep", History::kKeep},
                                                   {"drop_oldest", History::kDropOldest},
                                                   {"middle_out", History::kMiddleOut}};
  for (const auto& [word, history] : cases) {
    const auto call = parse_chat_call(with(R"("hearth":{"history":")" + std::string(word) + "\"}"));
    ASSERT_TRUE(call) << call.error().message;
    EXPECT_EQ(call->request.history, history);
  }
  EXPECT_EQ(error_of(with(R"("hearth":{"history":"all"})")).context, "hearth.history");
}

TEST(ChatFields, BiasesAreBounded) {
  std::string many = "\"logit_bias\":{\"0\":1";
  for (std::size_t i = 1; i < chat::kLogitBiasesMax; ++i)
    many += ",\"" + std::to_string(i) + "\":1";
  EXPECT_TRUE(parse_chat_call(with(many + "}")));
  EXPECT_EQ(error_of(with(many + ",\"99999\":1}")).context, "logit_bias");
}

TEST(ChatFields, NullMeansNotGiven) {
  const auto call = parse_chat_call(with(
      R"("max_tokens":null,"temperature":null,"stop":null,"tools":null,"user":null,"n":null)"));
  ASSERT_TRUE(call);
  EXPECT_EQ(call->request.max_tokens, chat::kMaxTokensDefault);
  EXPECT_TRUE(call->ignored.empty());
}

TEST(ChatFields, WhatHasNoEffectIsNamed) {
  const auto call = parse_chat_call(R"({"model":"m","user":"u","metadata":{"a":1},"store":true,)"
                                    R"("messages":[{"role":"user","content":"a","name":"n"},)"
                                    R"({"role":"user","content":"b","name":"n"}]})");
  ASSERT_TRUE(call);
  EXPECT_THAT(call->ignored, ElementsAre("user", "metadata", "store", "messages.name"));
}

TEST(ChatFields, WhatAsksForNothingIsTaken) {
  EXPECT_TRUE(parse_chat_call(
      with(R"("tools":[],"tool_choice":"none","functions":[],"function_call":"none","n":1,)"
           R"("logprobs":false,"top_logprobs":0,"logit_bias":{},)"
           R"("response_format":{"type":"text"},"modalities":["text"])")));
  // As libraries send what they know and nobody has set.
  EXPECT_TRUE(parse_chat_call(with(R"("audio":null,"prediction":null)")));
}

TEST(ChatFields, WhatWeLackIsRefusedByName) {
  const std::pair<const char*, const char*> cases[] = {
      {R"("functions":[{"name":"f"}])", "functions"},
      {R"("function_call":{"name":"f"})", "function_call"},
      {R"("modalities":["audio"])", "modalities"},
      {R"("web_search_options":{})", "web_search_options"},
      {R"("no_such_field":1)", "no_such_field"},
      {R"("stream_options":{"what":1})", "stream_options.what"},
      {R"("hearth":{"profile":"x"})", "hearth.profile"},
  };
  for (const auto& [fields, name] : cases) {
    const Error error = error_of(with(fields));
    EXPECT_EQ(error.code, Code::kInvalidArgument) << fields;
    EXPECT_EQ(error.context, name) << fields;
    EXPECT_THAT(error.message, HasSubstr(name)) << fields;
  }
}

TEST(ChatFields, RangesAreKept) {
  const std::pair<const char*, const char*> cases[] = {
      {R"("temperature":2.1)", "temperature"},
      {R"("temperature":-0.1)", "temperature"},
      {R"("temperature":"hot")", "temperature"},
      {R"("top_p":1.01)", "top_p"},
      {R"("max_tokens":0)", "max_tokens"},
      {R"("max_tokens":2147483648)", "max_tokens"},
      {R"("max_tokens":1.5)", "max_tokens"},
      {R"("max_tokens":1,"max_completion_tokens":2)", "max_tokens"},
      {R"("frequency_penalty":3)", "frequency_penalty"},
      {R"("top_k":-1)", "top_k"},
      {R"("repeat_penalty":0)", "repeat_penalty"},
      {R"("seed":1.5)", "seed"},
      {R"("seed":1e30)", "seed"},
      {R"("stop":"")", "stop"},
      {R"("stop":["a",5])", "stop[1]"},
      {R"("stream":"yes")", "stream"},
      {R"("typical_p":1.5)", "typical_p"},
      {R"("repeat_last_n":-2)", "repeat_last_n"},
      {R"("dry_multiplier":-1)", "dry_multiplier"},
      {R"("dry_base":0.5)", "dry_base"},
      {R"("dry_allowed_length":-1)", "dry_allowed_length"},
      {R"("dry_penalty_last_n":-2)", "dry_penalty_last_n"},
      {R"("dry_sequence_breakers":[""])", "dry_sequence_breakers[0]"},
      {R"("dry_sequence_breakers":"x")", "dry_sequence_breakers"},
      {R"("dry_sequence_breakers":["12345678901234567890123456789012345678901"])",
       "dry_sequence_breakers[0]"},
      {R"("xtc_probability":1.1)", "xtc_probability"},
      {R"("xtc_threshold":-0.1)", "xtc_threshold"},
      {R"("mirostat":3)", "mirostat"},
      {R"("mirostat_tau":-1)", "mirostat_tau"},
      {R"("mirostat_eta":2)", "mirostat_eta"},
      {R"("logit_bias":[])", "logit_bias"},
      {R"("logit_bias":{"1":101})", "logit_bias.1"},
      {R"("logit_bias":{"-1":1})", "logit_bias.-1"},
      {R"("logit_bias":{"01":1})", "logit_bias.01"},
      {R"("logit_bias":{"x":1})", "logit_bias.x"},
      {R"("logit_bias":{"4294967296":1})", "logit_bias.4294967296"},
      {R"("logprobs":1)", "logprobs"},
      {R"("logprobs":true,"top_logprobs":21)", "top_logprobs"},
      {R"("top_logprobs":1)", "top_logprobs"},
      {R"("logprobs":false,"top_logprobs":1)", "top_logprobs"},
      {R"("n":0)", "n"},
      {R"("n":9)", "n"},
      {R"("hearth":{"overflow":"maybe"})", "hearth.overflow"},
      {R"("hearth":{"deadline_ms":0})", "hearth.deadline_ms"},
      {R"("hearth":{"keep_alive":"soon"})", "hearth.keep_alive"},
      {R"("hearth":{"keep_alive":true})", "hearth.keep_alive"},
      {R"("hearth":{"priority":11})", "hearth.priority"},
      {R"("hearth":[])", "hearth"},
  };
  for (const auto& [fields, name] : cases)
    EXPECT_EQ(error_of(with(fields)).context, name) << fields;
}

TEST(ChatFields, StopSequencesAreBounded) {
  std::string many = "\"stop\":[\"s\"";
  for (std::size_t i = 1; i < chat::kStopsMax; ++i)
    many += ",\"s\"";
  EXPECT_TRUE(parse_chat_call(with(many + "]")));
  EXPECT_EQ(error_of(with(many + ",\"s\"]")).context, "stop");
  const std::string longest(chat::kStopBytesMax, 's');
  EXPECT_TRUE(parse_chat_call(with("\"stop\":\"" + longest + "\"")));
  EXPECT_EQ(error_of(with("\"stop\":\"s" + longest + "\"")).context, "stop");
}

TEST(ChatBody, IsRefusedWhenItIsNoRequest) {
  EXPECT_EQ(error_of("").code, Code::kInvalidArgument);
  EXPECT_EQ(error_of("[]").code, Code::kInvalidArgument);
  EXPECT_EQ(error_of(R"({"messages":[{"role":"user","content":"a"}]})").context, "model");
  EXPECT_EQ(error_of(R"({"model":"m"})").context, "messages");
  EXPECT_EQ(error_of(R"({"model":"","messages":[]})").context, "model");
  EXPECT_THAT(error_of(with(R"("model":"other")")).message, HasSubstr("stands twice"));
  EXPECT_THAT(error_of(with_messages(std::string(10'000, '['))).message,
              HasSubstr("nested deeper"));
  EXPECT_EQ(error_of(with("\"user\":\"\xFF\"")).code, Code::kInvalidArgument);
  EXPECT_EQ(error_of(with(R"("user":"\ud800")")).code, Code::kInvalidArgument);
}

}  // namespace
}  // namespace hearth::api::openai
