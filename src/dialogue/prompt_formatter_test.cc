#include "dialogue/prompt_formatter.h"

#include <filesystem>
#include <map>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/testing/temporary_folder.h"
#include "dialogue/model_type.h"

namespace hearth::dialogue {
namespace {

using base::testing::TemporaryFolder;
using chat::History;
using chat::Message;
using chat::Role;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Message system_says(std::string text) {
  return {.role = Role::kSystem, .content = std::move(text)};
}
Message user_says(std::string text) {
  return {.role = Role::kUser, .content = std::move(text)};
}
Message model_says(std::string text) {
  return {.role = Role::kAssistant, .content = std::move(text)};
}

std::unique_ptr<PromptFormatter> formatter(std::string folder = {}) {
  auto made = PromptFormatter::create(std::move(folder));
  HEARTH_ASSERT(made.has_value());
  return *std::move(made);
}

template <typename T>
T value(Result<T> result) {
  if (!result) ADD_FAILURE() << result.error().to_string();
  return result ? *std::move(result) : T{};
}

template <typename T>
Error error(Result<T> result) {
  if (result) ADD_FAILURE() << "no error";
  return result ? Error{} : result.error();
}

// --- the ways to write a conversation

const std::map<std::string, std::string>& expected_prompts() {
  static const std::map<std::string, std::string> prompts = {
      {"chatml",
       "<|im_start|>system\nS<|im_end|>\n<|im_start|>user\nQ<|im_end|>\n"
       "<|im_start|>assistant\nA<|im_end|>\n<|im_start|>user\nR<|im_end|>\n<|im_start|>"
       "assistant\n"},
      {"llama2", "[INST] <<SYS>>\nS\n<</SYS>>\n\nQ [/INST] A </s><s>[INST] R [/INST]"},
      {"llama3",
       "<|start_header_id|>system<|end_header_id|>\n\nS<|eot_id|>"
       "<|start_header_id|>user<|end_header_id|>\n\nQ<|eot_id|>"
       "<|start_header_id|>assistant<|end_header_id|>\n\nA<|eot_id|>"
       "<|start_header_id|>user<|end_header_id|>\n\nR<|eot_id|>"
       "<|start_header_id|>assistant<|end_header_id|>\n\n"},
      {"mistral", "[INST] S\n\nQ [/INST] A</s>[INST] R [/INST]"},
      {"gemma",
       "<start_of_turn>user\nS\n\nQ<end_of_turn>\n<start_of_turn>model\nA<end_of_turn>\n"
       "<start_of_turn>user\nR<end_of_turn>\n<start_of_turn>model\n"},
      {"phi3",
       "<|system|>\nS<|end|>\n<|user|>\nQ<|end|>\n<|assistant|>\nA<|end|>\n<|user|>\nR<|end|>\n"
       "<|assistant|>\n"},
      {"zephyr",
       "<|system|>\nS</s>\n<|user|>\nQ</s>\n<|assistant|>\nA</s>\n<|user|>\nR</s>\n"
       "<|assistant|>\n"},
      {"vicuna", "S\n\nUSER: Q\nASSISTANT: A</s>\nUSER: R\nASSISTANT:"},
      {"alpaca",
       "S\n\n### Instruction:\nQ\n\n### Response:\nA\n\n### Instruction:\nR\n\n### Response:\n"},
      {"deepseek", "S<｜User｜>Q<｜Assistant｜>A<｜end▁of▁sentence｜><｜User｜>R<｜Assistant｜>"},
      {"plain", "S\n\nUser: Q\nAssistant: A\nUser: R\nAssistant:"}};
  return prompts;
}

TEST(PromptFormatter, EveryBuiltInTypeWritesItsMarks) {
  const std::vector<Message> messages = {system_says("S"), user_says("Q"), model_says("A"),
                                         user_says("R")};
  ASSERT_EQ(expected_prompts().size(), model_types().size());
  for (const auto& [type, prompt] : expected_prompts()) {
    EXPECT_EQ(value(formatter()->format_prompt(messages, type)), prompt) << type;
  }
}

TEST(PromptFormatter, EveryBuiltInTypeDoesWithoutASystemText) {
  for (const auto& type : model_types()) {
    const auto prompt = value(formatter()->format_prompt(std::vector{user_says("Q")}, type.name));
    EXPECT_THAT(prompt, HasSubstr("Q")) << type.name;
    EXPECT_EQ(prompt.find("SYS"), prompt.npos) << type.name;
  }
}

TEST(PromptFormatter, TypeIsAlsoFoundByTheNameOfAModel) {
  const std::vector<Message> messages = {user_says("Q")};
  EXPECT_EQ(value(formatter()->format_prompt(messages, "Qwen/Qwen2.5-7B-Instruct")),
            value(formatter()->format_prompt(messages, "chatml")));
}

TEST(PromptFormatter, AnswerThatWasBegunGoesOn) {
  EXPECT_EQ(value(formatter()->format_prompt(std::vector{user_says("Q"), model_says("{\"a\":")},
                                             "chatml")),
            "<|im_start|>user\nQ<|im_end|>\n<|im_start|>assistant\n{\"a\":");
}

TEST(PromptFormatter, SystemPromptIsTheBeginningOfAWholeOne) {
  for (const auto& type : model_types()) {
    const auto system = value(formatter()->format_system_prompt("Be brief.", type.name));
    const auto whole = value(formatter()->format_prompt(
        std::vector{system_says("Be brief."), user_says("Q")}, type.name));
    EXPECT_TRUE(whole.starts_with(system)) << type.name << ": " << system;
    EXPECT_THAT(system, HasSubstr("Be brief."));
  }
}

TEST(PromptFormatter, WhatABuiltInTemplateWouldLeaveOutIsRefused) {
  Message call = model_says("");
  call.tool_calls = {{.id = "1", .name = "look", .arguments = "{}"}};
  const Message result = {.role = Role::kTool, .content = "r"};
  for (const auto& message : {call, result}) {
    const auto refused = error(
        formatter()->format_prompt(std::vector{user_says("Q"), message, user_says("R")}, "chatml"));
    EXPECT_EQ(refused.code, Code::kInvalidArgument);
    EXPECT_THAT(refused.message, HasSubstr("as in message 1"));
  }
  EXPECT_EQ(error(formatter()->format_prompt({}, "chatml")).code, Code::kInvalidArgument);
}

// --- templates of a folder

TEST(PromptFormatter, TemplateOfTheFolderIsApplied) {
  const TemporaryFolder folder;
  folder.write("summary.jinja", "Sum up {{ topic }} in {{ words }} words.\n");
  EXPECT_EQ(
      value(formatter(folder.path())->apply_template("summary", R"({"topic":"tides","words":50})")),
      "Sum up tides in 50 words.");
}

TEST(PromptFormatter, TemplateOfTheFolderWinsOverABuiltInOne) {
  const TemporaryFolder folder;
  folder.write("chatml.jinja", "{% for m in messages %}[{{ m.role }}]{{ m.content }}{% endfor %}");
  const auto made = formatter(folder.path());
  EXPECT_EQ(value(made->format_prompt(std::vector{user_says("Q")}, "qwen3")), "[user]Q");
  EXPECT_EQ(value(made->names()).size(), model_types().size());
}

TEST(PromptFormatter, TemplateOfOnesOwnIsToldOfCallsAndResults) {
  const TemporaryFolder folder;
  folder.write("mine.jinja",
               "{% for m in messages %}{% for c in m.tool_calls | default([]) %}"
               "{{ c.function.name }}({{ c.function.arguments }})={% endfor %}"
               "{% if m.role == 'tool' %}{{ m.content }} of {{ m.tool_call_id }}{% endif %}"
               "{% endfor %}");
  Message call = model_says("");
  call.tool_calls = {{.id = "1", .name = "look", .arguments = R"({"at":"sky"})"}};
  const Message result = {.role = Role::kTool, .content = "blue", .tool_call_id = "1"};
  EXPECT_EQ(value(formatter(folder.path())->format_prompt(std::vector{call, result}, "mine")),
            R"(look({"at":"sky"})=blue of 1)");
}

TEST(PromptFormatter, ChangedFileHoldsFromTheNextPromptOn) {
  const TemporaryFolder folder;
  const auto made = formatter(folder.path());
  EXPECT_EQ(error(made->apply_template("new", "")).code, Code::kNotFound);
  folder.write("new.jinja", "one");
  EXPECT_EQ(value(made->apply_template("new", "")), "one");
  folder.write("new.jinja", "two");
  EXPECT_EQ(value(made->apply_template("new", "")), "two");
}

TEST(PromptFormatter, NamesAreThoseOfBothAndSorted) {
  const TemporaryFolder folder;
  folder.write("zz.jinja", "");
  folder.write("aa.jinja", "");
  folder.write("aa.txt", "");
  folder.write(".hidden.jinja", "");
  std::filesystem::create_directory(folder.file("dir.jinja"));
  EXPECT_THAT(value(formatter(folder.path())->names()),
              ElementsAre("aa", "alpaca", "chatml", "deepseek", "gemma", "llama2", "llama3",
                          "mistral", "phi3", "plain", "vicuna", "zephyr", "zz"));
}

TEST(PromptFormatter, UnknownTemplateNamesTheNearest) {
  const TemporaryFolder folder;
  folder.write("summary.jinja", "");
  EXPECT_EQ(error(formatter(folder.path())->apply_template("sumary", "")).message,
            "there is no template 'sumary'; did you mean 'summary'?");
  EXPECT_THAT(error(formatter()->format_prompt(std::vector{user_says("Q")}, "gpt-oss")).message,
              HasSubstr("there is no template 'gpt-oss'; there are alpaca, chatml"));
}

TEST(PromptFormatter, NameIsNeverAPath) {
  const TemporaryFolder folder;
  folder.write("secret.jinja", "secret");
  std::filesystem::create_directory(folder.file("in"));
  const auto made = formatter(folder.file("in"));
  for (const std::string name : {"../secret", "/etc/passwd", "..", ".", "", "in/../../secret",
                                 "secret\n", "a\\b", ".secret"}) {
    EXPECT_EQ(error(made->apply_template(name, "")).code, Code::kNotFound) << name;
  }
}

TEST(PromptFormatter, LinkOutOfTheFolderIsNoTemplate) {
  const TemporaryFolder folder;
  const auto outside = folder.write("outside.txt", "secret");
  std::filesystem::create_directory(folder.file("in"));
  std::filesystem::create_symlink(outside, folder.file("in/link.jinja"));
  const auto made = formatter(folder.file("in"));
  EXPECT_THAT(error(made->apply_template("link", "")).message, HasSubstr("is no regular file"));
  EXPECT_EQ(value(made->names()).size(), model_types().size());
}

TEST(PromptFormatter, TooLargeFileAndTooManyFilesAreRefused) {
  const TemporaryFolder folder;
  folder.write("big.jinja", std::string(kJinjaBytesMax + 1, 'x'));
  const auto made = formatter(folder.path());
  EXPECT_EQ(error(made->apply_template("big", "")).code, Code::kResourceExhausted);
  for (std::size_t i = 0; i < kTemplatesMax; ++i) {
    folder.write("t" + std::to_string(i) + ".jinja", "");
  }
  EXPECT_EQ(error(made->names()).code, Code::kResourceExhausted);
}

TEST(PromptFormatter, FolderThatIsNotThereIsAnError) {
  const TemporaryFolder folder;
  EXPECT_EQ(error(PromptFormatter::create(folder.file("none"))).code, Code::kNotFound);
}

TEST(PromptFormatter, ErrorNamesTheFileAndTheLine) {
  const TemporaryFolder folder;
  const auto path = folder.write("bad.jinja", "fine\n{{ topic }}\n");
  EXPECT_EQ(error(formatter(folder.path())->apply_template("bad", "{}")).message,
            "the template " + path + ", line 2 needs 'topic', which is not defined");
}

// --- a prompt that is too long

std::uint32_t words(std::string_view text) {
  std::uint32_t count = 0;
  bool in_word = false;
  for (const char byte : text) {
    const bool word = byte != ' ' && byte != '\n';
    if (word && !in_word) ++count;
    in_word = word;
  }
  return count;
}

const std::vector<Message>& long_talk() {
  static const std::vector<Message> messages = {
      system_says("S S"), user_says("one one"),     model_says("1 1"), user_says("two two"),
      model_says("2 2"),  user_says("three three"), model_says("3 3"), user_says("four four")};
  return messages;
}

TEST(PromptFormatter, OldestTurnsGoUntilThePromptFits) {
  EXPECT_EQ(
      value(formatter()->format_prompt(long_talk(), "plain", {.tokens_max = 15, .count = words})),
      "S S\n\nUser: three three\nAssistant: 3 3\nUser: four four\nAssistant:");
}

TEST(PromptFormatter, MiddleGoesUntilThePromptFits) {
  EXPECT_EQ(value(formatter()->format_prompt(
                long_talk(), "plain",
                {.tokens_max = 15, .history = History::kMiddleOut, .count = words})),
            "S S\n\nUser: one one\nAssistant: 1 1\nUser: four four\nAssistant:");
}

TEST(PromptFormatter, WhatHasToStayAndDoesNotFitIsAnError) {
  for (const auto history : {History::kDropOldest, History::kMiddleOut}) {
    const auto refused = error(formatter()->format_prompt(
        long_talk(), "plain", {.tokens_max = 5, .history = history, .count = words}));
    EXPECT_EQ(refused.code, Code::kContextOverflow);
    EXPECT_THAT(refused.message, HasSubstr("takes 6 tokens and 5 are allowed"));
  }
  EXPECT_EQ(error(formatter()->format_prompt(
                      long_talk(), "plain",
                      {.tokens_max = 15, .history = History::kKeep, .count = words}))
                .code,
            Code::kContextOverflow);
}

TEST(PromptFormatter, PromptNeverTakesMoreThanIsAllowed) {
  EXPECT_TRUE(rc::check("it fits or is refused", [] {
    std::vector<Message> messages;
    const auto count = *rc::gen::inRange(1, 12);
    for (int i = 0; i < count; ++i) {
      messages.push_back(i % 2 == 0 ? user_says("") : model_says(""));
      for (int word = *rc::gen::inRange(0, 9); word > 0; --word)
        messages.back().content += "w ";
    }
    const auto type = *rc::gen::elementOf(std::vector<std::string>{"plain", "chatml", "llama2"});
    const auto history = *rc::gen::element(History::kDropOldest, History::kMiddleOut);
    const PromptLimit limit{*rc::gen::inRange<std::uint32_t>(1, 80), history, words};
    const auto prompt = formatter()->format_prompt(messages, type, limit);
    if (prompt) RC_ASSERT(words(*prompt) <= limit.tokens_max);
    if (!prompt) RC_ASSERT(prompt.error().code == Code::kContextOverflow);
  }));
}

// --- the answer in what a model wrote

TEST(PromptFormatter, AnswerIsWhatStandsBetweenTheMarks) {
  const auto answer = [](std::string_view raw, std::string_view type) {
    return value(formatter()->extract_response(raw, type));
  };
  EXPECT_EQ(answer(" Blue.<|im_end|>\n<|im_start|>user\nWhy?", "qwen3"), "Blue.");
  EXPECT_EQ(answer("<|im_start|>assistant\nBlue.", "chatml"), "Blue.");
  EXPECT_EQ(answer("<think>\nsky\n</think>\n\nBlue.<|im_end|>", "chatml"), "Blue.");
  EXPECT_EQ(answer("it is the sky</think>Blue.", "deepseek"), "Blue.");
  EXPECT_EQ(answer("<think>\nstill thinking", "chatml"), "");
  EXPECT_EQ(answer("[THINK]sky[/THINK]Blue.</s>", "mistral"), "Blue.");
  EXPECT_EQ(answer("Write <think> and </think> around it.", "chatml"),
            "Write <think> and </think> around it.");
  EXPECT_EQ(answer("Assistant: Blue.\nUser: Why?", "plain"), "Blue.");
  EXPECT_EQ(answer("", "chatml"), "");
  EXPECT_EQ(error(formatter()->extract_response("x", "chatm")).message,
            "there is no template 'chatm'; did you mean 'chatml'?");
}

TEST(PromptFormatter, AnswerIsFoundInWhateverItsTypeWritesAroundIt) {
  EXPECT_TRUE(rc::check("format, then extract", [] {
    const auto& types = model_types();
    const auto& type = types[*rc::gen::inRange<std::size_t>(0, types.size())];
    const auto letters = rc::gen::elementOf(std::string("aB1 .\n{}\"<>|[]/:#"));
    const auto answer = "x" + *rc::gen::container<std::string>(letters) + "y";
    const std::vector<Message> asked = {system_says("S"), user_says("Q")};
    std::vector<Message> went_on = asked;
    went_on.push_back(model_says(answer));
    went_on.push_back(user_says("R"));
    const auto made = formatter();
    const auto prompt = value(made->format_prompt(asked, type.name));
    auto whole = value(made->format_prompt(went_on, type.name));
    // As a model that does not stop would write it on; and with the prompt repeated before it.
    const auto raw = whole.substr(prompt.size(), whole.rfind('R') + 1 - prompt.size());
    RC_ASSERT(value(made->extract_response(raw, type.name)) == answer);
    const auto opening = value(made->format_prompt(std::vector{user_says("Q")}, type.name));
    RC_ASSERT(value(made->extract_response(opening + answer, type.name)) == answer);
  }));
}

TEST(PromptFormatter, AnswerIsAPieceOfTheOutputWithoutAnyEndMark) {
  EXPECT_TRUE(rc::check("no text breaks it", [] {
    const auto& types = model_types();
    const auto& type = types[*rc::gen::inRange<std::size_t>(0, types.size())];
    std::vector<std::string> pieces = {"a",
                                       " ",
                                       "\n",
                                       std::string(type.thinking_begin),
                                       std::string(type.thinking_end),
                                       std::string(type.answer_begin)};
    for (const auto mark : type.ends)
      pieces.emplace_back(mark);
    std::string raw;
    const auto some = *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(pieces));
    for (const auto& piece : some)
      raw += piece;
    const auto answer = value(formatter()->extract_response(raw, type.name));
    RC_ASSERT(raw.find(answer) != raw.npos);
    for (const auto mark : type.ends)
      RC_ASSERT(answer.find(mark) == answer.npos);
  }));
}

// --- docs/prompts.md, which also shows MiddleGoesUntilThePromptFits

constexpr const char* kReview = R"(You review {{ kind }} for {{ reader | default('a colleague') }}.
{% for rule in rules %}
{{ loop.index }}. {{ rule }}
{% endfor %}
{% if text is defined %}
The text:
{{ text }}
{% endif %}
)";

TEST(Documentation, TemplateWritesWhatIsShown) {
  const TemporaryFolder folder;
  folder.write("review.jinja", kReview);
  EXPECT_EQ(
      value(formatter(folder.path())->apply_template("review", R"({
  "kind": "release notes", "rules": ["Name what changed.", "No adjectives."]})")),
      "You review release notes for a colleague.\n1. Name what changed.\n2. No adjectives.\n");
}

TEST(Documentation, MistakesSayWhatIsShown) {
  const TemporaryFolder folder;
  const auto path = folder.write("review.jinja", kReview);
  const auto made = formatter(folder.path());
  EXPECT_EQ(error(made->apply_template("review", R"({"kind":"x"})")).message,
            "the template " + path + ", line 2 needs 'rules', which is not defined");
  EXPECT_EQ(error(made->apply_template("reviw", "")).message,
            "there is no template 'reviw'; did you mean 'review'?");
}

TEST(Documentation, AnswerIsWhatIsShown) {
  EXPECT_EQ(value(formatter()->extract_response(
                "<think>\nthe sky\n</think>\n\nBlue.<|im_end|>\n<|im_start|>user", "qwen3")),
            "Blue.");
}

}  // namespace
}  // namespace hearth::dialogue
