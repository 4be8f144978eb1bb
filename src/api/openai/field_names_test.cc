// What goes wrong in the provider is told by the name of the client's own field.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/testing/face.h"
#include "chat/request_part.h"

namespace hearth::api::openai {
namespace {

using api::testing::Face;
using api::testing::kChat;
using api::testing::Step;
using chat::RequestPart;
using ::testing::HasSubstr;
using Kind = chat::RequestPart::Kind;

std::vector<Step> refusing(const RequestPart& part) {
  return {{chat::Failed{make_error(Code::kInvalidArgument, "no", chat::part_context(part))}}};
}

std::string ask(const std::string& fields) {
  return R"({"model":"m","messages":[{"role":"user","content":"hi"}],)" + fields + "}";
}

std::string param(const std::string& name) {
  return R"("param":")" + name + R"(","code":"invalid_argument")";
}

constexpr const char* kTools =
    R"("tools":[{"type":"function","function":{"name":"a"}},)"
    R"({"type":"function","function":{"name":"b","parameters":{"type":"object","x":1}}},)"
    R"({"type":"function","function":{"name":"c"}}])";

TEST(FieldNames, AConstraintIsNamedAsItWasSent) {
  Face face;
  face.provider.set_script(refusing({Kind::kConstraint}));
  const std::pair<const char*, const char*> cases[] = {
      {R"("response_format":{"type":"json_schema","json_schema":{"schema":{"type":"string"}}})",
       "response_format"},
      {R"("response_format":{"type":"json_object"})", "response_format"},
      {R"("grammar":"root ::= x")", "grammar"},
      {R"("json_schema":{"type":"string"})", "json_schema"}};
  for (const auto& [fields, name] : cases) {
    EXPECT_THAT(face.send("POST", kChat, ask(fields)).body, HasSubstr(param(name))) << fields;
    const std::string streamed = std::string(fields) + R"(,"stream":true)";
    EXPECT_THAT(face.send("POST", kChat, ask(streamed)).body, HasSubstr(param(name)));
  }
}

TEST(FieldNames, AToolIsNamedByItsPlaceInWhatWasSent) {
  Face face;
  face.provider.set_script(refusing({Kind::kParameters, 1}));
  EXPECT_THAT(face.send("POST", kChat, ask(kTools)).body,
              HasSubstr(param("tools[1].function.parameters")));
  const std::string allowed = std::string(kTools) +
                              R"(,"tool_choice":{"type":"allowed_tools","allowed_tools":)"
                              R"({"mode":"required","tools":[)"
                              R"({"type":"function","function":{"name":"b"}}]}})";
  face.provider.set_script(refusing({Kind::kParameters, 0}));
  EXPECT_THAT(face.send("POST", kChat, ask(allowed)).body,
              HasSubstr(param("tools[1].function.parameters")));
  face.provider.set_script(refusing({Kind::kParameters, 7}));
  EXPECT_THAT(face.send("POST", kChat, ask(kTools)).body, HasSubstr(param("tools")));
}

TEST(FieldNames, OtherPartsHaveTheirNamesToo) {
  Face face;
  const std::pair<Kind, const char*> cases[] = {{Kind::kMessages, "messages"},
                                                {Kind::kTools, "tools"},
                                                {Kind::kToolChoice, "tool_choice"},
                                                {Kind::kTemplateArguments, "chat_template_kwargs"},
                                                {Kind::kLogitBias, "logit_bias"}};
  for (const auto& [kind, name] : cases) {
    face.provider.set_script(refusing({kind}));
    EXPECT_THAT(face.send("POST", kChat, ask(R"("n":1)")).body, HasSubstr(param(name)));
  }
}

TEST(FieldNames, AFailureAfterTheFirstByteNamesItsFieldToo) {
  Face face;
  std::vector<Step> script = refusing({Kind::kConstraint});
  script.insert(script.begin(), {chat::TextDelta{"He", 1}});
  face.provider.set_script(script);
  EXPECT_THAT(face.send("POST", kChat, ask(R"("grammar":"root ::= x","stream":true)")).body,
              HasSubstr(param("grammar")));
}

TEST(FieldNames, WhatIsCountedIsNamedToo) {
  Face face;
  face.provider.set_tokens(
      fail(Code::kInvalidArgument, "no", chat::part_context({Kind::kParameters, 1})));
  EXPECT_THAT(face.send("POST", "/hearth/v1/tokenize", ask(kTools)).body,
              HasSubstr(param("tools[1].function.parameters")));
}

TEST(FieldNames, APathNeverLeavesTheHouse) {
  Face face;
  face.provider.set_script({{chat::Failed{make_error(Code::kInvalidArgument, "no", "/home/x")}}});
  const std::string body = face.send("POST", kChat, ask(R"("n":1)")).body;
  EXPECT_THAT(body, HasSubstr(R"("param":null)"));
  EXPECT_THAT(body, ::testing::Not(HasSubstr("/home/x")));
}

}  // namespace
}  // namespace hearth::api::openai
