// Many tools whose names begin alike, in every family's words: which tokens may come next is found
// within its work all along a call, over as many tokens as models have.
#include <set>
#include <unordered_map>

#include <gmock/gmock.h>

#include "constraint/gbnf.h"
#include "constraint/testing/rule_sampler.h"
#include "dialogue/testing/known_templates.h"
#include "engine/answer_rules.h"

namespace hearth::engine {
namespace {

using chat::ToolChoice;
using constraint::Token;

constexpr std::size_t kVocabulary = 150'000;
constexpr std::size_t kTokenBytesMax = 16;
constexpr std::size_t kAnswerBytesMax = 300;
constexpr int kTools = 30;

// Every byte, words by syllables with and without a blank before them, and what calls consist of.
const std::vector<std::string>& texts() {
  static const std::vector<std::string> texts = [] {
    std::vector<std::string> all;
    for (int byte = 0; byte < 256; ++byte)
      all.emplace_back(1, static_cast<char>(byte));
    for (const char* word : {"mcp", "__", "server", "_tool", "_tool_", "name", "city", "invoke",
                             "=\"", "\":", "\": \"", "\">", "</", "<|", "|>", "call", "arguments"})
      all.emplace_back(word);
    for (const char* last : {"", "s", "ed", "ing", "\n", ">", "\"", "=", "<"}) {
      for (const char* begin : {" ", "", "_", "<"}) {
        for (int word = 0; word < 20 * 20 * 20; ++word) {
          constexpr std::string_view kLetters = "bacedofugimelonaprastuverywindox";
          std::string text = begin;
          for (int left = word, i = 0; i < 3; ++i, left /= 20)
            text += kLetters.substr(static_cast<std::size_t>(left % 20), 2);
          all.push_back(text + last);
        }
      }
    }
    all.resize(kVocabulary);
    return all;
  }();
  return texts;
}

const std::unordered_map<std::string_view, Token>& tokens() {
  static const std::unordered_map<std::string_view, Token> tokens = [] {
    std::unordered_map<std::string_view, Token> all;
    for (std::size_t token = 0; token < texts().size(); ++token)
      all.emplace(texts()[token], static_cast<Token>(token));
    return all;
  }();
  return tokens;
}

std::shared_ptr<const constraint::Vocabulary> vocabulary() {
  static const auto vocabulary = constraint::Vocabulary::create(texts(), {});
  return vocabulary;
}

chat::Request question() {
  chat::Request request;
  request.messages = {dialogue::testing::said(chat::Role::kUser, "Hello.")};
  for (int i = 0; i < kTools; ++i) {
    request.tools.push_back(
        {"mcp__server__tool_" + std::to_string(i), "A tool.",
         R"({"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer"}},
             "required":["city"]})"});
  }
  return request;
}

// The longest token that the text begins with and that may come.
std::string_view next_token(const constraint::Mask& mask, std::string_view text) {
  for (std::size_t size = std::min(text.size(), kTokenBytesMax); size > 0; --size) {
    const auto known = tokens().find(text.substr(0, size));
    if (known == tokens().end()) continue;
    const auto token = static_cast<std::size_t>(known->second);
    if ((mask[token / 64] >> (token % 64) & 1U) != 0) return text.substr(0, size);
  }
  return {};
}

void expect_masks_along(const Rule& rule, std::string_view answer) {
  constraint::Matcher matcher(rule.grammar);
  constraint::Mask mask;
  for (std::string_view left = answer; !left.empty();) {
    const auto found = rule.masks->allowed(matcher, mask);
    ASSERT_TRUE(found) << found.error().message << " behind "
                       << answer.substr(0, answer.size() - left.size());
    const std::string_view next = next_token(mask, left);
    ASSERT_FALSE(next.empty()) << answer << " before " << left;
    ASSERT_TRUE(*matcher.accept(next));
    left.remove_prefix(next.size());
  }
}

class ManyTools : public ::testing::TestWithParam<std::string> {};

TEST_P(ManyTools, AreCalledWithinTheWorkOfAMask) {
  const auto chat_template = dialogue::testing::load_template(GetParam());
  ASSERT_NE(chat_template, nullptr);
  if (!chat_template->capabilities().tools) return;
  for (const auto kind : {ToolChoice::Kind::kRequired, ToolChoice::Kind::kAuto}) {
    chat::Request request = question();
    request.tool_choice.kind = kind;
    if (kind == ToolChoice::Kind::kAuto) {
      request.constraint = {chat::Constraint::Kind::kSchema, request.tools.front().parameters};
    }
    const auto rendered = chat_template->render(request);
    ASSERT_TRUE(rendered) << rendered.error().message;
    const auto plan = plan_answer(request, rendered->format, {});
    ASSERT_TRUE(plan.source.has_value());
    constraint::Effort effort;
    const auto no_token = [](std::string_view) { return std::optional<Token>(); };
    const auto rule = make_rule(*plan.source, {vocabulary(), no_token}, effort);
    ASSERT_TRUE(rule) << rule.error().message;
    auto calls = constraint::parse_gbnf(plan.source->calls.grammar.text);
    ASSERT_TRUE(calls && hold_to_schemas(*calls, plan.source->calls, effort));
    constraint::testing::RuleSampler sampler(*calls, 3);
    for (int i = 0; i < 2 && !HasFailure(); ++i) {
      const std::string answer = plan.source->frame.turn_begin + sampler.sample();
      expect_masks_along(*rule, std::string_view(answer).substr(0, kAnswerBytesMax));
    }
  }
}

std::string name_of(const ::testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  for (char& byte : name) {
    if (std::isalnum(static_cast<unsigned char>(byte)) == 0) byte = '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Templates, ManyTools,
                         ::testing::ValuesIn(dialogue::testing::known_templates()), name_of);

}  // namespace
}  // namespace hearth::engine
