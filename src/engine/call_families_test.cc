// Calls in every family's words: what is written at random within the grammar of an answer, held
// to the tools' schemas, is read back as calls whose arguments the schemas allow.
#include <algorithm>
#include <set>

#include <gmock/gmock.h>

#include "constraint/gbnf.h"
#include "constraint/matcher.h"
#include "constraint/testing/rule_sampler.h"
#include "constraint/testing/validity.h"
#include "dialogue/testing/known_templates.h"
#include "dialogue/tool_trigger.h"
#include "engine/call_rules.h"
#include "json/parse.h"

namespace hearth::engine {
namespace {

using constraint::testing::is_valid;
using dialogue::testing::hear;
using dialogue::testing::Heard;

constexpr int kSamples = 60;
constexpr std::size_t kCutBytesMax = 300;  // of answers that are also read byte by byte

const std::vector<chat::Tool>& tools() {
  static const std::vector<chat::Tool> tools = {
      {"set_light", "Sets a light.", R"({"type":"object","properties":{
         "room":{"type":"string","enum":["kitchen","living room","<b>"]},
         "mode":{"const":"on"},
         "code":{"type":"string","pattern":"^[A-Z]{2}-[0-9]{3}$"},
         "label":{"type":"string","minLength":2,"maxLength":5},
         "when":{"type":"string","format":"date"},
         "level":{"type":"integer","minimum":1,"maximum":12,"multipleOf":3},
         "dim":{"type":"boolean"}},
       "required":["room","mode","code"],"additionalProperties":false})"},
      {"set.light", "Another light.", R"({"type":"object","properties":{
         "a_b":{"type":"integer","minimum":5,"maximum":7},"a.b":{"type":"string","enum":["x"]},
         "ä ü":{"type":"boolean"},"q\"":{"type":"null"}},"required":["a.b","a_b"]})"},
      {"find", "Finds people.", R"({"type":"object","properties":{
         "who":{"$ref":"#/$defs/person"},
         "tags":{"type":"array","items":{"type":"string","pattern":"^#[a-z]+$"},"maxItems":3},
         "limit":{"type":"number","exclusiveMinimum":0,"maximum":2.5},
         "near":{"anyOf":[{"type":"string","minLength":3},{"type":"null"}]}},
       "required":["who"],
       "$defs":{"person":{"type":"object","properties":{
         "name":{"type":"string","minLength":1,"maxLength":8},"age":{"type":"integer","minimum":18},
         "of":{"$ref":"#/$defs/kind"}},"required":["name","of"],"additionalProperties":false},
         "kind":{"enum":["friend","foe"]}}})"},
      {"note", "Keeps a note.", R"({"type":"object","properties":{
         "text":{"type":"string","maxLength":900},"any":{},"word":{"$ref":"#w"},
         "number":{"type":["integer","string"],"minimum":3},
         "p1":{"type":"boolean"},"p2":{"type":"boolean"},"p3":{"type":"boolean"},
         "p4":{"type":"boolean"},"p5":{"type":"boolean"}},
       "required":["text"],"minProperties":2,
       "$defs":{"w":{"$anchor":"w","type":"string","pattern":"^\\d+$"}}})"},
      {"now", "Tells the time.", ""}};
  return tools;
}

const chat::Tool& tool_named(const std::string& name) {
  return *std::find_if(tools().begin(), tools().end(),
                       [&](const chat::Tool& tool) { return tool.name == name; });
}

class CallsOfAFamily : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    template_ = dialogue::testing::load_template(GetParam());
    ASSERT_NE(template_, nullptr);
  }
  static chat::Request question(std::vector<chat::Tool> offered) {
    chat::Request request;
    request.messages = {{.role = chat::Role::kUser, .content = "Hello."}};
    request.tools = std::move(offered);
    return request;
  }
  std::unique_ptr<dialogue::ChatTemplate> template_;
};

constraint::Rules held_rules(const dialogue::CallGrammar& grammar) {
  auto rules = constraint::parse_gbnf(grammar.text);
  EXPECT_TRUE(rules) << rules.error().message << grammar.text;
  if (!rules) return {};
  constraint::Effort effort;
  const auto held = hold_to_schemas(*rules, {grammar, true}, effort);
  EXPECT_TRUE(held) << held.error().message;
  return *std::move(rules);
}

void expect_valid(const chat::ToolCall& call) {
  const std::string& schema = tool_named(call.name).parameters;
  EXPECT_TRUE(is_valid(schema.empty() ? R"({"maxProperties":0})" : schema, call.arguments))
      << call.name << " " << call.arguments;
  // No argument stands twice; in an object of any keys, a key may.
  EXPECT_TRUE(call.name == "note" || json::parse(call.arguments)) << call.arguments;
}

// What an answer says before its calls: what ends the thinking that the prompt has begun, and when
// it thinks by itself, the turn that follows where thinking is one of its own.
std::string no_thought(const dialogue::AnswerFormat& format) {
  return format.thinking_begun ? format.thinking_end + format.frame.turn_begin : "";
}

std::string a_thought(const dialogue::AnswerFormat& format) {
  if (format.thinking_end.empty()) return "";
  return (format.thinking_begun ? "" : format.thinking_begin) + "I think." + format.thinking_end +
         format.frame.turn_begin;
}

// Words of the grammar that holds from the first call on.
TEST_P(CallsOfAFamily, AreReadAsWhatTheSchemasAllow) {
  if (!template_->capabilities().tools) return;
  const auto rendered = template_->render(question(tools()));
  ASSERT_TRUE(rendered) << rendered.error().message;
  const dialogue::AnswerFormat& automatic = rendered->format;
  ASSERT_FALSE(automatic.grammar.text.empty());
  const constraint::Rules rules = held_rules(automatic.grammar);
  ASSERT_FALSE(HasFailure());
  constraint::testing::RuleSampler sampler(rules, 7);
  std::set<std::string> called;
  for (int i = 0; i < kSamples && !HasFailure(); ++i) {
    const std::string text = sampler.sample();
    // A grammar holds only behind its trigger; patterns look at what stands before it, too.
    const bool holds = dialogue::find_trigger(*automatic.trigger, text, 0).has_value();
    if (!holds && !automatic.trigger->words().empty()) continue;
    const std::string answer =
        automatic.thinking_begun ? "I think." + automatic.thinking_end + text : text;
    const Heard heard = hear(automatic, {answer});
    EXPECT_FALSE(heard.calls.empty()) << answer;
    for (const chat::ToolCall& call : heard.calls) {
      called.insert(call.name);
      expect_valid(call);
    }
    if (answer.size() < kCutBytesMax) {
      EXPECT_EQ(dialogue::testing::hear_bytes(automatic, answer), heard);
    }
    EXPECT_FALSE(HasFailure()) << answer;
  }
  EXPECT_EQ(called.size(), tools().size());
}

// Words of the calls that are the whole answer, or stand in the place of a document.
TEST_P(CallsOfAFamily, AreReadWhereTheyAreAllThatMayBe) {
  if (!template_->capabilities().tools) return;
  using Kind = chat::ToolChoice::Kind;
  for (const Kind kind : {Kind::kRequired, Kind::kNamed, Kind::kAuto}) {
    chat::Request request = question(tools());
    request.tool_choice = {kind, kind == Kind::kNamed ? request.tools.back().name : ""};
    if (kind == Kind::kAuto) request.constraint.kind = chat::Constraint::Kind::kAnyObject;
    const auto rendered = template_->render(request);
    ASSERT_TRUE(rendered) << rendered.error().message;
    const dialogue::AnswerFormat& format = rendered->format;
    ASSERT_FALSE(format.calls.text.empty());
    const constraint::Rules rules = held_rules(format.calls);
    ASSERT_FALSE(HasFailure());
    constraint::testing::RuleSampler sampler(rules, 9);
    for (int i = 0; i < kSamples && !HasFailure(); ++i) {
      const std::string answer =
          (i % 2 == 0 ? a_thought(format) : no_thought(format)) + sampler.sample();
      const Heard heard = hear(format, {answer});
      EXPECT_FALSE(heard.calls.empty()) << answer;
      EXPECT_THAT(heard.warnings, ::testing::IsEmpty()) << answer;
      EXPECT_EQ(heard.text, "") << answer;
      for (const chat::ToolCall& call : heard.calls) {
        expect_valid(call);
        EXPECT_TRUE(kind != Kind::kNamed || call.name == request.tool_choice.name) << answer;
      }
      EXPECT_FALSE(HasFailure()) << answer;
    }
  }
}

// The shortest answer that calls the tool, and nothing shorter.
TEST_P(CallsOfAFamily, AreWrittenWhereTheyAreRequired) {
  if (!template_->capabilities().tools) return;
  for (const chat::Tool& tool : tools()) {
    chat::Request request = question(tools());
    request.tool_choice = {chat::ToolChoice::Kind::kNamed, tool.name};
    const auto rendered = template_->render(request);
    ASSERT_TRUE(rendered) << rendered.error().message;
    EXPECT_EQ(dialogue::testing::joined(rendered->pieces).find("hearth"), std::string::npos);
    const dialogue::AnswerFormat& format = rendered->format;
    constraint::Matcher matcher(*constraint::Grammar::compile(held_rules(format.calls)));
    ASSERT_FALSE(matcher.may_end());
    const std::string answer = no_thought(format) + matcher.shortest_end().value();
    const Heard heard = hear(format, {answer});
    ASSERT_EQ(heard.calls.size(), 1U) << answer;
    EXPECT_EQ(heard.calls.front().name, tool.name) << answer;
    expect_valid(heard.calls.front());
  }
}

TEST_P(CallsOfAFamily, AreHeldWhateverFormTheirSchemasHave) {
  if (!template_->capabilities().tools) return;
  chat::Request request = question(dialogue::testing::tools_of_all_forms());
  request.tool_choice.kind = chat::ToolChoice::Kind::kRequired;
  const auto rendered = template_->render(request);
  ASSERT_TRUE(rendered) << rendered.error().message;
  EXPECT_TRUE(constraint::Grammar::compile(held_rules(rendered->format.calls)));
}

std::string name_of(const ::testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  for (char& byte : name) {
    if (std::isalnum(static_cast<unsigned char>(byte)) == 0) byte = '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Templates, CallsOfAFamily,
                         ::testing::ValuesIn(dialogue::testing::known_templates()), name_of);

}  // namespace
}  // namespace hearth::engine
