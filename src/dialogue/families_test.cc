// Every template that comes with llama.cpp, with its own words read back: what the template writes
// for an answer in a conversation's history is what a model of that family answers.
#include <map>

#include <gmock/gmock.h>

#include "dialogue/testing/known_templates.h"
#include "json/parse.h"

namespace hearth::dialogue {
namespace {

using testing::hear;
using testing::Heard;
using testing::said;

constexpr const char* kIntroduction = "Let me look.";
constexpr std::string_view kOptions = R"(,"options":{"unit":"celsius","hours":[1,2.5,-3]})";
constexpr std::string_view kEscapes = R"("a \"quoted\" one, \\ and\ntwo lines")";

std::string weather_arguments(bool nested, bool escapes) {
  return R"({"city":"Zürich","note":)" + std::string(escapes ? kEscapes : R"("two lines")") +
         R"(,"days":3)" + std::string(nested ? kOptions : "") + "}";
}

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

// What llama.cpp cannot read of its own templates' answers, and what a template does not write as
// its model does. Nothing of it is lost: it is text then.
struct Limits {
  std::string_view reason;
  bool readable = true;
  bool several = true;           // calls in one answer
  bool introduced = true;        // text before them
  bool nested = true;            // an object in the arguments
  bool escapes = true;           // quotes, backslashes and line ends in them
  std::string_view answer = {};  // for a template that writes none
};

const std::map<std::string, Limits>& known_limits() {
  static const std::map<std::string, Limits> limits = {
      {"ByteDance-Seed-OSS", {.reason = "writes objects in Python's notation", .nested = false}},
      {"openbmb-MiniCPM5-1B", {.reason = "leaves objects out", .nested = false}},
      {"CohereForAI-c4ai-command-r-plus-tool_use",
       {.reason = "text before calls is not in the rules", .introduced = false}},
      {"google-gemma-4-31B-it", {.reason = "writes text behind the calls", .introduced = false}},
      {"meetkai-functionary-medium-v3.2",
       {.reason = "the mark between parts is not in the rules",
        .several = false,
        .introduced = false}},
      {"MiniMax-M1", {.reason = "the line between calls is not in the rules", .several = false}},
      {"MiniMax-M2", {.reason = "a section with two calls is not in the rules", .several = false}},
      {"upstage-Solar-Open-100B",
       {.reason = "the first call's id is in the rules", .several = false}},
      {"Mistral-Small-3.2-24B-Instruct-2506",
       {.reason = "the rules want arguments before the id", .readable = false}},
      {"LFM2.5-8B-A1B", {.reason = "writes strings without escapes", .escapes = false}},
      {"LFM2-8B-A1B",
       {.reason = "writes no calls",
        .several = false,
        .answer = R"(Let me look.<|tool_call_start|>[get_weather(city="Zürich", )"
                  R"(note="a \"quoted\" one, \\ and\ntwo lines", days=3, )"
                  R"(options={"unit": "celsius", "hours": [1, 2.5, -3]})]<|tool_call_end|>)"}},
      {"LFM2.5-Instruct",
       {.reason = "writes no calls",
        .several = false,
        .answer = R"(Let me look.<|tool_call_start|>[get_weather(city='Zürich', )"
                  R"(note='a "quoted" one, \\ and\ntwo lines', days=3, )"
                  R"(options={'unit': 'celsius', 'hours': [1, 2.5, -3]})]<|tool_call_end|>)"}},
      {"NVIDIA-Nemotron-Nano-v2",
       {.reason = "writes calls only before their results",
        .answer = R"(I think.</think>Let me look.<TOOLCALL>[{"name": "get_weather", "arguments": )"
                  R"({"city": "Zürich", "note": "a \"quoted\" one, \\ and\ntwo lines", )"
                  R"("days": 3, "options": {"unit": "celsius", "hours": [1, 2.5, -3]}}}, )"
                  R"({"name": "add", "arguments": {"a": 1, "b": 2}}]</TOOLCALL>)"}}};
  return limits;
}

Limits limits_of(const std::string& family) {
  const auto known = known_limits().find(family);
  return known == known_limits().end() ? Limits() : known->second;
}

// Their templates do not tell a model of tools, or llama.cpp does not know how it calls them.
const std::vector<std::string>& families_without_tools() {
  static const std::vector<std::string> families = {"HuggingFaceTB-SmolLM3-3B",
                                                    "deepseek-ai-DeepSeek-R1-Distill-Llama-8B",
                                                    "deepseek-ai-DeepSeek-R1-Distill-Qwen-32B",
                                                    "deepseek-ai-DeepSeek-V3.1",
                                                    "fireworks-ai-llama-3-firefunction-v2",
                                                    "google-gemma-2-2b-it",
                                                    "ibm-granite-granite-3.3-2B-Instruct",
                                                    "llama-cpp-rwkv-world",
                                                    "microsoft-Phi-3.5-mini-instruct"};
  return families;
}

std::vector<std::string> families_with_tools() {
  std::vector<std::string> families = testing::known_templates();
  const auto& without = families_without_tools();
  std::erase_if(families, [&](const std::string& family) {
    return std::find(without.begin(), without.end(), family) != without.end();
  });
  return families;
}

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
  for (const std::string_view last : {"celsius", "two lines", "add"}) {
    const std::size_t at = text.rfind(last);
    if (at != std::string::npos) said_to = std::max(said_to, at);
  }
  std::size_t end = text.size();
  for (const std::string_view mark : kEnds)
    end = std::min(end, text.find(mark, said_to));
  return text.substr(0, end);
}

std::string written_answer(const ChatTemplate& chat_template, const Sample& sample,
                           const std::string& introduction) {
  chat::Request request = tool_question();
  const auto asked = chat_template.render(request);
  request.messages.push_back(
      {.role = chat::Role::kAssistant, .content = introduction, .tool_calls = sample.calls});
  const auto answered = chat_template.render(request);
  if (!asked || !answered) return {};
  const std::string prompt = testing::joined(asked->pieces);
  const std::string after = testing::joined(answered->pieces);
  std::size_t begin = answer_begin(prompt, after, sample.format);
  // One template moves its instructions behind the answer.
  constexpr std::size_t kPromptEndMax = 200;
  if (prompt.size() - begin > kPromptEndMax) begin = after.find("Action:");
  const std::string answer = cut_at_end(after.substr(begin));
  const bool thinks = sample.format.thinking_begun && begin < prompt.size();
  return thinks ? "I think." + sample.format.thinking_end + answer : answer;
}

// With text before the calls where the template can, else without.
Sample make_sample(const ChatTemplate& chat_template, const std::string& family) {
  const Limits limits = limits_of(family);
  Sample sample;
  if (const auto asked = chat_template.render(tool_question())) sample.format = asked->format;
  sample.calls = {{"call00001", "get_weather", weather_arguments(limits.nested, limits.escapes)}};
  if (chat_template.capabilities().parallel_calls && limits.several)
    sample.calls.push_back({"call00002", "add", R"({"a":1,"b":2})"});
  sample.answer = limits.answer;
  if (sample.answer.empty() && limits.introduced)
    sample.answer = written_answer(chat_template, sample, kIntroduction);
  if (sample.answer.find("two lines") == std::string::npos)
    sample.answer = written_answer(chat_template, sample, "");
  sample.introduced = sample.answer.find(kIntroduction) != std::string::npos;
  for (chat::ToolCall& call : sample.calls)
    call.id.clear();
  return sample;
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
  EXPECT_THAT(prompt,
              ::testing::HasSubstr("It is Lima." + template_->between_turns().substr(0, 4)));
}

TEST_P(Family, WritesAllSystemMessagesOfTheBeginning) {
  chat::Request request;
  request.messages = {said(chat::Role::kSystem, "Be brief, please."),
                      said(chat::Role::kSystem, "Speak of cities alone."),
                      said(chat::Role::kUser, "What is the capital of Peru?")};
  const auto rendered = template_->render(request);
  ASSERT_TRUE(rendered) << rendered.error().message;
  const std::string prompt = testing::joined(rendered->pieces);
  for (const chat::Message& message : request.messages)
    EXPECT_THAT(prompt, ::testing::HasSubstr(message.content));
}

TEST_P(Family, ADocumentStandsInItsFrameAloneOrBehindThinking) {
  constexpr std::string_view kDocument = R"({"a":"<think>"})";
  chat::Request request;
  request.messages = {said(chat::Role::kUser, "What is the weather in Lima, as JSON?")};
  (void)template_->render(request);  // its format is another one
  request.constraint.kind = chat::Constraint::Kind::kAnyObject;
  const auto rendered = template_->render(request);
  ASSERT_TRUE(rendered) << rendered.error().message;
  const AnswerFormat& format = rendered->format;
  const std::string begin = format.thinking_begun ? "" : format.thinking_begin;
  const std::string thought = format.thinking_end.empty() ? "" : "So.";
  const TextFrame& frame = format.frame;
  Heard heard = hear(
      format, {begin, thought, format.thinking_end, frame.turn_begin, frame.text_begin, kDocument});
  EXPECT_EQ(heard.text, kDocument);
  EXPECT_EQ(heard.thinking, thought);
  EXPECT_THAT(heard.warnings, ::testing::IsEmpty());
  if (format.thinking_begun) return;
  heard = hear(format, {frame.text_begin, kDocument});
  EXPECT_EQ(heard.text, kDocument);
  EXPECT_EQ(heard.thinking, "");
  EXPECT_THAT(heard.warnings, ::testing::IsEmpty());
}

class CallingFamily : public Family {
 protected:
  void SetUp() override {
    ASSERT_NE(template_, nullptr);
    ASSERT_TRUE(template_->capabilities().tools);
    sample_ = make_sample(*template_, GetParam());
    ASSERT_THAT(sample_.answer, ::testing::HasSubstr("two lines"));
  }
  Sample sample_;
};

TEST_P(CallingFamily, ReadsWhatItWrites) {
  const Heard heard = hear(sample_.format, {sample_.answer});
  if (!limits_of(GetParam()).readable) {
    EXPECT_EQ(heard.text, sample_.answer);
    EXPECT_THAT(heard.warnings, ::testing::SizeIs(1));
    return;
  }
  expect_calls(heard, sample_);
  EXPECT_THAT(heard.warnings, ::testing::IsEmpty());
  if (sample_.introduced) {
    EXPECT_THAT(heard.text + heard.thinking, ::testing::HasSubstr(kIntroduction));
  } else {
    EXPECT_EQ(heard.text, "");
  }
}

// Otherwise who answers each of them, as OpenAI asks for, could not go on.
TEST_P(CallingFamily, TakesBackAsManyCallsAsItsAnswersMayHave) {
  chat::Request request = tool_question();
  chat::Message calls = said(chat::Role::kAssistant, "");
  std::vector<chat::Message> results;
  for (const char* id : {"call00001", "call00002"}) {
    if (sample_.format.one_call && !results.empty()) break;
    calls.tool_calls.push_back({id, "add", R"({"a":417,"b":2})"});
    results.push_back(said(chat::Role::kTool, "419"));
    results.back().tool_call_id = id;
  }
  EXPECT_EQ(template_->capabilities().parallel_calls, results.size() > 1);
  request.messages.push_back(calls);
  request.messages.insert(request.messages.end(), results.begin(), results.end());
  const auto rendered = template_->render(request);
  ASSERT_TRUE(rendered) << rendered.error().message;
  const std::string prompt = testing::joined(rendered->pieces);
  std::size_t found = 0;
  for (auto at = prompt.find("417"); at != std::string::npos; at = prompt.find("417", at + 1))
    ++found;
  EXPECT_GE(found, results.size());
}

// As it would be read where the rules did not keep the second call from being written.
TEST_P(CallingFamily, NeverTellsASecondCallWhereOneIsWanted) {
  AnswerFormat format = sample_.format;
  format.one_call = true;
  const Heard all = hear(sample_.format, {sample_.answer});
  const Heard heard = hear(format, {sample_.answer});
  EXPECT_EQ(heard.calls.size(), std::min<std::size_t>(all.calls.size(), 1));
  if (!all.calls.empty()) {
    EXPECT_EQ(heard.calls.front(), all.calls.front());
  }
  const auto reader = AnswerReader::create(format);
  (void)reader->add(sample_.answer + " ");
  (void)reader->finish(Rest::kText);
  EXPECT_EQ(reader->over(), all.calls.size() > 1);
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
    for (const std::string_view word :
         {"I think", "Let me look", "Zürich", "quoted", "one,", "two lines", "2.5", "celsius"}) {
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

TEST_P(CallingFamily, WritesTheSamePromptWhateverTheChoiceOfTools) {
  const auto prompt = [&](chat::ToolChoice::Kind kind, const char* name = "") {
    chat::Request request = tool_question();
    request.tool_choice = {.kind = kind, .name = name};
    return testing::joined(template_->render(request).value().pieces);
  };
  const std::string automatic = prompt(chat::ToolChoice::Kind::kAuto);
  EXPECT_THAT(automatic, ::testing::HasSubstr("get_weather"));
  EXPECT_EQ(prompt(chat::ToolChoice::Kind::kNone), automatic);
  EXPECT_EQ(prompt(chat::ToolChoice::Kind::kRequired), automatic);
  EXPECT_EQ(prompt(chat::ToolChoice::Kind::kNamed, "add"), automatic);
}

// As an answer that was cut leaves them.
TEST_P(CallingFamily, WritesArgumentsThatAreNoJsonOrNamesTheirCall) {
  chat::Request request = tool_question();
  request.messages.push_back(
      {.role = chat::Role::kAssistant, .tool_calls = {{"call00001", "add", "{\"a\": 417"}}});
  request.messages.push_back(
      {.role = chat::Role::kTool, .content = "?", .tool_call_id = "call00001"});
  const auto rendered = template_->render(request);
  if (rendered) {
    EXPECT_THAT(testing::joined(rendered->pieces), ::testing::HasSubstr("417"));
  } else {
    EXPECT_EQ(rendered.error().code, Code::kInvalidArgument);
    EXPECT_THAT(rendered.error().message,
                ::testing::HasSubstr("the arguments of the call 'call00001' of 'add'"));
  }
}

INSTANTIATE_TEST_SUITE_P(Templates, CallingFamily, ::testing::ValuesIn(families_with_tools()),
                         name_of);

class SilentFamily : public Family {};

TEST_P(SilentFamily, RefusesToolsInWords) {
  const auto rendered = template_->render(tool_question());
  ASSERT_FALSE(rendered);
  EXPECT_EQ(rendered.error().code, Code::kInvalidArgument);
  EXPECT_THAT(rendered.error().message, ::testing::HasSubstr("no place for tools"));
}

INSTANTIATE_TEST_SUITE_P(Templates, SilentFamily, ::testing::ValuesIn(families_without_tools()),
                         name_of);
INSTANTIATE_TEST_SUITE_P(Templates, Family, ::testing::ValuesIn(testing::known_templates()),
                         name_of);

}  // namespace
}  // namespace hearth::dialogue
