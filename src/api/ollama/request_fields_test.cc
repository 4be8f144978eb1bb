#include "api/ollama/request_fields.h"

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/ollama/past_context.h"
#include "chat/keep_alive.h"

namespace hearth::api::ollama {
namespace {

using chat::Constraint;
using chat::Message;
using chat::Overflow;
using chat::Role;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Mode = chat::Thinking::Mode;

chat::Request blank(const std::string& model) {
  chat::Request request;
  request.sampling.temperature = model == "cold" ? 0.F : 0.7F;
  return request;
}

Ask generate(const std::string& fields) {
  auto ask = read_generate(R"({"model":"m","prompt":"hi")" + fields + "}", blank);
  if (!ask) ADD_FAILURE() << ask.error().message << ": " << fields;
  return ask ? *std::move(ask) : Ask{};
}
Ask ask_chat(const std::string& messages, const std::string& fields = "") {
  auto ask = read_chat(R"({"model":"m","messages":)" + messages + fields + "}", blank);
  if (!ask) ADD_FAILURE() << ask.error().message << ": " << messages;
  return ask ? *std::move(ask) : Ask{};
}
chat::Request request_of(const std::string& fields) {
  return generate(fields).call.request;
}
Error error_of(const std::string& fields) {
  const auto ask = read_generate(R"({"model":"m","prompt":"hi")" + fields + "}", blank);
  if (ask) ADD_FAILURE() << "accepted: " << fields;
  return ask ? Error{} : ask.error();
}
Error chat_error_of(const std::string& messages) {
  const auto ask = read_chat(R"({"model":"m","messages":)" + messages + "}", blank);
  if (ask) ADD_FAILURE() << "accepted: " << messages;
  return ask ? Error{} : ask.error();
}

TEST(OllamaFields, APromptIsWhatTheUserSays) {
  const Ask ask = generate(R"(,"system":"Be brief.")");
  EXPECT_EQ(ask.call.request.messages,
            (std::vector<Message>{{Role::kSystem, "Be brief."}, {Role::kUser, "hi"}}));
  EXPECT_TRUE(ask.call.stream) << "Ollama streams unless it is told not to";
  EXPECT_FALSE(ask.loads_only);
  EXPECT_EQ(ask.model, "m");
  EXPECT_FALSE(generate(R"(,"stream":false)").call.stream);
  EXPECT_EQ(
      read_generate(R"({"model":"cold","prompt":"a"})", blank)->call.request.sampling.temperature,
      0.F);
}

TEST(OllamaFields, NullIsNotGiven) {
  const Ask ask = generate(
      R"(,"system":null,"format":null,"options":null,"images":null,"context":null,"think":null)");
  EXPECT_EQ(ask.call.request.messages.size(), 1U);
}

TEST(OllamaFields, EveryOptionThatIsHonouredArrives) {
  const chat::Request request = request_of(
      R"(,"options":{"temperature":0.5,"top_k":3,"top_p":0.5,"min_p":0.25,"typical_p":0.5,)"
      R"("repeat_last_n":-1,"repeat_penalty":1.5,"presence_penalty":1,"frequency_penalty":-1,)"
      R"("mirostat":2,"mirostat_tau":4,"mirostat_eta":0.5,"seed":42,"stop":["a","b"],)"
      R"("num_predict":7})");
  const chat::Sampling& sampling = request.sampling;
  EXPECT_EQ(sampling.temperature, 0.5F);
  EXPECT_EQ(sampling.top_k, 3U);
  EXPECT_EQ(sampling.top_p, 0.5F);
  EXPECT_EQ(sampling.min_p, 0.25F);
  EXPECT_EQ(sampling.typical_p, 0.5F);
  EXPECT_EQ(sampling.repeat_last_n, chat::kWholeContext);
  EXPECT_EQ(sampling.repeat_penalty, 1.5F);
  EXPECT_EQ(sampling.presence_penalty, 1.F);
  EXPECT_EQ(sampling.frequency_penalty, -1.F);
  EXPECT_EQ(sampling.mirostat, chat::Mirostat::kV2);
  EXPECT_EQ(sampling.mirostat_tau, 4.F);
  EXPECT_EQ(sampling.mirostat_eta, 0.5F);
  EXPECT_EQ(sampling.seed, 42U);
  EXPECT_THAT(request.stop, ElementsAre("a", "b"));
  EXPECT_EQ(request.max_tokens, 7U);
}

TEST(OllamaFields, AnswersMayBeAsLongAsFits) {
  constexpr std::uint32_t kMost = std::numeric_limits<std::int32_t>::max();
  EXPECT_EQ(request_of(R"(,"options":{"num_predict":-1})").max_tokens, kMost);
  EXPECT_EQ(request_of(R"(,"options":{"num_predict":-2})").max_tokens, kMost);
  EXPECT_EQ(request_of("").max_tokens, chat::kMaxTokensDefault);
  EXPECT_EQ(request_of(R"(,"options":{"seed":-1})").sampling.seed, std::nullopt);
}

TEST(OllamaFields, WhatHasNoEffectIsNamed) {
  const Ask ask = generate(
      R"(,"options":{"num_ctx":8192,"num_keep":4,"num_batch":512,"num_gpu":1,"main_gpu":0,)"
      R"("num_thread":8,"use_mmap":true,"low_vram":false,"tfs_z":1,"penalize_newline":true,)"
      R"("numa":false,"f16_kv":true,"vocab_only":false,"use_mlock":false,"logits_all":false,)"
      R"("embedding_only":false},"top_logprobs":2)");
  EXPECT_EQ(ask.call.ignored.size(), 17U);
  EXPECT_THAT(ask.call.ignored, ::testing::Contains("options.num_ctx"));
  EXPECT_THAT(ask.call.ignored, ::testing::Contains("top_logprobs")) << "without logprobs";
  EXPECT_THAT(generate("").call.ignored, IsEmpty());
}

TEST(OllamaFields, WhatIsRefusedIsNamed) {
  const std::pair<const char*, const char*> wrong[] = {
      {R"(,"options":{"temprature":1})", "options.temprature"},
      {R"(,"options":{"num_predict":0})", "options.num_predict"},
      {R"(,"options":{"num_predict":"5"})", "options.num_predict"},
      {R"(,"options":{"top_k":-1})", "options.top_k"},
      {R"(,"options":{"stop":[1]})", "options.stop[0]"},
      {R"(,"options":[])", "options"},
      {R"(,"template":"{{ .Prompt }}")", "template"},
      {R"(,"images":["aGk="])", "images"},
      {R"(,"format":"yaml")", "format"},
      {R"(,"format":5)", "format"},
      {R"(,"think":"very")", "think"},
      {R"(,"keep_alive":"soon")", "keep_alive"},
      {R"(,"top_logprobs":21)", "top_logprobs"},
      {R"(,"context":["a"])", "context[0]"},
      {R"(,"context":[1,2,3])", "context"},
      {R"(,"raw":true,"system":"x")", "raw"},
      {R"(,"suffix":"x","system":"x")", "suffix"},
      {R"(,"stream":"yes")", "stream"},
      {R"(,"width":512)", "width"},
      {R"(,"messages":[])", "messages"},
      {R"(,"hearth":{"x":1})", "hearth.x"},
  };
  for (const auto& [fields, name] : wrong) {
    const Error error = error_of(fields);
    EXPECT_EQ(error.code, Code::kInvalidArgument) << fields;
    EXPECT_EQ(error.context, name) << fields << ": " << error.message;
  }
  EXPECT_THAT(error_of(R"(,"options":{"temprature":1})").message, HasSubstr("temperature"));
  EXPECT_THAT(error_of(R"(,"images":["aGk="])").message, HasSubstr("no model sees"));
  EXPECT_EQ(read_generate("", blank).error().message, "missing request body");
  EXPECT_EQ(read_generate(R"({"prompt":"a"})", blank).error().context, "model");
  EXPECT_FALSE(read_generate("[1]", blank));
}

TEST(OllamaFields, AFormatBindsTheAnswer) {
  EXPECT_EQ(request_of(R"(,"format":"json")").constraint.kind, Constraint::Kind::kAnyObject);
  EXPECT_EQ(request_of(R"(,"format":"")").constraint.kind, Constraint::Kind::kNone);
  const Ask ask = generate(R"(,"format":{"type":"object"})");
  EXPECT_EQ(ask.call.request.constraint,
            (Constraint{Constraint::Kind::kSchema, R"({"type":"object"})"}));
  EXPECT_EQ(ask.call.names.constraint, "format");
}

TEST(OllamaFields, ThinkingIsSwitchedOrMeasured) {
  EXPECT_EQ(request_of(R"(,"think":true)").thinking.mode, Mode::kOn);
  EXPECT_EQ(request_of(R"(,"think":false)").thinking.mode, Mode::kOff);
  EXPECT_EQ(request_of("").thinking.mode, Mode::kDefault);
  const chat::Thinking low = request_of(R"(,"think":"low")").thinking;
  EXPECT_EQ(low.mode, Mode::kOn);
  EXPECT_EQ(low.effort, "low");
}

TEST(OllamaFields, WhatIsTooLongGivesWayUnlessItMayNot) {
  EXPECT_EQ(request_of("").overflow, Overflow::kShift);
  EXPECT_EQ(request_of(R"(,"shift":false)").overflow, Overflow::kTruncate);
  EXPECT_EQ(request_of(R"(,"truncate":false)").overflow, Overflow::kError);
  EXPECT_EQ(request_of(R"(,"format":"json")").overflow, Overflow::kTruncate);
  EXPECT_EQ(request_of(R"(,"format":"json","shift":true)").overflow, Overflow::kShift);
  EXPECT_THAT(generate(R"(,"truncate":false,"shift":true)").call.ignored, ElementsAre("shift"));
  EXPECT_EQ(request_of(R"(,"hearth":{"overflow":"error"})").overflow, Overflow::kError);
}

TEST(OllamaFields, AModelStaysAsLongAsItIsSaid) {
  EXPECT_EQ(request_of(R"(,"keep_alive":"5m")").keep_alive, std::chrono::minutes(5));
  EXPECT_EQ(request_of(R"(,"keep_alive":30)").keep_alive, std::chrono::seconds(30));
  EXPECT_EQ(request_of(R"(,"keep_alive":0)").keep_alive, base::Duration::zero());
  EXPECT_EQ(request_of(R"(,"keep_alive":-1)").keep_alive, chat::kForEver);
  EXPECT_EQ(request_of(R"(,"keep_alive":"-1m")").keep_alive, chat::kForEver);
  EXPECT_EQ(request_of("").keep_alive, std::nullopt);
}

TEST(OllamaFields, LogprobsHaveAsManyAlternativesAsAreWished) {
  EXPECT_EQ(request_of(R"(,"logprobs":true)").logprobs, 0U);
  EXPECT_EQ(request_of(R"(,"top_logprobs":3,"logprobs":true)").logprobs, 3U);
  EXPECT_EQ(request_of(R"(,"logprobs":false)").logprobs, std::nullopt);
}

TEST(OllamaFields, ARawPromptAndAGapAreNoConversation) {
  const chat::Request raw = request_of(R"(,"raw":true)");
  EXPECT_EQ(raw.raw_prompt, "hi");
  EXPECT_THAT(raw.messages, IsEmpty());
  const chat::Request gap = request_of(R"(,"suffix":"there")");
  EXPECT_EQ(gap.raw_prompt, "hi");
  EXPECT_EQ(gap.suffix, "there");
  EXPECT_EQ(request_of(R"(,"suffix":"")").suffix, std::nullopt);
}

TEST(OllamaFields, AContextIsGoneOnWith) {
  std::string numbers;
  for (const std::uint32_t number :
       pack_past({{Role::kSystem, "Old."}, {Role::kUser, "a"}, {Role::kAssistant, "b"}}))
    numbers += (numbers.empty() ? "" : ",") + std::to_string(number);
  const std::string field = R"(,"context":[)" + numbers + "]";
  EXPECT_EQ(request_of(field).messages, (std::vector<Message>{{Role::kSystem, "Old."},
                                                              {Role::kUser, "a"},
                                                              {Role::kAssistant, "b"},
                                                              {Role::kUser, "hi"}}));
  EXPECT_EQ(request_of(field + R"(,"system":"New.")").messages.front().content, "New.");
  EXPECT_EQ(request_of(R"(,"context":[])").messages.size(), 1U);
}

TEST(OllamaFields, WithoutAPromptTheModelIsOnlyLoaded) {
  EXPECT_TRUE(read_generate(R"({"model":"m"})", blank)->loads_only);
  EXPECT_TRUE(read_generate(R"({"model":"m","prompt":"","stream":false})", blank)->loads_only);
  EXPECT_FALSE(read_generate(R"({"model":"m","prompt":"","suffix":"x"})", blank)->loads_only);
  EXPECT_TRUE(read_chat(R"({"model":"m","messages":[]})", blank)->loads_only);
  EXPECT_TRUE(read_chat(R"({"model":"m"})", blank)->loads_only);
}

TEST(OllamaMessages, ArriveWithAllThatBelongsToThem) {
  const Ask ask =
      ask_chat(R"([{"role":"system","content":"s"},{"role":"user","content":"u","images":[]},)"
               R"({"role":"assistant","content":"","thinking":"hm","tool_calls":[)"
               R"({"id":"c1","function":{"index":0,"name":"f","arguments":{"a":1}}}]},)"
               R"({"role":"tool","content":"r","tool_name":"f","tool_call_id":"c1"}])",
               R"(,"tools":[{"type":"function","function":{"name":"f","description":"d",)"
               R"("parameters":{"type":"object","properties":{}}}}])");
  const chat::Request& request = ask.call.request;
  ASSERT_EQ(request.messages.size(), 4U);
  EXPECT_EQ(request.messages[2].thinking, "hm");
  EXPECT_EQ(request.messages[2].tool_calls,
            (std::vector<chat::ToolCall>{{"c1", "f", R"({"a":1})"}}));
  EXPECT_EQ(request.messages[3].tool_name, "f");
  EXPECT_EQ(request.messages[3].tool_call_id, "c1");
  ASSERT_EQ(request.tools.size(), 1U);
  EXPECT_EQ(request.tools[0].name, "f");
  EXPECT_FALSE(request.continue_last);
  EXPECT_THAT(ask.call.ignored, IsEmpty());
}

TEST(OllamaMessages, AnAssistantsBeginningIsGoneOnWith) {
  EXPECT_TRUE(ask_chat(R"([{"role":"user","content":"u"},{"role":"assistant","content":"a"}])")
                  .call.request.continue_last);
}

TEST(OllamaMessages, WhatIsWrongIsNamed) {
  const std::pair<const char*, const char*> wrong[] = {
      {R"([{"content":"a"}])", "messages[0].role"},
      {R"([{"role":"king","content":"a"}])", "messages[0].role"},
      {R"([{"role":"user","content":5}])", "messages[0].content"},
      {R"([{"role":"user","content":"a","images":["aGk="]}])", "messages[0].images"},
      {R"([{"role":"user","content":"a","tool_calls":[{"function":{"name":"f"}}]}])",
       "messages[0].tool_calls"},
      {R"([{"role":"user","content":"a","mood":"good"}])", "messages[0].mood"},
      {R"([5])", "messages[0]"},
      {R"({})", "messages"},
  };
  for (const auto& [messages, name] : wrong)
    EXPECT_EQ(chat_error_of(messages).context, name) << messages;
}

}  // namespace
}  // namespace hearth::api::ollama
