#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/testing/message_bodies.h"

namespace hearth::api::anthropic {
namespace {

using testing::call_of;
using ::testing::ElementsAre;
using testing::expect_refused_by_name;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::request_of;
using ::testing::SizeIs;
using testing::with;
using testing::WrongField;
using Mode = chat::Thinking::Mode;

MessageReading with_betas() {
  return {.unknown = MessageCall::Unknown::kNamed};
}

TEST(MessageFields, SayHowAnAnswerIsChosenAndWhereItEnds) {
  const chat::Request request = request_of(
      with(R"("temperature":0.25,"top_p":0.5,"top_k":7,"stop_sequences":["END","\n\nHuman:"])"));
  EXPECT_EQ(request.model, "m");
  EXPECT_EQ(request.max_tokens, 9U);
  EXPECT_FLOAT_EQ(request.sampling.temperature, 0.25F);
  EXPECT_FLOAT_EQ(request.sampling.top_p, 0.5F);
  EXPECT_EQ(request.sampling.top_k, 7U);
  EXPECT_THAT(request.stop, ElementsAre("END", "\n\nHuman:"));
}

TEST(MessageFields, LeaveOpenWhatTheModelsOwnSettingsSay) {
  MessageReading reading;
  reading.blank = [](const std::string& model) {
    chat::Request blank;
    blank.stop = {"of " + model};
    blank.sampling.top_k = 3;
    blank.thinking.mode = Mode::kOn;
    return blank;
  };
  const chat::Request request = call_of(with(R"("top_p":0.5)"), reading).request;
  EXPECT_THAT(request.stop, ElementsAre("of m"));
  EXPECT_EQ(request.sampling.top_k, 3U);
  EXPECT_EQ(request.thinking.mode, Mode::kOn);
  EXPECT_THAT(call_of(with(R"("stop_sequences":[])"), reading).request.stop, IsEmpty());
}

TEST(MessageFields, MustNameAModelMessagesAndALimit) {
  for (const auto& [body, name] : std::vector<WrongField>{
           {R"({"max_tokens":1,"messages":[{"role":"user","content":"x"}]})", "model"},
           {R"({"model":"m","max_tokens":1})", "messages"},
           {R"({"model":"m","max_tokens":1,"messages":[]})", "messages"},
           {R"({"model":"m","messages":[{"role":"user","content":"x"}]})", "max_tokens"},
           {R"({"model":"","max_tokens":1,"messages":[]})", "model"}}) {
    expect_refused_by_name(body, name);
  }
}

TEST(MessageFields, NeedNoLimitWhereTheyAreCounted) {
  const MessageReading reading{.of = MessageReading::Of::kCount};
  const std::string body = R"({"model":"m","messages":[{"role":"user","content":"x"}]})";
  EXPECT_THAT(call_of(body, reading).request.messages, SizeIs(1));
}

TEST(MessageFields, AreRefusedByNameWhenTheyAreOutOfRange) {
  for (const auto& [fields, name] : std::vector<WrongField>{
           {R"("temperature":2.5)", "temperature"},
           {R"("top_p":1.5)", "top_p"},
           {R"("top_k":-1)", "top_k"},
           {R"("stream":"yes")", "stream"},
           {R"("stop_sequences":"END")", "stop_sequences"},
           {R"("stop_sequences":[""])", "stop_sequences[0]"},
           {R"("thinking":{"type":"enabled"})", "thinking.budget_tokens"},
           {R"("thinking":{"type":"enabled","budget_tokens":0})", "thinking.budget_tokens"},
           {R"("thinking":{"type":"deep"})", "thinking.type"},
           {R"("thinking":{"type":"adaptive","display":"all"})", "thinking.display"},
           {R"("output_config":{"effort":"huge"})", "output_config.effort"},
           {R"("output_config":{"format":{"type":"yaml"}})", "output_config.format.type"},
           {R"("output_config":{"format":{"type":"json_schema"}})", "output_config.format.schema"},
           {R"("hearth":{"priority":99})", "hearth.priority"},
           {R"("hearth":{"colour":"red"})", "hearth.colour"},
           {R"("thread":{"id":"x"})", "thread.type"}}) {
    expect_refused_by_name(with(fields), name);
  }
}

TEST(MessageFields, WithoutEffectAreNamed) {
  const MessageCall call = call_of(
      with(R"("metadata":{"user_id":"u"},"service_tier":"auto","container":"c","mcp_servers":[],)"
           R"("context_management":{"edits":[]},"speed":"fast","inference_geo":null)"));
  EXPECT_THAT(call.ignored, ElementsAre("metadata", "service_tier", "container", "mcp_servers",
                                        "context_management", "speed"));
}

TEST(MessageFields, ThatNobodyKnowsAreRefusedWithoutBetasAndNamedWithThem) {
  const std::string top = with(R"("brand_new":{"a":1},"system":[{"type":"text","text":"s"}])");
  expect_refused_by_name(top, "brand_new");
  const MessageCall call = call_of(top, with_betas());
  EXPECT_THAT(call.ignored, ElementsAre("brand_new"));
  EXPECT_THAT(call.request.messages, SizeIs(2));
  const std::string inside =
      with(R"("tools":[{"name":"f","input_schema":{"type":"object"},"lazy":true}])");
  expect_refused_by_name(inside, "tools[0].lazy");
  EXPECT_THAT(call_of(inside, with_betas()).ignored, ElementsAre("tools.lazy"));
}

TEST(MessageFields, AreNamedInWordsThatAHeaderCanCarry) {
  std::string fields;
  for (int i = 0; i < 60; ++i)
    fields += "\"a" + std::to_string(i) + "\\r\\nSet-Cookie: x\":1,";
  const MessageCall call = call_of(with(fields + R"("top_k":1)"), with_betas());
  ASSERT_THAT(call.ignored, SizeIs(kIgnoredMax));
  EXPECT_EQ(call.ignored.front(), "a0??Set-Cookie??x");
  EXPECT_EQ(call.ignored.back(), "and_others");
  const std::string longest(500, 'n');
  const MessageCall shown = call_of(with("\"" + longest + "\":1"), with_betas());
  EXPECT_LE(shown.ignored.front().size(), kIgnoredNameBytesMax);
}

TEST(MessageFields, MayHaveCacheControlAnywhere) {
  const std::string mark = R"("cache_control":{"type":"ephemeral","ttl":"1h"})";
  const MessageCall call = call_of(
      R"({"model":"m","max_tokens":9,)" + mark + R"(,"system":[{"type":"text","text":"s",)" + mark +
      R"(}],"tools":[{"name":"f","input_schema":{"type":"object"},)" + mark +
      R"(}],"messages":[{"role":"user","content":[{"type":"text","text":"a",)" + mark +
      R"(}]},{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":{},)" +
      mark + R"(}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t",)" + mark +
      "}]}]}");
  EXPECT_THAT(call.ignored, IsEmpty());
  EXPECT_THAT(call.request.messages, SizeIs(4));
  expect_refused_by_name(
      with(R"("system":[{"type":"text","text":"s","cache_control":{"type":"x"}}])"),
      "system[0].cache_control.type");
}

TEST(MessageFields, SwitchThinking) {
  EXPECT_EQ(request_of(with(R"("stream":true)")).thinking.mode, Mode::kOff);
  EXPECT_EQ(request_of(with(R"("thinking":{"type":"disabled"})")).thinking.mode, Mode::kOff);
  EXPECT_EQ(request_of(with(R"("thinking":{"type":"adaptive"})")).thinking.mode, Mode::kDefault);
  EXPECT_EQ(request_of(with(R"("hearth":{"thinking":true})")).thinking.mode, Mode::kOn);
  const chat::Thinking on =
      request_of(with(R"("thinking":{"type":"enabled","budget_tokens":1024})")).thinking;
  EXPECT_EQ(on.mode, Mode::kOn);
  EXPECT_EQ(on.tokens_max, 1024U);
  const MessageCall between = call_of(with(R"("thinking":{"type":"between_tools"})"));
  EXPECT_THAT(between.ignored, ElementsAre("thinking.type"));
  const MessageCall hidden = call_of(with(R"("thinking":{"type":"adaptive","display":"omitted"})"));
  EXPECT_EQ(hidden.thoughts, MessageCall::Thoughts::kOmitted);
  EXPECT_EQ(request_of(with(R"("output_config":{"effort":"low"})")).thinking.effort, "low");
  expect_refused_by_name(with(R"("thinking":{"type":"disabled"},"hearth":{"thinking":true})"),
                         "hearth.thinking");
}

TEST(MessageFields, HoldAnAnswerToASchema) {
  const std::string schema = R"({"type":"object","properties":{"a":{"type":"string"}}})";
  const std::string format = R"({"type":"json_schema","schema":)" + schema + "}";
  const MessageCall newer = call_of(with(R"("output_config":{"format":)" + format + "}"));
  EXPECT_EQ(newer.request.constraint.kind, chat::Constraint::Kind::kSchema);
  EXPECT_EQ(newer.request.constraint.text, schema);
  EXPECT_EQ(newer.names.constraint, "output_config.format.schema");
  const MessageCall older = call_of(with(R"("output_format":)" + format));
  EXPECT_EQ(older.request.constraint.text, schema);
  EXPECT_EQ(older.names.constraint, "output_format.schema");
  expect_refused_by_name(
      with(R"("output_config":{"format":)" + format + R"(},"output_format":)" + format),
      "output_format");
}

TEST(MessageFields, ReadNoMoreThanThePromptForALimitOfNone) {
  const MessageCall call =
      call_of(R"({"model":"m","max_tokens":0,"messages":[{"role":"user","content":"x"}]})");
  EXPECT_EQ(call.answer, MessageCall::Answer::kNone);
  EXPECT_EQ(call.request.max_tokens, 1U);
}

TEST(MessageFields, HaveHearthsOwnBesideThem) {
  const chat::Request request = request_of(
      with(R"("hearth":{"priority":3,"deadline_ms":50,"cache_scope":"team","overflow":"shift"})"));
  EXPECT_EQ(request.priority, 3);
  EXPECT_EQ(request.deadline_ms, 50U);
  EXPECT_EQ(request.cache_scope, "team");
  EXPECT_EQ(request.overflow, chat::Overflow::kShift);
}

TEST(MessageFields, ThatAreNoJsonAreRefused) {
  for (const char* body : {"", "{", "[]", "null", "7", R"({"model":"m","model":"m"})"}) {
    const auto call = parse_message_call(body);
    ASSERT_FALSE(call.has_value()) << body;
    EXPECT_EQ(call.error().code, Code::kInvalidArgument) << body;
    EXPECT_THAT(call.error().message, ::testing::Not(IsEmpty()));
  }
}

}  // namespace
}  // namespace hearth::api::anthropic
