// Every template that comes with llama.cpp, with its own words read back: what the template writes
// for an answer in a conversation's history is what a model of that family answers.
#include <map>

#include <gmock/gmock.h>

#include "dialogue/testing/known_templates.h"
#include "json/parse.h"

namespace hearth::dialogue {
namespace {

using testing::Heard;
using testing::hear;
using testing::said;

constexpr const char* kIntroduction = "Let me look.";
constexpr const char* kWeatherArguments =
    R"({"city":"Zürich","note":"a \"quoted\" one, \\ and\ntwo lines","days":3,)"
    R"("options":{"unit":"celsius","hours":[1,2.5,-3]}})";

// What ends an answer: the engine stops there, so no reader ever sees it.
constexpr std::string_view kEnds[] = {"<|im_end|>",
                                      "<|eot_id|>",
                                      "<|eom_id|>",
                                      "<|eot|>",
                                      "</s>",
                                      "<｜end▁of▁sentence｜>",
                                      "<|call|>",
                                      "<|calls|>",
                                      "<|END_OF_TURN_TOKEN|>",
                                      "<|START_OF_TURN_TOKEN|>",
                                      "<seed:eos>",
                                      "<|assistant_start|>",
                                      "<end_of_sentence>",
                                      "[e~[",
                                      "<|end_of_msg|>",
                                      "<|end_of_text|>",
                                      "<|role_end|>",
                                      "</assistant>",
                                      "<turn|>",
                                      "<|tool_response>",
                                      "<|message_sep|>",
                                      "<|assistant|>",
                                      "<｜hy_eos:opensource｜>",
                                      "<|end|>",
                                      "<sep>",
                                      "</SPECIAL"};

class Family : public ::testing::TestWithParam<std::string> {
 protected:
  std::unique_ptr<ChatTemplate> template_ = testing::load_template(GetParam());
};

// An answer as a model of a family writes it, and how it is to be read.
struct Sample {
  std::string answer;
  AnswerFormat format;
  std::vector<chat::ToolCall> calls;
  bool introduced = false;  // the template writes text and calls in one answer
};

chat::Request tool_question() {
  chat::Request request;
  request.messages = {said(chat::Role::kUser, "What is the weather in Zürich?")};
  request.tools = testing::two_tools();
  return request;
}

// Where in `after` begins what was not in the prompt: never inside of the mark of thinking, which
// the prompt has written and the history may not have.
std::size_t answer_begin(const std::string& prompt, const std::string& after,
                         const AnswerFormat& format) {
  const auto differs = std::mismatch(prompt.begin(), prompt.end(), after.begin(), after.end());
  const auto same = static_cast<std::size_t>(differs.first - prompt.begin());
  if (!format.thinking_begun || same == prompt.size()) return same;
  const std::size_t mark = prompt.rfind(format.thinking_begin);
  return same > mark && same < mark + format.thinking_begin.size() ? mark : same;
}

std::string cut_at_end(const std::string& text) {
  std::size_t said_to = 0;
  for (const std::string_view last : {"celsius", "add"}) {
    const std::size_t at = text.rfind(last);
    if (at != std::string::npos) said_to = std::max(said_to, at);
  }
  std::size_t end = text.size();
  for (const std::string_view mark : kEnds)
    end = std::min(end, text.find(mark, said_to));
  return text.substr(0, end);
}

std::optional<Sample> make_sample(const ChatTemplate& chat_template, std::string introduction) {
  chat::Request request = tool_question();
  const auto asked = chat_template.render(request);
  if (!asked) return std::nullopt;
  Sample sample{.answer = {}, .format = asked->format, .calls = {}};
  sample.calls = {{"call00001", "get_weather", kWeatherArguments}};
  if (chat_template.capabilities().parallel_calls)
    sample.calls.push_back({"call00002", "add", R"({"a":1,"b":2})"});
  request.messages.push_back({.role = chat::Role::kAssistant,
                              .content = std::move(introduction),
                              .tool_calls = sample.calls});
  const auto answered = chat_template.render(request);
  if (!answered) return std::nullopt;
  const std::string prompt = testing::joined(asked->pieces);
  const std::string after = testing::joined(answered->pieces);
  std::size_t begin = answer_begin(prompt, after, sample.format);
  // One template moves its instructions behind the answer.
  const std::size_t introduced = after.find(kIntroduction);
  const bool moved = prompt.size() - begin > 200;
  if (moved) begin = introduced;
  sample.answer = cut_at_end(after.substr(begin));
  if (sample.format.thinking_begun && begin < prompt.size())
    sample.answer = "I think." + sample.format.thinking_end + sample.answer;
  sample.introduced = sample.answer.find(kIntroduction) != std::string::npos;
  for (chat::ToolCall& call : sample.calls)
    call.id.clear();
  return sample;
}

// With text before the calls where the template can, else without.
std::optional<Sample> make_sample(const ChatTemplate& chat_template) {
  auto sample = make_sample(chat_template, kIntroduction);
  if (sample && sample->answer.find("celsius") != std::string::npos) return sample;
  return make_sample(chat_template, "");
}

void expect_calls(const Heard& heard, const Sample& sample) {
  ASSERT_EQ(heard.calls.size(), sample.calls.size()) << sample.answer << "\n" << heard.text;
  for (std::size_t i = 0; i < heard.calls.size(); ++i) {
    EXPECT_EQ(heard.calls[i].name, sample.calls[i].name);
    const auto said = json::parse(heard.calls[i].arguments);
    ASSERT_TRUE(said) << heard.calls[i].arguments;
    EXPECT_EQ(*said, *json::parse(sample.calls[i].arguments)) << heard.calls[i].arguments;
  }
}

std::string name_of(const ::testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  for (char& byte : name) {
    if (std::isalnum(static_cast<unsigned char>(byte)) == 0) byte = '_';
  }
  return name;
}

TEST_P(Family, WritesAConversation) {
  ASSERT_NE(template_, nullptr);
  chat::Request request;
  request.messages = {said(chat::Role::kSystem, "Be brief, please."),
                      said(chat::Role::kUser, "What is the capital of Peru?"),
                      said(chat::Role::kAssistant, "It is Lima."),
                      said(chat::Role::kUser, "And of Chile?")};
  const auto rendered = template_->render(request);
  ASSERT_TRUE(rendered) << rendered.error().message;
  const std::string prompt = testing::joined(rendered->pieces);
  for (const chat::Message& message : request.messages)
    EXPECT_THAT(prompt, ::testing::HasSubstr(message.content));
  EXPECT_THAT(template_->between_turns(), ::testing::Not(::testing::IsEmpty()));
  EXPECT_THAT(prompt, ::testing::HasSubstr("It is Lima." + template_->between_turns() + "And of"));
}

class CallingFamily : public Family {
 protected:
  void SetUp() override {
    ASSERT_NE(template_, nullptr);
    if (!template_->capabilities().tools) GTEST_SKIP() << "its template knows no tools";
    auto sample = make_sample(*template_);
    ASSERT_TRUE(sample);
    sample_ = *std::move(sample);
  }
  Sample sample_;
};

TEST_P(CallingFamily, ReadsWhatItWrites) {
  const Heard heard = hear(sample_.format, {sample_.answer});
  expect_calls(heard, sample_);
  EXPECT_THAT(heard.warnings, ::testing::IsEmpty());
  if (sample_.introduced) {
    EXPECT_THAT(heard.text + heard.thinking, ::testing::HasSubstr(kIntroduction));
  } else {
    EXPECT_EQ(heard.text, "");
  }
}

TEST_P(CallingFamily, ReadsTheSameHoweverItIsCut) {
  const Heard whole = hear(sample_.format, {sample_.answer});
  EXPECT_EQ(testing::hear_bytes(sample_.format, sample_.answer), whole);
  const std::string_view answer = sample_.answer;
  for (std::size_t cut = 0; cut <= answer.size(); ++cut) {
    EXPECT_EQ(hear(sample_.format, {answer.substr(0, cut), answer.substr(cut)}), whole) << cut;
  }
}

TEST_P(CallingFamily, LosesNothingOfATruncatedAnswer) {
  const std::string_view answer = sample_.answer;
  for (std::size_t end = 0; end <= answer.size(); ++end) {
    const Heard heard = hear(sample_.format, {answer.substr(0, end)});
    std::string all = heard.thinking + heard.text;
    for (const chat::ToolCall& call : heard.calls)
      all += call.name + call.arguments;
    for (const std::string_view word : {"I think", "Let me look", "Zürich", "quoted", "one,",
                                        "two lines", "2.5", "celsius"}) {
      const std::size_t at = answer.find(word);
      if (at == std::string_view::npos || at + word.size() > end) continue;
      EXPECT_THAT(all, ::testing::HasSubstr(word)) << answer.substr(0, end);
    }
  }
}

TEST_P(CallingFamily, GivesWhatFollowsTheCallsAsText) {
  const std::string garbage = sample_.answer + "\n\nAnd this is no call.";
  const Heard heard = hear(sample_.format, {garbage});
  std::string all = heard.text;
  for (const chat::ToolCall& call : heard.calls)
    all += call.arguments;
  EXPECT_THAT(all, ::testing::HasSubstr("And this is no call."));
  EXPECT_EQ(testing::hear_bytes(sample_.format, garbage), heard);
}

INSTANTIATE_TEST_SUITE_P(Templates, CallingFamily, ::testing::ValuesIn(testing::known_templates()),
                         name_of);
INSTANTIATE_TEST_SUITE_P(Templates, Family, ::testing::ValuesIn(testing::known_templates()),
                         name_of);

}  // namespace
}  // namespace hearth::dialogue
