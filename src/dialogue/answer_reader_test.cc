#include "dialogue/answer_reader.h"

#include <gmock/gmock.h>

#include "dialogue/answer_parser.h"
#include "dialogue/nesting.h"
#include "dialogue/parsing_reader.h"
#include "dialogue/testing/known_templates.h"

namespace hearth::dialogue {
namespace {

using testing::hear;
using testing::Heard;
using testing::said;
using ::testing::SizeIs;

AnswerFormat thinking_format() {
  return {.thinking_begin = "<think>", .thinking_end = "</think>"};
}

Heard heard(std::string text, std::string thinking = "") {
  return {.text = std::move(text), .thinking = std::move(thinking)};
}

AnswerFormat format_with_tools(const char* family, bool parallel = true) {
  chat::Request request;
  request.messages = {said(chat::Role::kUser, "What is the weather?")};
  request.tools = testing::two_tools();
  request.parallel_tool_calls = parallel;
  return testing::load_template(family)->render(request).value().format;
}

AnswerFormat format_without_tools(const char* family) {
  chat::Request request;
  request.messages = {said(chat::Role::kUser, "Hello")};
  return testing::load_template(family)->render(request).value().format;
}

TEST(MarkedAnswer, IsTextWhereTheModelDoesNotThink) {
  EXPECT_EQ(hear({}, {"<think>a</think>", " b"}), heard("<think>a</think> b"));
}

TEST(MarkedAnswer, IsDividedAtTheMarks) {
  const std::string answer = "\n<think>\nSo <b> or </thin.\n\n</think>\n\nIt is <think> 4.\n";
  const Heard expected = heard("It is <think> 4.\n", "So <b> or </thin.");
  EXPECT_EQ(hear(thinking_format(), {answer}), expected);
  EXPECT_EQ(testing::hear_bytes(thinking_format(), answer), expected);
}

TEST(MarkedAnswer, GoesOnThinkingWhereThePromptHasBegunIt) {
  AnswerFormat format = thinking_format();
  format.thinking_begun = true;
  const auto reader = AnswerReader::create(format);
  EXPECT_TRUE(reader->thinks());
  reader->add("so</thi");
  EXPECT_TRUE(reader->thinks());
  reader->add("nk>");
  EXPECT_FALSE(reader->thinks());
  EXPECT_FALSE(reader->called());
  EXPECT_EQ(hear(format, {"so</think>\n4"}), heard("4", "so"));
}

TEST(MarkedAnswer, LosesNothingWhenItEndsEarly) {
  EXPECT_EQ(hear(thinking_format(), {"<thi"}), heard("<thi"));
  EXPECT_EQ(hear(thinking_format(), {"  "}), heard("  "));
  EXPECT_EQ(hear(thinking_format(), {"<think>so </thi"}), heard("", "so </thi"));
  EXPECT_EQ(hear(thinking_format(), {"<think>so</think>"}), heard("", "so"));
}

TEST(MarkedAnswer, PassesTextOnAtOnce) {
  const auto reader = AnswerReader::create(thinking_format());
  Heard so_far;
  so_far.add(reader->add("Hello"));
  EXPECT_EQ(so_far.text, "Hello");
}

TEST(MarkedAnswer, GivesOutWholeCharacters) {
  const auto reader = AnswerReader::create({});
  Heard so_far;
  so_far.add(reader->add("Z\xC3"));
  EXPECT_EQ(so_far.text, "Z");
  so_far.add(reader->add("\xBC"));
  EXPECT_EQ(so_far.text, "Zü");
  so_far.add(reader->add("\xC3"));
  so_far.add(reader->finish(Rest::kText));
  EXPECT_EQ(so_far.text, "Zü\xEF\xBF\xBD");
}

TEST(ParsedAnswer, StreamsTextUpToAMark) {
  const auto reader = AnswerReader::create(format_with_tools("Qwen-Qwen2.5-7B-Instruct"));
  Heard so_far;
  so_far.add(reader->add("The weather is a <b>fine"));
  EXPECT_EQ(so_far.text, "The weather is a <b>fine");
  so_far.add(reader->add(" <tool"));
  EXPECT_EQ(so_far.text, "The weather is a <b>fine");
  so_far.add(reader->add("s> thing"));
  EXPECT_EQ(so_far.text, "The weather is a <b>fine <tools> thing");
}

TEST(ParsedAnswer, StreamsTheArgumentsOfACall) {
  const auto reader = AnswerReader::create(format_with_tools("Qwen-Qwen2.5-7B-Instruct"));
  Heard so_far;
  so_far.add(reader->add("<tool_call>\n{\"name\": \"get_weather\", \"arguments\": "));
  so_far.add(reader->add(R"({"city": "Oslo", "note": "a long one that goes on)"));
  ASSERT_THAT(so_far.calls, ::testing::SizeIs(1));
  EXPECT_EQ(so_far.calls[0].name, "get_weather");
  EXPECT_THAT(so_far.calls[0].id, ::testing::StartsWith("call_"));
  EXPECT_THAT(so_far.calls[0].arguments, ::testing::StartsWith(R"({"city": "Oslo")"));
  EXPECT_TRUE(reader->called());
  so_far.add(reader->add(" and on\"}}\n</tool_call>"));
  so_far.add(reader->finish(Rest::kText));
  EXPECT_EQ(so_far.calls[0].arguments,
            R"({"city": "Oslo", "note": "a long one that goes on and on"})");
  EXPECT_EQ(so_far.text, "");
}

TEST(ParsedAnswer, IsTextWithAWarningWhereNoSuchToolExists) {
  const std::string answer =
      "Well.\n<tool_call>\n{\"name\": \"fly\", \"arguments\": {\"to\": \"Rome\"}}\n</tool_call>";
  const Heard so_far = hear(format_with_tools("Qwen-Qwen2.5-7B-Instruct"), {answer});
  EXPECT_EQ(so_far.text, answer);
  EXPECT_THAT(so_far.calls, ::testing::IsEmpty());
  EXPECT_THAT(so_far.warnings, ::testing::SizeIs(1));
}

TEST(ParsedAnswer, IsTextWithoutAWarningWhereTheRulesReadNothingButCalls) {
  const AnswerFormat format = format_with_tools("CohereForAI-c4ai-command-r-plus-tool_use");
  EXPECT_EQ(hear(format, {"It is ", "warm."}), heard("It is warm."));
  const Heard broken = hear(format, {"Action:\n```json\n[{\"tool_name\": \"cook\"}]```"});
  EXPECT_THAT(broken.warnings, SizeIs(1));
}

TEST(ParsedAnswer, ThatEndsWithinAMarkSaysNothingOfItWhereItIsKnownToBeOne) {
  const AnswerFormat format = format_with_tools("Qwen-Qwen2.5-7B-Instruct");
  EXPECT_EQ(hear(format, {"<tool_c"}, Rest::kMarks), heard(""));
  EXPECT_EQ(hear(format, {"<tool_c"}, Rest::kText), heard("<tool_c"));
  EXPECT_EQ(hear(thinking_format(), {"<thi"}, Rest::kMarks), heard(""));
  EXPECT_EQ(hear(thinking_format(), {"<thi"}, Rest::kText), heard("<thi"));
}

TEST(ParsedAnswer, IsNotReadWithinACharacter) {
  const AnswerFormat format = format_with_tools("MiniMax-M2");
  EXPECT_EQ(hear(format, {"</think\u00E9</think>So"}), heard("So", "</think\u00E9"));
}

TEST(ParsedAnswer, SaysNothingTwiceWhereACallBreaksOff) {
  const std::string answer =
      "<tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\": 1, \"b\": oops}}\n</tool_call>";
  const Heard so_far = hear(format_with_tools("Qwen-Qwen2.5-7B-Instruct"), {answer});
  ASSERT_THAT(so_far.calls, ::testing::SizeIs(1));
  EXPECT_THAT(so_far.calls[0].arguments, ::testing::StartsWith("{\"a\": 1, \"b\":"));
  EXPECT_THAT(so_far.text, ::testing::HasSubstr("oops}}"));
  EXPECT_THAT(so_far.text, ::testing::Not(::testing::HasSubstr("\"a\"")));
  EXPECT_THAT(so_far.warnings, ::testing::SizeIs(1));
}

TEST(ParsedAnswer, KnowsWhichCallsAreWhole) {
  const AnswerFormat format = format_with_tools("Qwen-Qwen2.5-7B-Instruct");
  const auto whole = [&](const std::string& arguments) {
    const auto reader = AnswerReader::create(format);
    reader->add("<tool_call>\n{\"name\": \"add\", \"arguments\": " + arguments);
    reader->finish(Rest::kText);
    EXPECT_TRUE(reader->called()) << arguments;
    return reader->calls_whole();
  };
  EXPECT_TRUE(whole("{\"a\": 1, \"b\": 2}}\n</tool_call>"));
  EXPECT_TRUE(whole("{\"a\": 1, \"a\": 2}}\n</tool_call>"));
  EXPECT_TRUE(whole("{ \"a\" : 1 }"));
  EXPECT_FALSE(whole("{\"a\": 1, \"b\": oops}}\n</tool_call>"));
  EXPECT_FALSE(whole("{\"a\": 1"));
}

TEST(ParsedAnswer, WithoutToolsStillHasMarksOfItsOwnInSomeFamilies) {
  const AnswerFormat format = format_without_tools("openai-gpt-oss-120b");
  const std::string answer =
      "<|channel|>analysis<|message|>Greet back.<|end|>"
      "<|start|>assistant<|channel|>final<|message|>Hello to you, <too> & all!";
  const Heard expected = heard("Hello to you, <too> & all!", "Greet back.");
  EXPECT_EQ(hear(format, {answer}), expected);
  EXPECT_EQ(testing::hear_bytes(format, answer), expected);
}

TEST(ParsedAnswer, KeepsTheIdThatTheModelGives) {
  const auto reader = AnswerReader::create(format_with_tools("moonshotai-Kimi-K2"));
  Heard so_far;
  so_far.add(
      reader->add("<|tool_calls_section_begin|><|tool_call_begin|>functions.add:0"
                  "<|tool_call_argument_begin|>{\"a\":1,\"b\":2}<|tool_call_end|>"
                  "<|tool_calls_section_end|>"));
  so_far.add(reader->finish(Rest::kText));
  ASSERT_THAT(so_far.calls, ::testing::SizeIs(1));
  EXPECT_EQ(so_far.calls[0].id, "functions.add:0");
}

// A parser that counts what it reads.
class CountingParser final : public AnswerParser {
 public:
  explicit CountingParser(std::shared_ptr<const AnswerParser> real) : real_(std::move(real)) {}
  ParsedAnswer parse(std::string_view answer) const override {
    read_ += answer.size();
    return real_->parse(answer);
  }
  const std::vector<std::string>& marks() const override { return real_->marks(); }
  bool is_syntax(std::string_view text) const override { return real_->is_syntax(text); }
  std::size_t read() const { return read_; }

 private:
  std::shared_ptr<const AnswerParser> real_;
  mutable std::size_t read_ = 0;
};

TEST(ParsedAnswer, IsReadInProportionToItsSize) {
  AnswerFormat format = format_with_tools("Qwen-Qwen2.5-7B-Instruct");
  const auto parser = std::make_shared<CountingParser>(format.parser);
  format.parser = parser;
  std::string answer = "<tool_call>\n{\"name\": \"get_weather\", \"arguments\": {\"city\": \"";
  for (int i = 0; i < 20'000; ++i)
    answer += "Oslo {<} ";
  answer += "\"}}\n</tool_call>";
  const Heard so_far = testing::hear_bytes(format, answer);
  ASSERT_THAT(so_far.calls, ::testing::SizeIs(1));
  EXPECT_LE(parser->read(), kCostFree + (kCostPerByte + 2) * answer.size());
}

TEST(ParsedAnswer, ThatIsLongTextIsNotParsedAgain) {
  AnswerFormat format = format_with_tools("Qwen-Qwen2.5-7B-Instruct");
  const auto parser = std::make_shared<CountingParser>(format.parser);
  format.parser = parser;
  std::string answer;
  for (int i = 0; i < 20'000; ++i)
    answer += "if (a < b) <i>x</i>\n";
  EXPECT_EQ(testing::hear_bytes(format, answer), heard(answer));
  EXPECT_LT(parser->read(), kCostFree);
}

TEST(ParsedAnswer, ThatNestsTooDeepIsText) {
  const std::string begin = "<tool_call>\n{\"name\": \"get_weather\", \"arguments\": {\"city\": ";
  const std::string deep(1'000'000, '[');
  const Heard so_far = hear(format_with_tools("Qwen-Qwen2.5-7B-Instruct"), {begin + deep});
  std::string all = so_far.text;
  for (const chat::ToolCall& call : so_far.calls)
    all += call.arguments;
  EXPECT_GE(std::count(all.begin(), all.end(), '['), 1'000'000);
  EXPECT_THAT(so_far.warnings, ::testing::SizeIs(1));
}

TEST(Nesting, CountsWhateverTheStringsHide) {
  const auto depth_of = [](std::string_view text) {
    Nesting nesting;
    nesting.add(text);
    return nesting.most();
  };
  EXPECT_EQ(depth_of("a [b] {c} [d]"), 1U);
  EXPECT_EQ(depth_of("[[[]]] [[]]"), 3U);
  EXPECT_EQ(depth_of("it\" is: [[[["), 4U);
  std::string hidden;
  for (int i = 0; i < 100; ++i)
    hidden += "[\"]\",";
  EXPECT_EQ(depth_of(hidden), 100U);
  EXPECT_EQ(depth_of("5\" " + hidden), 100U);
  std::string escaped;
  for (int i = 0; i < 100; ++i)
    escaped += "[\"\\\"]\\\\\",";
  EXPECT_EQ(depth_of(escaped), 100U);
}

}  // namespace
}  // namespace hearth::dialogue
