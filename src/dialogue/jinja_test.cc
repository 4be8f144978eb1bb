#include "dialogue/jinja.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "dialogue/jinja_shape.h"

namespace hearth::dialogue {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string rendered(const std::string& text, std::string_view variables = {}) {
  auto result = render({text, "a.jinja"}, variables);
  if (!result) ADD_FAILURE() << result.error().to_string();
  return result ? *result : std::string();
}

Error error_of(const std::string& text, std::string_view variables = {}) {
  auto result = render({text, "a.jinja"}, variables);
  if (result) ADD_FAILURE() << "rendered: " << result->substr(0, 200);
  return result ? Error{} : result.error();
}

TEST(Jinja, WritesVariablesOfEveryKindOfJson) {
  EXPECT_EQ(rendered("{{ s }} {{ i }} {{ f }} {{ t }} {{ l[1] }} {{ o.k }} {{ n is none }}",
                     R"({"s":"x","i":7,"f":1.5,"t":true,"l":[1,2],"o":{"k":"v"},"n":null})"),
            "x 7 1.5 True 2 v True");
}

TEST(Jinja, WritesListsAndObjectsWhole) {
  EXPECT_EQ(rendered("{{ o }} {{ l }}{% for x in l %} {{ x }}{% endfor %}{{ {} }}{{ [] }}",
                     R"({"o":{"k":"v","n":[1,null,true]},"l":["a",{"b":1.5}]})"),
            "{'k': 'v', 'n': [1, None, True]} ['a', {'b': 1.5}] a {'b': 1.5}{}[]");
  EXPECT_EQ(rendered("{% macro m(x) %}<{{ x }}>{% endmacro %}{{ m([1, 2]) }}{{ m({'a': 1}) }}"),
            "<[1, 2]><{'a': 1}>");
}

TEST(Jinja, KeepsTheOrderOfTheKeysOfAnObject) {
  EXPECT_EQ(rendered("{{ o | tojson }}", R"({"o":{"b":1,"a":[true,null]}})"),
            R"({"b": 1, "a": [true, null]})");
}

TEST(Jinja, LoopsConditionsMacrosAndFiltersWork) {
  EXPECT_EQ(rendered("{% macro item(x, mark='-') %}{{ mark }} {{ x | upper }}\n{% endmacro %}"
                     "{% for x in xs if x != 'b' %}{{ item(x) }}{% else %}none{% endfor %}",
                     R"({"xs":["a","b","c"]})"),
            "- A\n- C\n");
  EXPECT_EQ(rendered("{% set ns = namespace(n=0) %}{% for x in xs %}{% set ns.n = ns.n + x %}"
                     "{% endfor %}{{ ns.n }}{{ xs[1:] | length }}{{ xs | join('+') }}",
                     R"({"xs":[1,2,3]})"),
            "621+2+3");
}

// Loops with a condition are the engine's own.
TEST(Jinja, ALoopDoesWhatTheEnginesOwnDoes) {
  constexpr const char* kVariables = R"({"xs":["a","b","c","d"],"o":{"k":1,"l":[2]},"none":[]})";
  for (const std::string over : {"xs", "o", "none", "unknown | default([])", "range(3)"}) {
    for (const std::string body :
         {"{{ x }},", "{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }};",
          "{{ loop.first }}{{ loop.last }}{{ loop.length }}",
          "{{ loop.previtem | default(0) }}<{{ loop.nextitem | default(0) }}",
          "{% if loop.index == 2 %}{% break %}{% endif %}{{ x }}",
          "{% if loop.index == 2 %}{% continue %}{% endif %}{{ x }}", "{% break %}",
          "{% continue %}", "{% set y = x %}{% set ns.last = x %}{{ y }}{% set x = 1 %}{{ x }}",
          "{% for z in xs %}{{ loop.index }}{{ x }}{{ z }}{% else %}no{% endfor %}{{ loop.index "
          "}}"}) {
      const auto written = [&](const std::string& condition) {
        return rendered("{% set ns = namespace(last=0) %}{% set y = 0 %}{% for x in " + over +
                            condition + " %}" + body +
                            "{% else %}else{% endfor %}{{ y }}{{ ns.last }}",
                        kVariables);
      };
      EXPECT_EQ(written(""), written(" if true")) << over << " " << body;
    }
  }
  EXPECT_EQ(error_of("{% for x in 3 %}{% endfor %}").message,
            error_of("{% for x in 3 if true %}{% endfor %}").message);
}

TEST(Jinja, TheLeastIntegerStandsBetweenTextsToo) {
  EXPECT_EQ(rendered("{{ ['a', 'b'] | join(-9223372036854775807 - 1) }}"),
            "a-9223372036854775808b");
}

TEST(Jinja, SingleCharacterBeforeTheFirstTagStays) {
  EXPECT_EQ(rendered("x{% if true %}y{% endif %}"), "xy");
  EXPECT_EQ(rendered("  {% if true %}y{% endif %}"), "y");
  EXPECT_EQ(rendered(""), "");
}

TEST(Jinja, VariableThatIsNotDefinedIsNamedWithItsLine) {
  const auto error = error_of("one\n{{ topic }}", R"({"topics":"x"})");
  EXPECT_EQ(error.code, Code::kInvalidArgument);
  EXPECT_EQ(error.message, "the template a.jinja, line 2 needs 'topic', which is not defined");
}

TEST(Jinja, UndefinedIsFoundWhereverItStands) {
  for (const std::string text :
       {"{{ x ~ 'a' }}",
        "{{ 'a' + x }}",
        "{% if x %}{% endif %}",
        "{% for i in x %}{% endfor %}",
        "{{ x | upper }}",
        "{{ 'a' if x else 'b' }}",
        "{{ [x] | join }}",
        "{{ {'k': x} }}",
        "{% set y = x %}",
        "{{ 'abc'[x:] }}",
        "{{ not x }}",
        "{% set y %}{{ x }}{% endset %}",
        "{% macro m(a=x) %}{% endmacro %}{{ m() }}",
        "{{ 'a' | default(x) }}",
        "{{ x() }}",
        "{% filter upper %}{{ x }}{% endfilter %}",
        "{{ x.y is defined }}",
        "{{ 1 is eq(x) }}",
        "{% macro m() %}{{ caller() }}{% endmacro %}{% call m() %}{{ x }}{% endcall %}",
        "{% for i in [1] if x %}{% endfor %}",
        "{% set ns = namespace(a=x) %}"}) {
    EXPECT_THAT(error_of(text).message, HasSubstr("needs 'x', which is not defined")) << text;
  }
}

TEST(Jinja, MissingFieldIsNamedAsItWasWritten) {
  EXPECT_THAT(error_of("{{ user.nmae }}", R"({"user":{"name":"a"}})").message,
              HasSubstr("needs 'user.nmae', which is not defined"));
}

TEST(Jinja, WhatMayBeMissingIsAskedOrHasADefault) {
  EXPECT_EQ(rendered("{{ x is defined }}{{ x | default('d') }}{{ u.y is undefined }}"
                     "{{ u.y | d('e') }}{% if x is not defined %}n{% endif %}",
                     R"({"u":{}})"),
            "FalsedTrueen");
}

TEST(Jinja, SyntaxErrorNamesTheLine) {
  EXPECT_THAT(error_of("one\ntwo {{ a b }}\n").message,
              AllOf(HasSubstr("a.jinja, line 2: Expected }}"), Not(HasSubstr("\n"))));
  EXPECT_THAT(error_of("one\n\n{{ 'a }}").message, HasSubstr("a.jinja, line 3"));
  EXPECT_THAT(error_of("{% foreach x %}").message, HasSubstr("Unknown statement: foreach"));
  EXPECT_THAT(error_of("{% if true %}").message, HasSubstr("a block is not closed"));
}

TEST(Jinja, WhatTheTemplateRefusesIsSaidInItsWords) {
  EXPECT_EQ(error_of("{{ raise_exception('only one question') }}").message,
            "the template a.jinja, line 1: only one question");
}

TEST(Jinja, VariablesThatAreNoObjectAreRefused) {
  EXPECT_EQ(error_of("x", "[1]").code, Code::kInvalidArgument);
  EXPECT_EQ(error_of("x", "{\"a\":").code, Code::kInvalidArgument);
}

// --- what runs away

TEST(Jinja, EndlessWorkIsStopped) {
  const std::string many = "range(10000)";
  for (const std::string& text :
       {"{% for a in " + many + " %}{% for b in " + many + " %}{% endfor %}{% endfor %}",
        std::string("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}"),
        std::string("{% macro m(n) %}{{ m(n) ~ m(n) }}{% endmacro %}{{ m(1) }}"),
        std::string("{% for a in range(1000000000) %}{% endfor %}"),
        std::string("{{ range(-9223372036854775807, 9223372036854775807) }}"),
        std::string("{{ 'ab' * 4000000000000 }}"), std::string("{{ 4000000000000 * 'ab' }}"),
        std::string("{{ 'a\nb' | indent(2000000000) }}"),
        std::string("{% filter indent(2000000000) %}a\nb{% endfilter %}"),
        std::string("{{ 4 is divisibleby(0) }}"),
        std::string("{{ {'a': 1} | tojson(indent=2000000000) }}")}) {
    EXPECT_EQ(error_of(text).code, Code::kResourceExhausted) << text;
  }
}

TEST(Jinja, TextThatDoublesIsStopped) {
  std::string text = "{% set s = 'abcdefgh' %}";
  for (int i = 0; i < 40; ++i)
    text += "{% set s = s ~ s %}";
  EXPECT_THAT(error_of(text).message, HasSubstr("makes texts of more than"));
}

TEST(Jinja, DeepNestingIsRefusedBeforeItIsParsed) {
  const auto times = [](std::size_t n, const std::string& piece) {
    std::string all;
    for (std::size_t i = 0; i < n; ++i)
      all += piece;
    return all;
  };
  for (const std::string& text :
       {"{{ " + times(20'000, "(") + "1" + times(20'000, ")") + " }}",
        "{{ " + times(20'000, "[") + times(20'000, "]") + " }}",
        "{{ " + times(20'000, "not ") + "1 }}", "{{ 1" + times(20'000, " + 1") + " }}",
        "{{ 1" + times(20'000, " | abs") + " }}", "{{ a" + times(20'000, ".a") + " }}",
        "{{ " + times(20'000, "- ") + "1 }}", "{{ a" + times(20'000, "()") + " }}",
        "{{ 1" + times(20'000, " if 1 else 1") + " }}",
        times(10'000, "{% if true %}") + times(10'000, "{% endif %}"),
        times(10'000, "{% set a %}") + times(10'000, "{% endset %}"),
        "{% if 0 %}" + times(10'000, "{% elif 0 %}") + "{% endif %}"}) {
    EXPECT_EQ(error_of(text).code, Code::kResourceExhausted) << text.substr(0, 40);
  }
}

TEST(Jinja, WhatIsJustWithinTheLimitsRuns) {
  std::string sum = "{{ 1";
  for (std::size_t i = 0; i < kTagTokensMax / 2 - 2; ++i)
    sum += " + 1";
  EXPECT_EQ(rendered(sum + " }}"), std::to_string(kTagTokensMax / 2 - 1));
  EXPECT_EQ(rendered("{% for a in range(10000) %}.{% endfor %}").size(), 10'000U);
}

TEST(Jinja, AnyTextRendersOrIsRefused) {
  EXPECT_TRUE(rc::check("no text ends the process", [] {
    const auto pieces =
        *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(std::vector<std::string>{
            "{{",     "}}",         "{%",   "%}",     "{#",       "#}",   "-",       " ",
            "if ",    "endif",      "for ", "in ",    "endfor",   "set ", "=",       "x",
            "y",      "1",          "'a'",  "(",      ")",        "[",    "]",       "|",
            "upper",  ".",          ",",    "macro ", "endmacro", "is ",  "defined", "\n",
            "not ",   "else",       "\"",   "\\",     "*",        "~",    "call ",   "filter ",
            "endset", "generation", ":",    "{",      "}",        "+",    "loop"}));
    std::string text;
    for (const auto& piece : pieces)
      text += piece;
    const auto result = render({text, "a"}, R"({"x":[1,"b"],"y":{"k":"v"}})");
    RC_ASSERT(result || !result.error().message.empty());
  }));
}

}  // namespace
}  // namespace hearth::dialogue
