// A model whose chat template is a hostile program, in the real hearth-runner: it loads, completes
// raw prompts, says to each conversation why it cannot be written, and takes no more memory.
#include <chrono>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/units.h"
#include "runner_fixture.h"

namespace hearth::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// The most memory that the process ever held.
std::uint64_t peak_bytes(int pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stoull(line.substr(6)) * base::kKiB;
  }
  return 0;
}

struct Hostile {
  const char* name;
  const char* text;
};

class HostileTemplate : public RunnerTest, public ::testing::WithParamInterface<Hostile> {};

TEST_P(HostileTemplate, IsRefusedAndTheModelIsNot) {
  load("tiny-llama-f16", {.chat_template = GetParam().text});
  chat::Request raw = make_request("Once upon", 4);
  raw.raw_prompt = "Once upon";
  raw.messages.clear();
  EXPECT_EQ(ask(raw).usage.completion_tokens, 4U);
  for (int i = 0; i < 2; ++i) {
    const Answer answer = ask(make_request("hello", 4));
    ASSERT_TRUE(answer.failed.has_value());
    EXPECT_EQ(answer.failed->code, Code::kUnimplemented);
    EXPECT_THAT(answer.failed->message,
                AllOf(HasSubstr("the model's chat template"), HasSubstr("model.chat_template")));
  }
  EXPECT_LT(peak_bytes(runner_.process().pid()), base::kGiB);
  runner_.send(0, wire::Shutdown{});
  EXPECT_TRUE(runner_.process().wait(std::chrono::seconds(10))->is_success());
}

INSTANTIATE_TEST_SUITE_P(
    Templates, HostileTemplate,
    ::testing::Values(
        Hostile{"LongRange", "{% for i in range(1000000000) %}{% endfor %}"},
        Hostile{"NestedLoops",
                "{% for a in range(9999) %}{% for b in range(9999) %}{{ a }}"
                "{% endfor %}{% endfor %}"},
        Hostile{"MacroThatCallsItself", "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}"},
        Hostile{"NamespaceInItself", "{% set n = namespace() %}{% set n.x = n %}{{ n | tojson }}"},
        Hostile{"RepeatedText", "{{ messages[0].content * 1000000000 }}"},
        Hostile{"DivisionByZero", "{{ 4 is divisibleby(0) }}"},
        Hostile{"DoublingText",
                "{% set n = namespace(s='ab') %}{% for i in range(64) %}"
                "{% set n.s = n.s ~ n.s %}{% endfor %}{{ n.s }}"},
        Hostile{"DoublingList",
                "{% set n = namespace(l=[1]) %}{% for i in range(64) %}"
                "{% set n.l = n.l + n.l %}{% endfor %}{{ n.l }}"},
        Hostile{"DeepList",
                "{% set n = namespace(l=[1]) %}{% for i in range(9999) %}"
                "{% set n.l = [n.l] %}{% endfor %}{{ n.l }}"}),
    [](const auto& hostile) { return std::string(hostile.param.name); });

// Goes through all pairs of words for each message, where the first one asks for that; uncancelled
// it ends by its limit, after some seconds.
constexpr const char* kSlow =
    "{% for m in messages %}{% if messages[0].content == 'slowly' %}{% for a in range(9999) %}"
    "{% for b in range(9999) %}{{ b }}{% endfor %}{% endfor %}{% endif %}{{ m.content }}"
    "{% endfor %}";

chat::Request slow_request() {
  chat::Request request = make_request("slowly", 4);
  constexpr int kMessages = 1'000;
  for (int i = 0; i < kMessages; ++i) {
    const auto role = i % 2 == 0 ? chat::Role::kAssistant : chat::Role::kUser;
    request.messages.push_back({role, "a"});
  }
  request.overflow = chat::Overflow::kTruncate;
  return request;
}

TEST_F(RunnerTest, AShortPromptDoesNotWaitForALongOneWhichEndsWithItsClient) {
  load("tiny-llama-f16", {.chat_template = kSlow});
  runner_.generate(11, slow_request());
  runner_.generate(12, slow_request());
  EXPECT_EQ(ask(make_request("hello", 3)).usage.completion_tokens, 3U);
  EXPECT_EQ(runner_.kept(11), 0U);  // still being written
  runner_.send(11, wire::Cancel{});
  runner_.send(12, wire::Cancel{});
  for (const std::uint32_t request : {11U, 12U}) {
    const Answer answer = runner_.finish(request);
    ASSERT_TRUE(answer.failed.has_value());
    EXPECT_EQ(answer.failed->code, Code::kCancelled) << answer.failed->message;
  }
  EXPECT_EQ(ask(make_request("hello again", 3)).usage.completion_tokens, 3U);
}

TEST_F(RunnerTest, AShortCountDoesNotWaitForALongOneWhichEndsWhenItIsCancelled) {
  load("tiny-llama-f16", {.chat_template = kSlow});
  chat::TokenizeRequest slow;
  slow.conversation = slow_request();
  runner_.send(11, wire::Tokenize{slow});
  runner_.send(12, wire::Tokenize{{.text = "hello"}});
  EXPECT_GT(runner_.expect<wire::TokensReply>(12)->tokens.count, 0U);
  EXPECT_EQ(runner_.kept(11), 0U);  // still being written
  runner_.send(11, wire::Cancel{});
  EXPECT_EQ(runner_.expect<wire::Refused>(11)->error.code, Code::kCancelled);
}

TEST_F(RunnerTest, ALongPromptDoesNotHoldUpTheEnd) {
  load("tiny-llama-f16", {.chat_template = kSlow});
  runner_.generate(11, slow_request());
  EXPECT_EQ(ask(make_request("hello", 3)).usage.completion_tokens, 3U);
  const auto asked = std::chrono::steady_clock::now();
  runner_.send(0, wire::Shutdown{});
  EXPECT_TRUE(runner_.process().wait(std::chrono::seconds(60))->is_success());
  EXPECT_LT(std::chrono::steady_clock::now() - asked, std::chrono::seconds(5));
  EXPECT_EQ(runner_.finish(11).failed->code, Code::kUnavailable);
}

TEST_F(RunnerTest, WhatATemplateLeavesOutTakesNoRoom) {
  load("tiny-llama-f16", {.context = 64, .chat_template = "{{ messages[-1].content }}"});
  chat::Request request = make_request("hello", 3);
  request.messages.insert(request.messages.begin(), 100, {chat::Role::kUser, "a word"});
  EXPECT_EQ(ask(request).usage.completion_tokens, 3U);
  request.messages.back().content.assign(5'000, 'a');
  const Answer answer = ask(request);
  ASSERT_TRUE(answer.failed.has_value());
  EXPECT_EQ(answer.failed->code, Code::kContextOverflow) << answer.failed->message;
}

// A copy in which the vocabulary's control tokens are words that the file declares, as llama.cpp
// makes them of gpt-oss's: those are found in every text, whoever wrote it.
std::string with_declared_marks(const std::string& path, const std::string& copy) {
  std::ifstream file(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), {}};
  const std::string key = "tokenizer.ggml.token_type";
  const auto read = [&](std::size_t at, auto value) {
    std::memcpy(&value, bytes.data() + at, sizeof value);
    return value;
  };
  constexpr std::int32_t kControl = 3;
  constexpr std::int32_t kDeclared = 4;
  // The key, the types of the array and of its elements, their number, and they.
  const std::size_t at = bytes.find(key) + key.size() + 8;
  const auto count = read(at, std::uint64_t{});
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t place = at + 8 + i * sizeof kDeclared;
    if (read(place, kControl) == kControl) std::memcpy(bytes.data() + place, &kDeclared, 4);
  }
  std::ofstream(copy, std::ios::binary) << bytes;
  return copy;
}

TEST_F(RunnerTest, MarksThatAFileDeclaresAreTextWhereAClientWroteThem) {
  const std::string plain = model_path("small-qwen2-f16");
  const std::string declared = with_declared_marks(plain, folder_.path() + "/declared.gguf");
  ASSERT_TRUE(runner_.load(declared, {.threads = 1}).has_value());
  const auto tokens_of = [&](chat::TokenizeRequest asked) {
    runner_.send(++last_, wire::Tokenize{std::move(asked)});
    return runner_.expect<wire::TokensReply>(last_)->tokens;
  };
  EXPECT_EQ(tokens_of({.text = "<|im_start|>", .parse_special = true}).count, 1U);
  EXPECT_GT(tokens_of({.text = "a<|im_start|>b"}).count, 4U);
  EXPECT_GT(tokens_of({.text = "a<|im_start|>b", .add_special = true}).count, 4U);
  const auto count_of = [&](const std::string& content) {
    return tokens_of({.conversation = make_request(content, 1)}).count;
  };
  const std::string mark = "<|im_end|>";
  const auto once = count_of("x" + mark + "y") - count_of("xy");
  EXPECT_GT(once, 2U) << "one mark would be one token";
  EXPECT_GE(count_of("x" + mark + mark + "y") - count_of("xy"), 2 * once - 1);
}

}  // namespace
}  // namespace hearth::testing
