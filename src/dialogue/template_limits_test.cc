// A template is a program that a model's file brings: whatever it does, it ends, within bounds, and
// in words. And none that models really have comes near the bounds.
#include <chrono>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dialogue/chat_template.h"
#include "dialogue/testing/known_templates.h"

namespace hearth::dialogue {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::said;

struct Hostile {
  std::string text;
  std::string words;  // why it is refused
};

const std::string kMany = "range(10000)";

std::string times(const std::string& before, const std::string& after) {
  return "{% set ns = namespace(x=" + before + ") %}{% for i in range(100) %}" + after +
         "{% endfor %}";
}

std::vector<Hostile> endless() {
  return {
      {"{% for i in range(1000000000) %}{% endfor %}", "asks for a range"},
      {"{% for i in range(0, 9223372036854775807, 4611686018427387904) %}{% endfor %}",
       "asks for a range"},
      {"{% set r = range %}{% for i in r(1000000000) %}{% endfor %}", "asks for a range"},
      {"{% call range(1000000000) %}{% endcall %}", "asks for a range"},
      {"{% for a in " + kMany + " %}{% for b in " + kMany + " %}{% endfor %}{% endfor %}", "steps"},
      {"{% for a in " + kMany + " if a < 0 %}{% endfor %}" +
           times("1", "{% for a in " + kMany + " if a < 0 %}{% endfor %}"),
       "steps"},
      {"{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "calls itself without end"},
      {"{% macro m() %}{% call m() %}{% endcall %}{% endmacro %}{{ m() }}",
       "calls itself without end"},
      {"{% macro m() %}{{ caller() }}{% endmacro %}"
       "{% macro n() %}{% call m() %}{{ n() }}{% endcall %}{% endmacro %}{{ n() }}",
       "calls itself without end"}};
}

std::vector<Hostile> growing() {
  return {
      {"{{ 'ab' * 1000000000 }}", "repeats a text too often"},
      {"{{ 1000000000 * 'ab' }}", "repeats a text too often"},
      {times("'ab'", "{% set ns.x = ns.x ~ ns.x %}"), "makes texts of more than"},
      {times("'ab'", "{% set ns.x %}{{ ns.x }}{{ ns.x }}{% endset %}"), "makes texts of more than"},
      {times("[1]", "{% set ns.x = ns.x + ns.x %}"), "makes texts of more than"},
      {times("[1]", "{% set ns.x = [ns.x, ns.x] %}"), "steps"},
      {times("(1, 2)", "{% set ns.x = (ns.x, ns.x) %}{{ ns.x == ns.x }}"), "steps"},
      {times("{}", "{% set ns.x = {'a': ns.x, 'b': ns.x} %}") + "{{ ns.x | tojson }}", "steps"},
      {"{{ ('a' * 100000) | replace('a', 'a' * 100000) }}", "steps"},
      {"{{ ('a' * 10000) | replace('', 'a' * 100000) }}", "makes texts of more than"},
      {"{{ ('a ' * 100000).split(' ') | length }}", "steps"},
      {"{{ ('a' * 200000 ~ 'b') in ('a' * 400000) }}", "steps"},
      {"{% set s = 'a' * 100000 %}{{ (range(10000) | list) | join(s) }}",
       "makes texts of more than"},
      {"{{ 'a\nb' | indent(2000000000) }}", "too large a number"},
      {"{{ 'a\nb'.indent(2000000000) }}", "too large a number"},
      {"{{ tojson([1], indent=2000000000) }}", "too large a number"},
      {"{% filter indent(2000000000) %}a\nb{% endfilter %}", "too large a number"},
      {"{{ [1, 2][1::9223372036854775807] }}", "too large a number"}};
}

std::vector<Hostile> breaking() {
  return {
      {"{{ 4 is divisibleby(0) }}", "divisible by 0"},
      {"{{ 4 is divisibleby(-1) }}", "divisible by 0"},
      {"{{ [4] | select('divisibleby', 0) | list }}", "divisible by 0"},
      {"{{ [{'a': 4}] | selectattr('a', 'divisibleby', 0) }}", "divisible by 0"},
      {"{{ test_is_divisibleby(4, 0) }}", "divisible by 0"},
      {"{% set ns = namespace() %}{% set ns.x = ns %}{{ ns | tojson }}", "part of another value"},
      {"{% set ns = namespace() %}{% set a = namespace() %}{% set a.x = ns %}{% set ns.x = a %}"
       "{{ ns }}",
       "part of another value"},
      {"{% set a = [] %}{% set b = a.append(a) %}{{ a | string }}", "part of another value"},
      {"{% set a = [] %}{% set b = a | append([a]) %}{{ a }}", "part of another value"},
      {"{% set ns = namespace() %}{% set ns.x = [1] | map(attribute='a', default=ns) %}{{ ns }}",
       "part of another value"},
      {"{% set ns = namespace() %}{% set ns.get_it = ns.get %}", "puts a function"},
      {"{% macro m() %}{% endmacro %}{{ [m] }}", "puts a function"},
      {"{% set ns = namespace(x=[]) %}{% for i in range(9000) %}{% set ns.x = [ns.x] %}{% endfor "
       "%}",
       "too large a list or object"},
      {"{% set ns = namespace(x=[], r=[]) %}{% set ns.r = ns.x %}{% for i in range(9000) %}"
       "{% set n = [] %}{% set a = ns.x.append(n) %}{% set ns.x = n %}{% endfor %}",
       "part of another value"},
      {"{{ (range(40) | list + ['a', 'b', 'c'] + range(40) | list) | sort }}",
       "sorts texts, numbers and other things together"}};
}

std::vector<Hostile> sprawling() {
  const auto repeated = [](const std::string& text, int count) {
    std::string all;
    for (int i = 0; i < count; ++i)
      all += text;
    return all;
  };
  std::string names;
  for (int i = 0; i < 2000; ++i)
    names += "{% set v" + std::to_string(i) + " = 1 %}";
  return {{names, "too many different names"},
          {repeated("{% if x %}{% endgeneration %}", 5000), "blocks; at most"},
          {"{% set x %}" + repeated("{% set x %}", 5000), "nested too deep"}};
}

Error error_of(const Hostile& hostile) {
  const auto made = ChatTemplate::create({.text = hostile.text});
  if (made) ADD_FAILURE() << "accepted: " << hostile.text.substr(0, 200);
  return made ? Error{} : made.error();
}

class Runaway : public ::testing::TestWithParam<std::vector<Hostile> (*)()> {};

TEST_P(Runaway, IsRefusedWithWhatToDo) {
  for (const Hostile& hostile : GetParam()()) {
    const Error error = error_of(hostile);
    EXPECT_EQ(error.code, Code::kUnimplemented) << hostile.text.substr(0, 200);
    EXPECT_THAT(error.message, AllOf(HasSubstr(hostile.words), HasSubstr("model.chat_template")))
        << hostile.text.substr(0, 200);
  }
}

INSTANTIATE_TEST_SUITE_P(Templates, Runaway,
                         ::testing::Values(endless, growing, breaking, sprawling));

chat::Request question(std::string content) {
  return {.messages = {said(chat::Role::kUser, std::move(content))}};
}

TEST(TemplateLimits, HoldForEachRequestByItself) {
  const auto made = ChatTemplate::create(
      {.text = "{% for m in messages %}{{ m.content }}{% endfor %}"
               "{% if messages[0].content == 'go' %}{% for a in range(9999) %}"
               "{% for b in range(9999) %}{% endfor %}{% endfor %}{% endif %}"});
  ASSERT_TRUE(made) << made.error().message;
  const auto endless = (*made)->render(question("go"));
  ASSERT_FALSE(endless);
  EXPECT_EQ(endless.error().code, Code::kInvalidArgument);
  EXPECT_THAT(endless.error().message, AllOf(HasSubstr("steps"), HasSubstr("model.chat_template")));
  const auto again = (*made)->render(question("stay"));
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(testing::joined(again->pieces), "stay");
}

TEST(TemplateLimits, AreAsWideTheThousandthTime) {
  const auto made = ChatTemplate::create(
      {.text = "{% for m in messages %}{{ m.content }}{% for a in range(50) %}{% endfor %}"
               "{% endfor %}"});
  ASSERT_TRUE(made) << made.error().message;
  for (int i = 0; i < 1000; ++i)
    EXPECT_TRUE((*made)->render(question("again")));
}

TEST(TemplateLimits, WhatGathersTextsIsNoCycle) {
  const auto made = ChatTemplate::create(
      {.text = "{% set ns = namespace(all=[], last={}) %}{% for m in messages %}"
               "{% set _ = ns.all.append(m.content) %}{% set ns.all = ns.all + ['|'] %}"
               "{% set ns.last = {'m': m, 'i': loop.index} %}{% endfor %}"
               "{{ ns.all | join }}{{ ns.last.m.role }}{{ ns.last | length }}"});
  ASSERT_TRUE(made) << made.error().message;
  const auto rendered = (*made)->render(question("x"));
  ASSERT_TRUE(rendered) << rendered.error().message;
  EXPECT_EQ(testing::joined(rendered->pieces), "x|user2");
}

// Many messages, some of them long, with thinking, calls and results, and many tools.
chat::Request long_conversation(const chat::Capabilities& known) {
  constexpr int kTurns = 40;
  const std::string text = "It's 5 < 6 & \"so on\" — line one\nline two\n";
  std::string paragraph;
  while (paragraph.size() < 8000)
    paragraph += text;
  chat::Request request;
  for (int i = 0; i < kTurns; ++i) {
    const std::string id = "call" + std::to_string(10'000 + i);
    request.messages.push_back(said(chat::Role::kUser, paragraph));
    chat::Message answer = said(chat::Role::kAssistant, "Let me look.");
    answer.thinking = text;
    if (known.tools) {
      answer.tool_calls = {{id, "add", R"({"a":1,"b":2})"}};
      request.messages.push_back(answer);
      request.messages.push_back({.role = chat::Role::kTool, .content = text, .tool_call_id = id});
    } else {
      request.messages.push_back(answer);
      request.messages.push_back(said(chat::Role::kUser, text));
    }
    request.messages.push_back(said(chat::Role::kAssistant, paragraph));
  }
  request.messages.push_back(said(chat::Role::kUser, "And now?"));
  if (!known.tools) return request;
  const auto tools = testing::two_tools();
  for (int i = 0; i < 20; ++i) {
    for (chat::Tool tool : tools) {
      if (i > 0) tool.name += std::to_string(i);
      request.tools.push_back(tool);
    }
  }
  request.tool_choice.kind = chat::ToolChoice::Kind::kNone;
  return request;
}

class KnownTemplate : public ::testing::TestWithParam<std::string> {};

TEST_P(KnownTemplate, WritesALongConversation) {
  const auto made = testing::load_template(GetParam());
  ASSERT_NE(made, nullptr);
  const auto rendered = made->render(long_conversation(made->capabilities()));
  ASSERT_TRUE(rendered) << rendered.error().message;
  EXPECT_GT(testing::joined(rendered->pieces).size(), 600'000U);
}

// Some templates write a tool's schema value by value.
TEST_P(KnownTemplate, HasRoomForToolsOfManyParameters) {
  const auto made = testing::load_template(GetParam());
  ASSERT_NE(made, nullptr);
  if (!made->capabilities().tools) return;
  std::string members;
  for (int i = 0; i < 220; ++i) {
    members += (i == 0 ? "\"m" : ",\"m") + std::to_string(i) +
               R"(":{"type":"string","description":"what it is"})";
  }
  chat::Request request = question("hello");
  request.tools = {
      {"look_up", "Looks it up.", R"({"type":"object","properties":{)" + members + "}}"}};
  const auto rendered = made->render(request);
  EXPECT_TRUE(rendered) << rendered.error().message;
}

INSTANTIATE_TEST_SUITE_P(Templates, KnownTemplate, ::testing::ValuesIn(testing::known_templates()),
                         [](const auto& family) {
                           std::string name = family.param;
                           for (char& byte : name) {
                             if (std::isalnum(static_cast<unsigned char>(byte)) == 0) byte = '_';
                           }
                           return name;
                         });

TEST(TemplateLimits, ARenderEndsSoonAfterWhoAskedForItIsGone) {
  const auto made = ChatTemplate::create(
      {.text = "{% if messages[0].content == 'much' %}{% for a in range(9999) %}"
               "{% for b in range(9999) %}{{ b }}{% endfor %}{% endfor %}{% endif %}"
               "{% for m in messages %}{{ m.content }}{% endfor %}"});
  ASSERT_TRUE(made.has_value()) << made.error().message;
  chat::Request request;
  request.messages = {testing::said(chat::Role::kUser, "much")};
  EXPECT_EQ((*made)->render(request).error().code, Code::kInvalidArgument);
  base::CancelSource gone;
  gone.cancel();
  const auto cancelled = (*made)->render(request, gone.token());
  ASSERT_FALSE(cancelled.has_value());
  EXPECT_EQ(cancelled.error().code, Code::kCancelled);
  request.messages = {testing::said(chat::Role::kUser, "little")};
  EXPECT_EQ(testing::joined((*made)->render(request)->pieces), "little");
}

// What the library makes of a run that was stopped is no format for those who come later.
TEST(TemplateLimits, AFormatThatWasGivenUpIsNotKept) {
  const auto made = testing::load_template("Qwen-Qwen2.5-7B-Instruct");
  chat::Request request;
  request.messages = {testing::said(chat::Role::kUser, "Hello.")};
  request.tools = testing::two_tools();
  base::CancelSource gone;
  gone.cancel();
  EXPECT_FALSE(made->render(request, gone.token()).has_value());
  const auto again = made->render(request);
  ASSERT_TRUE(again.has_value());
  EXPECT_FALSE(again->format.grammar.text.empty());
}

}  // namespace
}  // namespace hearth::dialogue
