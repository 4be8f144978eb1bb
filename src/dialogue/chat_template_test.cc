#include "dialogue/chat_template.h"

#include <gmock/gmock.h>

#include "chat/request_part.h"
#include "dialogue/template_check.h"
#include "dialogue/testing/known_templates.h"
#include "dialogue/tool_trigger.h"

namespace hearth::dialogue {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::said;

using Kind = chat::ToolChoice::Kind;
using Part = chat::RequestPart::Kind;

chat::Request question(std::string content = "Hello") {
  chat::Request request;
  request.messages = {said(chat::Role::kUser, std::move(content))};
  return request;
}

chat::Request tool_question(Kind kind = Kind::kAuto, std::string name = "") {
  chat::Request request = question();
  request.tools = testing::two_tools();
  request.tool_choice = {.kind = kind, .name = std::move(name)};
  return request;
}

std::string prompt_of(const char* family, const chat::Request& request) {
  const auto rendered = testing::load_template(family)->render(request);
  return rendered ? testing::joined(rendered->pieces) : "refused: " + rendered.error().message;
}

TEST(ChatTemplate, IsChatMlWithoutAText) {
  const auto made = ChatTemplate::create({});
  ASSERT_TRUE(made);
  EXPECT_EQ((*made)->render(question())->pieces,
            (std::vector<PromptPiece>{
                {"<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\n", true}}));
  EXPECT_EQ((*made)->between_turns(), "<|im_end|>\n<|im_start|>user\n");
  EXPECT_FALSE((*made)->capabilities().tools);
  EXPECT_TRUE((*made)->capabilities().system);
}

TEST(ChatTemplate, WritesTheBeginTokenWhereItIsNamed) {
  EXPECT_THAT(prompt_of("mistralai-Mistral-Nemo-Instruct-2407", question()),
              ::testing::StartsWith("<s>[INST]"));
}

TEST(ChatTemplate, ThatCannotBeReadIsRefused) {
  for (const char* text : {"{% if x %}", "{{ 1 +", "{% for %}", "{{ 'a }}"}) {
    const auto made = ChatTemplate::create({.text = text});
    ASSERT_FALSE(made) << text;
    EXPECT_EQ(made.error().code, Code::kUnimplemented);
  }
}

TEST(ChatTemplate, SaysInItsOwnWordsWhatItRefuses) {
  chat::Request request = question();
  request.messages.push_back(said(chat::Role::kUser, "Again"));
  const auto rendered = testing::load_template("google-gemma-2-2b-it")->render(request);
  ASSERT_FALSE(rendered);
  EXPECT_EQ(rendered.error().code, Code::kInvalidArgument);
  EXPECT_THAT(rendered.error().message, HasSubstr("must alternate"));
  EXPECT_THAT(rendered.error().message, AllOf(Not(HasSubstr("---")), Not(HasSubstr("parser"))));
}

TEST(Thinking, IsOpenInThePromptOrSwitchedOff) {
  const auto qwen = testing::load_template("Qwen3.5-4B");
  chat::Request request = question();
  request.thinking.mode = chat::Thinking::Mode::kOn;
  const auto on = qwen->render(request);
  EXPECT_TRUE(on->format.thinking_begun);
  EXPECT_EQ(on->format.thinking_end, "</think>");
  request.thinking.mode = chat::Thinking::Mode::kOff;
  const auto off = qwen->render(request);
  EXPECT_FALSE(off->format.thinking_begun);
  EXPECT_NE(testing::joined(on->pieces), testing::joined(off->pieces));
  EXPECT_TRUE(qwen->capabilities().thinking);
}

TEST(Thinking, HasAnEffortWhereTheTemplateKnowsOne) {
  chat::Request request = question();
  request.thinking.effort = "high";
  EXPECT_THAT(prompt_of("openai-gpt-oss-120b", request), HasSubstr("Reasoning: high"));
}

// llama.cpp names the marks of thinking for the whole family, and reads them for this one only.
TEST(Thinking, IsNotBegunWhereItsMarksAreReadAsText) {
  const auto thinker = testing::load_template("LFM2.5-8B-A1B");
  EXPECT_TRUE(thinker->capabilities().thinking);
  EXPECT_EQ(thinker->render(question())->format.thinking_begin, "<think>");
  for (const char* family : {"LFM2-8B-A1B", "LFM2.5-Instruct"}) {
    const auto other = testing::load_template(family);
    EXPECT_FALSE(other->capabilities().thinking) << family;
    for (const Kind kind : {Kind::kNone, Kind::kAuto, Kind::kRequired})
      EXPECT_EQ(other->render(tool_question(kind))->format.thinking_begin, "") << family;
  }
}

TEST(Thinking, OfEarlierAnswersIsWrittenWhereTheTemplateKeepsIt) {
  chat::Request request = tool_question();
  request.messages.push_back({.role = chat::Role::kAssistant,
                              .thinking = "I have to add.",
                              .tool_calls = {{"c1", "add", R"({"a":1,"b":2})"}}});
  request.messages.push_back({.role = chat::Role::kTool, .content = "3", .tool_call_id = "c1"});
  EXPECT_THAT(prompt_of("Qwen-Qwen3-0.6B", request),
              HasSubstr("<think>\nI have to add.\n</think>"));
}

TEST(ToolChoice, DecidesWhatTheAnswerMustBe) {
  const auto qwen = testing::load_template("Qwen-Qwen2.5-7B-Instruct");
  const auto format = [&](Kind kind, const char* name = "") {
    return qwen->render(tool_question(kind, name)).value().format;
  };
  const AnswerFormat automatic = format(Kind::kAuto);
  ASSERT_NE(automatic.trigger, nullptr);
  EXPECT_THAT(automatic.grammar.text, HasSubstr("get_weather"));
  EXPECT_EQ(automatic.calls.text, "");

  const AnswerFormat none = format(Kind::kNone);
  EXPECT_EQ(none.grammar.text, "");
  EXPECT_EQ(none.calls.text, "");
  EXPECT_EQ(none.parser, nullptr);

  const AnswerFormat required = format(Kind::kRequired);
  EXPECT_THAT(required.calls.text, HasSubstr("get_weather"));

  const AnswerFormat named = format(Kind::kNamed, "add");
  EXPECT_THAT(named.calls.text, HasSubstr("add"));
  EXPECT_THAT(named.calls.text, Not(HasSubstr("get_weather")));
}

TEST(ToolChoice, OfOneCallIsInTheFormat) {
  const auto qwen = testing::load_template("Qwen-Qwen2.5-7B-Instruct");
  chat::Request request = tool_question();
  EXPECT_FALSE(qwen->render(request)->format.one_call);
  request.parallel_tool_calls = false;
  EXPECT_TRUE(qwen->render(request)->format.one_call);
  request.tool_choice.kind = Kind::kNone;
  EXPECT_FALSE(qwen->render(request)->format.one_call);
}

TEST(ToolChoice, IsTheSameTheSecondTime) {
  const auto qwen = testing::load_template("Qwen-Qwen2.5-7B-Instruct");
  const auto first = qwen->render(tool_question(Kind::kNamed, "add"))->format;
  const auto other = qwen->render(tool_question(Kind::kNamed, "get_weather"))->format;
  const auto again = qwen->render(tool_question(Kind::kNamed, "add"))->format;
  EXPECT_EQ(again.calls.text, first.calls.text);
  EXPECT_EQ(again.parser, first.parser);
  EXPECT_NE(other.calls.text, first.calls.text);
}

TEST(ToolResult, IsWrittenWithTheNameOfItsTool) {
  chat::Request request = tool_question();
  request.messages.push_back(
      {.role = chat::Role::kAssistant, .tool_calls = {{"c1", "add", R"({"a":1,"b":2})"}}});
  request.messages.push_back({.role = chat::Role::kTool, .content = "3", .tool_call_id = "c1"});
  EXPECT_THAT(prompt_of("google-gemma-4-31B-it", request), HasSubstr("response:add"));
}

TEST(ToolCall, HasAnIdThatTheTemplateAccepts) {
  chat::Request request = tool_question();
  request.messages.push_back({.role = chat::Role::kAssistant,
                              .tool_calls = {{"call_01ABC-DEF6789", "add", R"({"a":1,"b":2})"}}});
  request.messages.push_back(
      {.role = chat::Role::kTool, .content = "3", .tool_call_id = "call_01ABC-DEF6789"});
  const std::string prompt = prompt_of("mistralai-Mistral-Nemo-Instruct-2407", request);
  EXPECT_THAT(prompt, HasSubstr(R"("id": "BCDEF6789")"));
  EXPECT_THAT(prompt, HasSubstr(R"("call_id": "BCDEF6789")"));
}

// As OpenAI makes them, as vLLM does for Kimi, and as somebody who wants none does.
TEST(ToolCall, IdsOfAnyMakeWorkAndStayApart) {
  const std::pair<const char*, const char*> pairs[] = {
      {"call_abc123DEF456ghi789JKL012", "call_zyx987WVU654tsr321QPO098"},
      {"functions.add:0", "functions.add:1"},
      {"first-123456789", "second-123456789"},
      {"1", "2"},
      {"", "call_1"}};
  for (const auto& [one, other] : pairs) {
    chat::Request request = tool_question();
    const std::string arguments = R"({"a":1,"b":2})";
    request.messages.push_back(
        {.role = chat::Role::kAssistant,
         .tool_calls = {{one, "add", arguments}, {other, "add", arguments}}});
    for (const auto& [content, id] : {std::pair("3", other), std::pair("4", one)}) {
      request.messages.push_back(
          {.role = chat::Role::kTool, .content = content, .tool_call_id = id});
    }
    const std::string prompt = prompt_of("mistralai-Mistral-Nemo-Instruct-2407", request);
    const auto id_behind = [&](const std::string& mark) {
      const std::size_t at = prompt.find(mark);
      return at == std::string::npos ? "none: " + prompt : prompt.substr(at + mark.size(), 9);
    };
    const std::string first = id_behind(R"("b": 2}, "id": ")");
    const std::string second = prompt.substr(prompt.rfind(R"("id": ")") + 7, 9);
    EXPECT_NE(first, second) << prompt;
    EXPECT_EQ(id_behind(R"({"content": 3, "call_id": ")"), second) << prompt;
    EXPECT_EQ(id_behind(R"({"content": 4, "call_id": ")"), first) << prompt;
  }
}

TEST(ToolCall, IsTextWhereTheTemplateHasNoPlaceForIt) {
  chat::Request request = question();
  request.messages.push_back(
      {.role = chat::Role::kAssistant, .tool_calls = {{"c1", "add", R"({"a":1})"}}});
  EXPECT_THAT(prompt_of("LFM2-8B-A1B", request), HasSubstr(R"({"name":"add",)"));
}

TEST(Continuation, EndsThePromptWithTheUnfinishedAnswer) {
  for (const char* family : {"Qwen-Qwen2.5-7B-Instruct", "Qwen-Qwen3-0.6B", "openai-gpt-oss-120b",
                             "meta-llama-Llama-3.1-8B-Instruct", "Qwen-QwQ-32B"}) {
    chat::Request request = question();
    request.messages.push_back(said(chat::Role::kAssistant, "The answer is"));
    request.continue_last = true;
    const auto rendered = testing::load_template(family)->render(request);
    ASSERT_TRUE(rendered) << family << rendered.error().message;
    EXPECT_THAT(testing::joined(rendered->pieces), ::testing::EndsWith("The answer is")) << family;
    const auto heard = testing::hear(rendered->format, {" 42", ", I", " think."});
    EXPECT_EQ(heard.text, " 42, I think.") << family;
    EXPECT_EQ(heard.thinking, "") << family;
  }
}

TEST(TemplateArguments, ReachTheTemplate) {
  const auto made = ChatTemplate::create({.text = "{{ messages[0].content }} {{ tone }}"});
  ASSERT_TRUE(made);
  chat::Request request = question("Hi");
  request.template_arguments = {{"tone", R"("kind")"}};
  EXPECT_EQ(testing::joined((*made)->render(request)->pieces), "Hi kind");
}

struct Refusal {
  const char* words;
  chat::RequestPart part;
  std::function<void(chat::Request&)> make;
};

TEST(ChatTemplate, RefusesWhatIsNoConversation) {
  const std::vector<Refusal> refusals = {
      {"at least one message", {Part::kMessages}, [](auto& request) { request.messages.clear(); }},
      {"'sub', which is none",
       {Part::kToolChoice},
       [](auto& request) { request.tool_choice = {.kind = Kind::kNamed, .name = "sub"}; }},
      {"two tools have the name 'add'",
       {Part::kTools},
       [](auto& request) { request.tools[0].name = "add"; }},
      {"must have a name", {Part::kTools}, [](auto& request) { request.tools[0].name = ""; }},
      {"the tool 'add'",
       {Part::kParameters, 1},
       [](auto& request) { request.tools[1].parameters = "{"; }},
      {"a JSON schema of an object",
       {Part::kParameters, 1},
       [](auto& request) { request.tools[1].parameters = "[]"; }},
      {"the type 'object'",
       {Part::kParameters, 1},
       [](auto& request) { request.tools[1].parameters = R"({"type":"array"})"; }},
      {"wants a call, but there are no tools",
       {Part::kToolChoice},
       [](auto& request) {
         request.tools.clear();
         request.tool_choice.kind = Kind::kRequired;
       }},
      {"the template argument 'x'",
       {Part::kTemplateArguments},
       [](auto& request) { request.template_arguments = {{"x", "?"}}; }},
      {"only an answer can be continued", {Part::kMessages}, [](auto& request) {
         request.continue_last = true;
       }}};
  const auto chat_template = testing::load_template("Qwen-Qwen2.5-7B-Instruct");
  for (const Refusal& refusal : refusals) {
    chat::Request request = tool_question();
    refusal.make(request);
    const auto rendered = chat_template->render(request);
    ASSERT_FALSE(rendered) << refusal.words;
    EXPECT_EQ(rendered.error().code, Code::kInvalidArgument) << refusal.words;
    EXPECT_THAT(rendered.error().message, HasSubstr(refusal.words));
    EXPECT_EQ(chat::find_part(rendered.error().context), refusal.part) << refusal.words;
  }
}

TEST(ChatTemplate, RefusesASchemaThatNestsTooDeep) {
  std::string schema = "{}";
  for (int i = 0; i < 10'000; ++i)
    schema = R"({"a":)" + schema + "}";
  chat::Request request = tool_question();
  request.tools[0].parameters = schema;
  EXPECT_FALSE(testing::load_template("Qwen-Qwen2.5-7B-Instruct")->render(request));
}

TEST(ChatTemplate, RefusesToolsWithTooManyProperties) {
  std::string properties;
  for (int i = 0; i < 800; ++i)
    properties += "\"p" + std::to_string(i) + "\":{},";
  chat::Request request = tool_question();
  request.tools[0].parameters =
      R"({"type":"object","properties":{)" + properties + R"("last":{}}})";
  const auto rendered = testing::load_template("Qwen-Qwen2.5-7B-Instruct")->render(request);
  ASSERT_FALSE(rendered);
  EXPECT_EQ(rendered.error().code, Code::kInvalidArgument);  // trying again does not help
  EXPECT_EQ(chat::find_part(rendered.error().context), (chat::RequestPart{Part::kParameters, 0}));
  EXPECT_THAT(rendered.error().message, AllOf(HasSubstr("'get_weather'"), HasSubstr("500000"),
                                              HasSubstr("objects of their own")));
}

TEST(TemplateCheck, AcceptsEveryKnownTemplate) {
  for (const std::string& family : testing::known_templates())
    EXPECT_TRUE(check_template(testing::template_text(family))) << family;
}

TEST(TemplateCheck, RefusesWhatTheEngineWouldRecurseOn) {
  const auto repeated = [](const std::string& text, int times) {
    std::string all;
    for (int i = 0; i < times; ++i)
      all += text;
    return all;
  };
  const std::vector<std::string> hostile = {
      "{{ " + repeated("(", 100'000) + " }}",
      "{{ " + repeated("not ", 100'000) + "x }}",
      "{{ 1" + repeated("+1", 100'000) + " }}",
      "{{ " + repeated("1 if x else ", 50'000) + "2 }}",
      repeated("{% if x %}", 50'000),
      repeated("{%- for a in b -%}", 50'000),
      "{% if x %}" + repeated("{% elif y %}", 50'000) + "{% endif %}",
      std::string(kTemplateBytesMax + 1, 'x')};
  for (const std::string& text : hostile) {
    const auto made = ChatTemplate::create({.text = text});
    ASSERT_FALSE(made) << text.substr(0, 40);
    EXPECT_EQ(made.error().code, Code::kUnimplemented);
    EXPECT_THAT(made.error().message, HasSubstr("at most"));
  }
}

}  // namespace
}  // namespace hearth::dialogue
