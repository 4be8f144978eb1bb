#include "constraint/gbnf.h"

#include <string>

#include <gmock/gmock.h>
#include <rapidcheck.h>

namespace hearth::constraint {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

// The body of the rule `root`; an empty choice and a failure where the text is wrong.
Expression root_of(std::string_view grammar, const FindToken& find_token = {}) {
  const auto rules = parse_gbnf(grammar, find_token);
  EXPECT_TRUE(rules) << grammar << "\n" << (rules ? "" : rules.error().message);
  return rules ? rules->rules[rules->root].body : choice({});
}

std::string error_of(std::string_view grammar, const FindToken& find_token = {}) {
  const auto rules = parse_gbnf(grammar, find_token);
  if (rules) return "no error";
  EXPECT_EQ(rules.error().code, Code::kInvalidArgument);
  EXPECT_EQ(rules.error().context, "grammar");
  return rules.error().message;
}

Expression one_of(std::vector<CodePointRange> ranges) {
  return character(std::move(ranges));
}

TEST(Gbnf, ALiteralIsItsBytes) {
  EXPECT_EQ(root_of(R"(root ::= "yes")"), text("yes"));
  EXPECT_EQ(root_of(R"(root ::= "")"), text(""));
  EXPECT_EQ(root_of("root ::= \"größer 日本 😀\""), text("größer 日本 😀"));
  EXPECT_EQ(root_of("root ::= \"two\nlines\""), text("two\nlines"));
}

TEST(Gbnf, EscapesStandForWhatCannotBeWritten) {
  EXPECT_EQ(root_of(R"(root ::= "\n\t\r\\\"\[\]\-")"), text("\n\t\r\\\"[]-"));
  EXPECT_EQ(root_of(R"(root ::= "\x41\xe9\xE9")"), text("Aéé"));
  EXPECT_EQ(root_of(R"(root ::= "\u00e9\u65E5")"), text("é日"));
  EXPECT_EQ(root_of(R"(root ::= "\U0001F600\U0010FFFF")"), text("😀\U0010FFFF"));
  EXPECT_EQ(root_of(R"(root ::= "\x00")"), text(std::string(1, '\0')));
}

TEST(Gbnf, AClassIsItsRangesInOrderAndWithoutOverlap) {
  EXPECT_EQ(root_of("root ::= [a]"), one_of({{'a', 'a'}}));
  EXPECT_EQ(root_of("root ::= [a-z0-9_]"), one_of({{'0', '9'}, {'_', '_'}, {'a', 'z'}}));
  EXPECT_EQ(root_of("root ::= [d-ka-fz]"), one_of({{'a', 'k'}, {'z', 'z'}}));
  EXPECT_EQ(root_of(R"(root ::= [\]\[\\\-])"), one_of({{'-', '-'}, {'[', ']'}}));
  EXPECT_EQ(root_of("root ::= [ぁ-ゟ]"), one_of({{0x3041, 0x309F}}));
  EXPECT_EQ(root_of(R"(root ::= [\x00-\x1F\U0001F600-\U0001F64F])"),
            one_of({{0, 0x1F}, {0x1F600, 0x1F64F}}));
}

TEST(Gbnf, AHyphenAtAnEndOfAClassStandsForItself) {
  EXPECT_EQ(root_of("root ::= [a-]"), one_of({{'-', '-'}, {'a', 'a'}}));
  EXPECT_EQ(root_of("root ::= [-a]"), one_of({{'-', '-'}, {'a', 'a'}}));
  EXPECT_EQ(root_of("root ::= [+--]"), one_of({{'+', '-'}}));
  EXPECT_EQ(root_of("root ::= [a-c-e]"), one_of({{'-', '-'}, {'a', 'c'}, {'e', 'e'}}));
  EXPECT_EQ(root_of("root ::= [a^]"), one_of({{'^', '^'}, {'a', 'a'}}));
}

TEST(Gbnf, ANegatedClassIsAllOtherCharactersAndNoSurrogates) {
  EXPECT_EQ(root_of("root ::= [^b-y]"), one_of({{0, 'a'}, {'z', 0xD7FF}, {0xE000, 0x10FFFF}}));
  EXPECT_EQ(root_of("root ::= ."), one_of({{0, 0xD7FF}, {0xE000, 0x10FFFF}}));
  EXPECT_EQ(root_of(R"(root ::= [\u0020-\uFFFF])"), one_of({{0x20, 0xD7FF}, {0xE000, 0xFFFF}}));
  EXPECT_EQ(root_of(R"(root ::= [^\uD800-\uDFFF])"), root_of("root ::= ."));
}

TEST(Gbnf, WhatStandsSideBySideIsASequence) {
  EXPECT_EQ(root_of(R"(root ::= "a" [b] "c")"),
            sequence({text("a"), one_of({{'b', 'b'}}), text("c")}));
  EXPECT_EQ(root_of("root ::= \"a\"\t\"b\"# and so on"), sequence({text("a"), text("b")}));
}

TEST(Gbnf, ABarSeparatesChoicesAndNothingIsOneToo) {
  EXPECT_EQ(root_of(R"(root ::= "a" | "b" "c" | "d")"),
            choice({text("a"), sequence({text("b"), text("c")}), text("d")}));
  EXPECT_EQ(root_of(R"(root ::= | "a")"), choice({sequence({}), text("a")}));
  EXPECT_EQ(root_of(R"(root ::= "a" |)"), choice({text("a"), sequence({})}));
  EXPECT_EQ(root_of("root ::="), sequence({}));
  EXPECT_EQ(root_of("root ::= ()"), sequence({}));
}

TEST(Gbnf, RepetitionsBelongToWhatStandsBeforeThem) {
  const Expression a = text("ab");
  EXPECT_EQ(root_of(R"(root ::= "ab"*)"), repeat(a, 0));
  EXPECT_EQ(root_of(R"(root ::= "ab" +)"), repeat(a, 1));
  EXPECT_EQ(root_of(R"(root ::= "ab"?)"), optional(a));
  EXPECT_EQ(root_of(R"(root ::= "ab"{3})"), repeat(a, 3, 3));
  EXPECT_EQ(root_of(R"(root ::= "ab"{ 3 , })"), repeat(a, 3));
  EXPECT_EQ(root_of(R"(root ::= "ab"{3,5})"), repeat(a, 3, 5));
  EXPECT_EQ(root_of(R"(root ::= "ab"{0,5})"), repeat(a, 0, 5));
  EXPECT_EQ(root_of(R"(root ::= "x" ("a" | "b")* "y")"),
            sequence({text("x"), repeat(choice({text("a"), text("b")}), 0), text("y")}));
  EXPECT_EQ(root_of(R"(root ::= "ab"{2}*)"), repeat(repeat(a, 2, 2), 0));
}

TEST(Gbnf, ARepetitionKeepsItsExactBoundUpToTheLimit) {
  EXPECT_EQ(root_of(R"(root ::= "a"{0,20000})"), repeat(text("a"), 0, kRepeatMax));
  EXPECT_EQ(error_of(R"(root ::= "a"{0,20001})"),
            "line 1, column 16: at most 20000 repetitions can be asked for");
  EXPECT_THAT(error_of(R"(root ::= "a"{99999999999999999999})"), HasSubstr("at most 20000"));
}

TEST(Gbnf, RulesMayBeMentionedBeforeTheyAreDefined) {
  const auto rules = parse_gbnf("list ::= item (\",\" list)?\nroot ::= list\nitem ::= [0-9]+");
  ASSERT_TRUE(rules);
  ASSERT_EQ(rules->rules.size(), 3U);
  EXPECT_EQ(rules->rules[rules->root].name, "root");
  EXPECT_EQ(rules->rules[rules->root].body, rule(0));
  EXPECT_EQ(rules->rules[0].name, "list");
  EXPECT_EQ(rules->rules[0].body, sequence({rule(1), optional(sequence({text(","), rule(0)}))}));
  EXPECT_EQ(rules->rules[1].body, repeat(one_of({{'0', '9'}}), 1));
}

TEST(Gbnf, NamesAreLettersDigitsAndHyphens) {
  EXPECT_EQ(root_of("root ::= A-1\nA-1 ::= 2nd\n2nd ::= -\n- ::= \"x\""), rule(1));
}

TEST(Gbnf, LinesEndRulesOutsideOfParentheses) {
  const Expression ab = sequence({text("a"), text("b")});
  EXPECT_EQ(root_of("# first\n\n root ::= (\n  \"a\" # one\n\n  \"b\"\n)\n# end"), ab);
  EXPECT_EQ(root_of("root ::=\n  \"a\" \"b\"\r\nx ::= \"c\"\r\n"), ab);
  EXPECT_EQ(root_of("root ::= \"a\" |\n  \"b\"\rx ::= root"), choice({text("a"), text("b")}));
  EXPECT_EQ(root_of("root ::= (\"a\"\n{\n1\n,\n2\n}\n)"), repeat(text("a"), 1, 2));
  EXPECT_THAT(error_of("root ::= \"a\"\n  \"b\""),
              StartsWith("line 2, column 3: expected a rule's name"));
  EXPECT_THAT(error_of("root ::= \"a\"\n  x"),
              StartsWith("line 2, column 4: expected '::=' behind 'x'; a rule goes on"));
}

TEST(Gbnf, TokensAreNamedByNumberOrByTextAndMayBeNegated) {
  const FindToken find = [](std::string_view wanted) -> std::optional<Token> {
    if (wanted == "</think>") return 7;
    return std::nullopt;
  };
  const Expression body = root_of("root ::= <[1000]> !</think>* </think> !<[3]>", find);
  ASSERT_EQ(body.parts.size(), 4U);
  EXPECT_EQ(body.parts[0], (Expression{.kind = Expression::Kind::kToken, .tokens = {Token{1000}}}));
  EXPECT_EQ(body.parts[1],
            repeat({.kind = Expression::Kind::kOtherToken, .tokens = {Token{7}}}, 0));
  EXPECT_EQ(body.parts[2], (Expression{.kind = Expression::Kind::kToken, .tokens = {Token{7}}}));
  EXPECT_EQ(body.parts[3].kind, Expression::Kind::kOtherToken);
  EXPECT_EQ(error_of("root ::= <nothing>", find),
            "line 1, column 11: the model has no token whose text is '<nothing>'");
}

TEST(Gbnf, WrongTokensAreErrors) {
  EXPECT_THAT(error_of("root ::= <think>"), HasSubstr("no vocabulary is at hand"));
  EXPECT_THAT(error_of("root ::= <think\n"), HasSubstr("column 16: expected '>'"));
  EXPECT_THAT(error_of("root ::= !x"), HasSubstr("column 11: expected '<'"));
  EXPECT_THAT(error_of("root ::= <[x]>"), HasSubstr("expected the number of a token, found 'x'"));
  EXPECT_THAT(error_of("root ::= <[1>"), HasSubstr("expected ']', found '>'"));
  EXPECT_THAT(error_of("root ::= <[1]"), HasSubstr("expected '>', found the end of the grammar"));
  EXPECT_THAT(error_of("root ::= <[2147483648]>"), HasSubstr("at most 2147483647"));
}

TEST(Gbnf, RulesThatAreMissingOrDoubleAreNamed) {
  EXPECT_EQ(error_of("root ::= \"a\"\n  | x y"),
            "line 2, column 3: expected a rule's name, of letters, digits and '-', found '|'");
  EXPECT_EQ(error_of("root ::= \"a\" |\n  x"), "line 2, column 3: the rule 'x' is not defined");
  EXPECT_EQ(error_of("root ::= \"a\"\nx ::= \"b\"\nroot ::= \"c\""),
            "line 3, column 1: the rule 'root' is already defined in line 1");
  EXPECT_THAT(error_of("start ::= \"a\""), HasSubstr("expected a rule 'root'"));
  EXPECT_THAT(error_of(""), HasSubstr("line 1, column 1: expected a rule 'root'"));
  EXPECT_THAT(error_of("  # nothing\n"), HasSubstr("line 2, column 1: expected a rule 'root'"));
}

TEST(Gbnf, ErrorsNameLineColumnAndWhatWasExpected) {
  EXPECT_THAT(error_of("root = \"a\""),
              AllOf(StartsWith("line 1, column 6: expected '::='"), HasSubstr("found '='")));
  EXPECT_THAT(error_of("my_rule ::= \"a\""), HasSubstr("line 1, column 3"));
  EXPECT_THAT(error_of("root ::= \"日本\" ; \"a\""),
              AllOf(StartsWith("line 1, column 15: expected"), HasSubstr("found ';'")));
  EXPECT_THAT(error_of("root ::= é"), HasSubstr("found 'é'"));
  EXPECT_THAT(error_of("root ::= \x01"), HasSubstr("found U+0001"));
  EXPECT_THAT(error_of("root ::= \"a\r\nb\" \"c"),
              HasSubstr("line 2, column 4: this literal is not closed"));
  EXPECT_THAT(error_of("root ::= [abc\n"), HasSubstr("column 10: this class is not closed"));
  EXPECT_THAT(error_of("root ::= [a-"), HasSubstr("column 10: this class is not closed"));
  EXPECT_THAT(error_of("root ::= (\n(\"a\"\n"),
              HasSubstr("line 3, column 1: expected something allowed, '|' or ')' for the '(' in "
                        "line 2"));
  EXPECT_THAT(error_of("root ::= \"a\")"), HasSubstr("column 13"));
  EXPECT_THAT(error_of("root ::= *"), HasSubstr("expected something that can be repeated"));
  EXPECT_THAT(error_of("root ::= \"a\" | +"), HasSubstr("that can be repeated, found '+'"));
}

TEST(Gbnf, WrongEscapesAreErrors) {
  EXPECT_THAT(error_of(R"(root ::= "\d")"), HasSubstr("column 12: expected n, t, r"));
  EXPECT_THAT(error_of(R"(root ::= "\)"), HasSubstr("found the end of the grammar"));
  EXPECT_THAT(error_of(R"(root ::= "\x4g")"), HasSubstr("expected 2 hexadecimal digits"));
  EXPECT_THAT(error_of(R"(root ::= "\u12")"), HasSubstr("expected 4 hexadecimal digits"));
  EXPECT_THAT(error_of(R"(root ::= "\U0001F6")"), HasSubstr("expected 8 hexadecimal digits"));
  EXPECT_THAT(error_of(R"(root ::= "\U00110000")"), HasSubstr("U+110000 is above U+10FFFF"));
  EXPECT_THAT(error_of(R"(root ::= "\UFFFFFFFF")"), HasSubstr("U+FFFFFFFF is above"));
  EXPECT_THAT(error_of(R"(root ::= "\uD83D\uDE00")"), HasSubstr("half of a surrogate pair"));
}

TEST(Gbnf, ClassesThatAllowNothingAreErrors) {
  EXPECT_THAT(error_of("root ::= []"), HasSubstr("column 11: expected a character; a class"));
  EXPECT_THAT(error_of("root ::= [^]"), HasSubstr("column 12: expected a character; a class"));
  EXPECT_EQ(error_of("root ::= [0z-a]"),
            "line 1, column 12: this range ends before it begins: U+007A to U+0061");
  EXPECT_THAT(error_of(R"(root ::= [^\x00-\U0010FFFF])"), HasSubstr("allows no character"));
  EXPECT_THAT(error_of(R"(root ::= [\uD800-\uDFFF])"), HasSubstr("allows no character"));
}

TEST(Gbnf, WrongRepetitionsAreErrors) {
  EXPECT_THAT(error_of(R"(root ::= "a"{)"), HasSubstr("expected a number, found the end"));
  EXPECT_THAT(error_of(R"(root ::= "a"{,3})"), HasSubstr("expected a number, found ','"));
  EXPECT_THAT(error_of(R"(root ::= "a"{-1})"), HasSubstr("expected a number, found '-'"));
  EXPECT_THAT(error_of(R"(root ::= "a"{1;2})"), HasSubstr("expected ',' or '}', found ';'"));
  EXPECT_THAT(error_of(R"(root ::= "a"{1,2)"), HasSubstr("expected '}'"));
  EXPECT_EQ(error_of(R"(root ::= "a"{3,2})"),
            "line 1, column 13: at least 3 and at most 2 repetitions exclude each other");
}

TEST(Gbnf, WhatIsNoTextIsRefused) {
  EXPECT_EQ(error_of("root ::= \"a\"\n# \xC3("), "line 2, column 3: this is not UTF-8");
  EXPECT_THAT(error_of(std::string_view("root ::= \"a\0\"", 13)),
              HasSubstr("column 12: a zero byte"));
}

TEST(Gbnf, AnotherEnginesNotationIsRefusedByName) {
  EXPECT_THAT(error_of("%llguidance {}\nstart: \"a\""),
              HasSubstr("%llguidance is another engine's notation"));
  EXPECT_THAT(error_of("# it is\n%llguidance\n"), StartsWith("line 2, column 1"));
}

std::size_t depth_of(const Expression& expression) {
  std::size_t deepest = 0;
  for (const Expression& part : expression.parts)
    deepest = std::max(deepest, depth_of(part));
  return deepest + 1;
}

TEST(Gbnf, GroupsNestAsDeepAsTheTextIsLongAndExpressionsDoNot) {
  const auto nested = [](std::size_t depth) {
    std::string grammar = "root ::= ";
    for (std::size_t i = 0; i < depth; ++i)
      grammar += "(\"a\" ";
    for (std::size_t i = 0; i < depth; ++i)
      grammar += ")?";
    return grammar;
  };
  EXPECT_EQ(root_of(nested(2)), optional(sequence({text("a"), optional(text("a"))})));
  const auto rules = parse_gbnf(nested(10'000));
  ASSERT_TRUE(rules);
  for (const Rule& one : rules->rules)
    EXPECT_LE(depth_of(one.body), kExpressionDepthMax);
  EXPECT_TRUE(parse_gbnf("root ::= " + std::string(5'000, '(') + std::string(5'000, ')')));
  EXPECT_TRUE(parse_gbnf("root ::= \"a\"" + std::string(10'000, '?')));
}

TEST(Gbnf, SizesAreBounded) {
  std::string rules = "root ::= \"a\"\n";
  for (std::size_t i = 0; i < kRulesMax; ++i)
    rules += "r" + std::to_string(i) + " ::= \"\"\n";
  EXPECT_THAT(error_of(rules), HasSubstr("line 20001, column 1: a grammar has at most 20000"));

  std::string parts = "root ::=";
  for (std::size_t i = 0; i <= kExpressionsMax; ++i)
    parts += " .";
  EXPECT_THAT(error_of(parts), HasSubstr("a grammar has at most 200000 parts"));

  EXPECT_EQ(error_of("root ::= \"a\" #" + std::string(kGbnfBytesMax, ' ')),
            "the grammar has 1048590 bytes; at most 1048576 are read");
}

TEST(Gbnf, AnyTextIsRulesOrAnErrorWithItsPlace) {
  rc::check("no text of the notation's own characters does harm", [] {
    const std::string kOwn = "root:= \"ab[]^-(){}|*+?.,01<>!\\xuU#\n";
    const auto text = *rc::gen::container<std::string>(rc::gen::elementOf(kOwn));
    const auto rules = parse_gbnf("root ::= \"" + text);
    if (!rules) RC_ASSERT(rules.error().message.starts_with("line "));
  });
}

}  // namespace
}  // namespace hearth::constraint
