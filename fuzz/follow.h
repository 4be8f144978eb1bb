// Follows a text through a grammar as far as it goes, and holds what the matcher says about every
// place against what it then accepts, and the mask of a small vocabulary against both.
//
// Threads: one.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "constraint/grammar.h"
#include "constraint/masks.h"
#include "constraint/matcher.h"
#include "constraint/vocabulary.h"

namespace hearth::fuzz {

inline constexpr std::size_t kBytesFollowed = 64;

inline std::vector<std::string> token_texts() {
  std::vector<std::string> texts = {"",
                                    "</s>",
                                    "ab",
                                    "true",
                                    "\": ",
                                    "é",
                                    "日本",
                                    "\xF0\x9F\x98",
                                    "\x80"
                                    "a",
                                    "},\n",
                                    "  ",
                                    "\\u00",
                                    "-1.5e"};
  for (int byte = 0; byte < 256; ++byte)
    texts.emplace_back(1, static_cast<char>(byte));
  return texts;
}

inline void check_mask(const constraint::Matcher& matcher, constraint::Masks& masks) {
  static const std::vector<std::string> kTexts = token_texts();
  constraint::Mask mask;
  if (!masks.allowed(matcher, mask)) return;  // too ambiguous
  for (std::size_t token = 0; token < kTexts.size(); ++token) {
    const bool allowed = ((mask[token / 64] >> (token % 64)) & 1) != 0;
    if (token == 1) HEARTH_ASSERT(allowed == matcher.may_end());
    if (token <= 1) continue;
    constraint::Matcher ahead = matcher;
    const auto accepted = ahead.accept(static_cast<constraint::Token>(token), kTexts[token]);
    if (accepted) HEARTH_ASSERT(*accepted == allowed);
  }
}

// What the matcher says about a place is so.
inline void check_place(const constraint::Matcher& matcher) {
  HEARTH_ASSERT((matcher.bytes_to_end() == 0) == matcher.may_end());
  HEARTH_ASSERT(!matcher.must_end() || matcher.may_end());
  const std::string forced = matcher.forced();
  HEARTH_ASSERT(forced.empty() || !matcher.may_end());
  constraint::Matcher ahead = matcher;
  const auto accepted = ahead.accept(forced);
  HEARTH_ASSERT(!accepted || *accepted);
  const auto rest = matcher.shortest_end();
  if (!rest) return;
  HEARTH_ASSERT(rest->size() == matcher.bytes_to_end());
  HEARTH_ASSERT(rest->starts_with(forced) || forced.size() > rest->size());
  ahead = matcher;
  const auto ended = ahead.accept(*rest);
  HEARTH_ASSERT(!ended || (*ended && ahead.may_end()));
}

inline void follow(const constraint::Rules& rules, std::string_view text) {
  const auto grammar = constraint::Grammar::compile(rules);
  if (!grammar) {
    HEARTH_ASSERT(!grammar.error().message.empty());
    return;
  }
  static const constraint::Token kEnd = 1;
  static const auto kVocabulary =
      constraint::Vocabulary::create(token_texts(), std::span(&kEnd, 1));
  constraint::Masks masks(*grammar, kVocabulary);
  constraint::Matcher matcher(*grammar);
  check_place(matcher);
  check_mask(matcher, masks);
  for (const char byte : text.substr(0, kBytesFollowed)) {
    const auto accepted = matcher.accept(std::string_view(&byte, 1));
    if (!accepted || !*accepted) return;
    check_place(matcher);
    check_mask(matcher, masks);
  }
}

}  // namespace hearth::fuzz
