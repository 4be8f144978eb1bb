// For tests only: guides over a vocabulary in which every byte is a token and some words are, and
// answers that are chosen by a function.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "constraint/schema.h"
#include "engine/guide.h"

namespace hearth::engine::testing {

inline constexpr std::uint32_t kPlenty = 10'000;
inline constexpr Token kEnd = 256;  // ends an answer
inline const std::vector<std::string> kWords = {"\"na",     "name",        "me\"", "\": \"",
                                                "ab",       "abc",         "\"}",  "<think>",
                                                "</think>", "</think>\n{", "}}"};

// Every byte is a token, and some words are.
inline std::string text_of(Token token) {
  if (token < 256) return std::string(1, static_cast<char>(token));
  if (token == kEnd) return {};
  return kWords[static_cast<std::size_t>(token - kEnd - 1)];
}

inline Token word(std::string_view text) {
  const auto place = std::find(kWords.begin(), kWords.end(), text);
  return kEnd + 1 + static_cast<Token>(place - kWords.begin());
}

inline Token byte(char c) {
  return static_cast<unsigned char>(c);
}

inline std::vector<Token> spell(std::string_view text) {
  std::vector<Token> tokens;
  while (!text.empty()) {
    Token best = byte(text.front());
    for (const std::string& one : kWords) {
      if (text.starts_with(one) && one.size() > text_of(best).size()) best = word(one);
    }
    tokens.push_back(best);
    text.remove_prefix(text_of(best).size());
  }
  return tokens;
}

inline std::vector<Token> spell_bytes(std::string_view text) {
  std::vector<Token> tokens;
  for (const char c : text)
    tokens.push_back(byte(c));
  return tokens;
}

inline std::string join(const std::vector<Token>& tokens) {
  std::string text;
  for (const Token token : tokens)
    text += text_of(token);
  return text;
}

inline std::shared_ptr<const constraint::Vocabulary> vocabulary() {
  std::vector<std::string> texts;
  for (Token token = 0; token <= kEnd + static_cast<Token>(kWords.size()); ++token)
    texts.push_back(text_of(token));
  return constraint::Vocabulary::create(std::move(texts), std::vector<Token>{kEnd});
}

inline Rule rule_of(const constraint::Rules& rules) {
  auto grammar = constraint::Grammar::compile(rules);
  EXPECT_TRUE(grammar.has_value()) << grammar.error().message;
  auto masks = std::make_shared<constraint::Masks>(*grammar, vocabulary());
  return {*grammar, *grammar, std::move(masks), vocabulary()};
}

inline Rule rule_of(const char* schema) {
  auto rules = constraint::rules_of_schema(schema);
  EXPECT_TRUE(rules.has_value()) << rules.error().message;
  return rule_of(*rules);
}

inline constexpr const char* kPerson =
    R"({"type":"object","properties":{"name":{"type":"string"}},"required":["name"],
        "additionalProperties":false})";

inline std::unique_ptr<Guide> guide_of(Orders orders, std::uint32_t left = kPlenty) {
  auto guide = Guide::create(std::move(orders), {text_of, spell}, left);
  EXPECT_TRUE(guide.has_value()) << guide.error().message;
  return *std::move(guide);
}

inline bool may_come(Guide& guide, Token token) {
  const auto allowed = guide.allowed();
  EXPECT_TRUE(allowed.has_value());
  return is_allowed(*allowed, static_cast<std::size_t>(token));
}

// What the answer is when these are chosen, as long as it goes on.
inline std::string answer(Guide& guide, const std::function<Token(Guide&)>& choose,
                          std::uint32_t left) {
  std::vector<Token> all = *guide.begin(left);
  while (!guide.ended() && all.size() < left) {
    const Token chosen = choose(guide);
    EXPECT_TRUE(may_come(guide, chosen)) << join(all) << " then " << text_of(chosen);
    if (chosen == kEnd) break;
    const auto taken = guide.take(chosen, left - static_cast<std::uint32_t>(all.size()));
    EXPECT_TRUE(taken.has_value());
    all.insert(all.end(), taken->begin(), taken->end());
  }
  EXPECT_LE(all.size(), left);
  return join(all);
}

// One letter again and again, wherever it may stand.
inline Token a_letter(Guide& guide) {
  for (const char c : std::string("a{\"n:0}me"))
    if (may_come(guide, byte(c))) return byte(c);
  return kEnd;
}

inline dialogue::AnswerFormat thinking(const char* begin, bool begun) {
  dialogue::AnswerFormat format;
  format.thinking_begin = begin;
  format.thinking_end = "</think>";
  format.thinking_begun = begun;
  return format;
}

}  // namespace hearth::engine::testing
