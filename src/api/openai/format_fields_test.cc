#include "api/openai/format_fields.h"

#include <gtest/gtest.h>

#include "api/core/tool_parts.h"
#include "api/testing/chat_bodies.h"

namespace hearth::api::openai {
namespace {

using chat::Constraint;
using testing::request_of;
using testing::with;
using Kind = Constraint::Kind;

TEST(FormatFields, EveryWayToSayItArrives) {
  const std::string schema = R"({"type":"object","properties":{"z":{},"a":{"const":1.5}}})";
  const std::pair<std::string, Constraint> cases[] = {
      {R"("response_format":null)", {}},
      {R"("response_format":{"type":"text"})", {}},
      {R"("grammar":"")", {}},
      {R"("response_format":{"type":"json_object"})", {Kind::kAnyObject}},
      {R"("response_format":{"type":"json_object","schema":{}})", {Kind::kAnyObject}},
      {R"("response_format":{"type":"json_object","schema":)" + schema + "}",
       {Kind::kSchema, schema}},
      {R"("response_format":{"type":"json_schema","json_schema":{"name":"n","strict":true,)"
       R"("schema":)" +
           schema + "}}",
       {Kind::kSchema, schema}},
      {R"("response_format":{"type":"json_schema","schema":)" + schema + "}",
       {Kind::kSchema, schema}},
      {R"("json_schema":)" + schema, {Kind::kSchema, schema}},
      {R"("json_schema":{})", {Kind::kSchema, "{}"}},
      {R"("grammar":"root ::= \"a\"")", {Kind::kGrammar, R"(root ::= "a")"}},
  };
  for (const auto& [fields, expected] : cases)
    EXPECT_EQ(request_of(with(fields)).constraint, expected) << fields;
}

TEST(FormatFields, MayStandBesideTools) {
  const chat::Request request =
      request_of(with(R"("grammar":"root ::= \"a\"","tools":[{"type":"function","function":)"
                      R"({"name":"f"}}])"));
  EXPECT_EQ(request.constraint.kind, Kind::kGrammar);
  EXPECT_EQ(request.tools.size(), 1U);
}

TEST(FormatFields, ADescriptionOfASchemaHasNoEffectAndIsNamed) {
  const auto call =
      parse_chat_call(with(R"("response_format":{"type":"json_schema","json_schema":{"name":"n",)"
                           R"("description":"d","schema":{}}})"));
  ASSERT_TRUE(call) << call.error().message;
  EXPECT_EQ(call->ignored, std::vector<std::string>{"response_format.json_schema.description"});
}

TEST(FormatFields, NameWhatIsWrong) {
  const testing::WrongField cases[] = {
      {R"("response_format":"json")", "response_format"},
      {R"("response_format":{})", "response_format.type"},
      {R"("response_format":{"type":5})", "response_format.type"},
      {R"("response_format":{"type":"xml"})", "response_format.type"},
      {R"("response_format":{"type":"text","schema":{}})", "response_format.schema"},
      {R"("response_format":{"type":"json_object","odd":1})", "response_format.odd"},
      {R"("response_format":{"type":"json_object","schema":"{}"})", "response_format.schema"},
      {R"("response_format":{"type":"json_schema"})", "response_format.json_schema"},
      {R"("response_format":{"type":"json_schema","json_schema":[]})",
       "response_format.json_schema"},
      {R"("response_format":{"type":"json_schema","json_schema":{"name":"n"}})",
       "response_format.json_schema.schema"},
      {R"("response_format":{"type":"json_schema","json_schema":{"name":5,"schema":{}}})",
       "response_format.json_schema.name"},
      {R"("response_format":{"type":"json_schema","json_schema":{"strict":5,"schema":{}}})",
       "response_format.json_schema.strict"},
      {R"("response_format":{"type":"json_schema","json_schema":{"odd":5,"schema":{}}})",
       "response_format.json_schema.odd"},
      {R"("response_format":{"type":"json_schema","json_schema":{"schema":true}})",
       "response_format.json_schema.schema"},
      {R"("response_format":{"type":"json_schema","schema":{},"json_schema":{"schema":{}}})",
       "response_format.schema"},
      {R"("grammar":5)", "grammar"},
      {R"("json_schema":"{}")", "json_schema"},
      // Two at once.
      {R"("response_format":{"type":"json_object"},"grammar":"root ::= \"a\"")", "grammar"},
      {R"("grammar":"root ::= \"a\"","json_schema":{})", "json_schema"},
      {R"("json_schema":{},"response_format":{"type":"json_object"})", "response_format"},
  };
  for (const auto& [fields, name] : cases)
    testing::expect_refused_by_name(with(fields), name);
}

TEST(FormatFields, AreBounded) {
  const std::string longest(kSchemaBytesMax, 'x');
  EXPECT_EQ(request_of(with(R"("grammar":")" + longest + "\"")).constraint.text, longest);
  testing::expect_refused_by_name(with(R"("grammar":"x)" + longest + "\""), "grammar");
  testing::expect_refused_by_name(with(R"("json_schema":{"title":")" + longest + "\"}"),
                                  "json_schema");
}

}  // namespace
}  // namespace hearth::api::openai
