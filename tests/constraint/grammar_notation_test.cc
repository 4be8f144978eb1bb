// Which texts are grammars: what we read and llama.cpp does, and where and why we differ.
#include <algorithm>
#include <cstdio>
#include <string>

#include <gmock/gmock.h>

#include "base/utf8.h"
#include "constraint/gbnf.h"
#include "llama_grammar.h"
#include "random_grammar.h"

namespace hearth::constraint {
namespace {

constexpr std::uint64_t kSeed = 4'327;
constexpr std::size_t kTexts = 4'000;

// What llama.cpp takes though it cannot be meant.
bool is_refused_by_us_alone(std::string_view message, std::string_view text) {
  // There what is repeated {0} times is forgotten, and may name rules that do not exist.
  const bool nothing_repeated = text.find("{0}") != std::string_view::npos;
  if (nothing_repeated && message.ends_with("is not defined")) return true;
  constexpr std::string_view kReasons[] = {
      "is already defined",         // there the last definition wins
      "a class cannot be empty",    // there it stands for nothing at all
      "ends before it begins",      // there it allows no character
      "allows no character",        // there as well
      "half of a surrogate",        // there it never matches
      "is above U+10FFFF",          // there it never matches
      "exclude each other",         // there it makes 2^64 rules
      "found the end of the line",  // there a token's name may hold a line end
  };
  return std::any_of(std::begin(kReasons), std::end(kReasons), [&](std::string_view reason) {
    return message.find(reason) != std::string_view::npos;
  });
}

// May the expression be empty, given which rules may be?
bool may_be_empty(const Expression& expression, const std::vector<bool>& rules) {
  const auto part_may = [&](const Expression& part) { return may_be_empty(part, rules); };
  const auto begin = expression.parts.begin();
  const auto end = expression.parts.end();
  switch (expression.kind) {
    case Expression::Kind::kText:
      return expression.text.empty();
    case Expression::Kind::kRule:
      return rules[expression.rule];
    case Expression::Kind::kSequence:
      return std::all_of(begin, end, part_may);
    case Expression::Kind::kChoice:
      return std::any_of(begin, end, part_may);
    case Expression::Kind::kRepeat:
      return expression.least == 0 || part_may(*begin);
    default:
      return false;
  }
}

// What llama.cpp refuses in an expression though it is sound: that something is repeated that may
// be empty, which it often takes for left recursion, and that a repetition is repeated, of which
// it counts the rules and takes 2,000 at most.
bool llama_refuses(const Expression& expression, const std::vector<bool>& empty) {
  if (expression.kind == Expression::Kind::kRepeat) {
    const Expression& part = expression.parts[0];
    const auto counted = expression.most == kNoMost ? expression.least : expression.most;
    if ((counted > 1 && !part.parts.empty()) || may_be_empty(part, empty)) return true;
  }
  return std::any_of(expression.parts.begin(), expression.parts.end(),
                     [&](const Expression& part) { return llama_refuses(part, empty); });
}

bool is_refused_by_llama_alone(const Rules& rules) {
  std::vector<bool> empty(rules.rules.size());
  for (std::size_t round = 0; round < rules.rules.size(); ++round) {
    for (std::size_t i = 0; i < rules.rules.size(); ++i) {
      empty[i] = may_be_empty(rules.rules[i].body, empty);
    }
  }
  return std::any_of(rules.rules.begin(), rules.rules.end(),
                     [&](const Rule& rule) { return llama_refuses(rule.body, empty); });
}

// What llama.cpp must not be shown: of {m,n} where n is below m it makes rules until memory ends,
// and where `root` is only mentioned, {0} times, it reads behind its rules.
bool would_harm_llama(const std::string& text) {
  const bool nothing_repeated = text.find("{0}") != std::string::npos;
  if (nothing_repeated && text.find("root ::=") == std::string::npos) return true;
  for (std::size_t at = text.find('{'); at != std::string::npos; at = text.find('{', at + 1)) {
    const std::string times = text.substr(at, text.find('}', at) - at);
    unsigned least = 0;
    unsigned most = 0;
    const int numbers = std::sscanf(times.c_str(), "{%5u,%5u", &least, &most);
    if (times.find(',') != std::string::npos && (numbers < 2 || most < least)) return true;
  }
  return false;
}

// The text with up to three bytes left out, doubled, or replaced by others of the notation.
std::string damaged(Dice& dice, std::string text) {
  constexpr std::string_view kOwn = "root:=\"\"[]^-()|*+?.<>!\\xu#\n 09a";
  for (std::size_t more = dice.below(4); more > 0 && !text.empty(); --more) {
    const std::size_t at = dice.below(text.size());
    switch (dice.below(3)) {
      case 0:
        text.erase(at, 1);
        break;
      case 1:
        text.insert(at, 1, text[at]);
        break;
      default:
        text[at] = kOwn[dice.below(kOwn.size())];
    }
  }
  return text;
}

TEST(GrammarNotation, TheSameTextsAreGrammarsAsForLlama) {
  const LlamaVocabulary vocabulary(HEARTH_LLAMA_VOCABS "/ggml-vocab-llama-spm.gguf");
  Dice dice(kSeed);
  std::size_t read = 0;
  std::size_t refused = 0;
  for (std::size_t i = 0; i < kTexts; ++i) {
    RandomGrammar random(dice, static_cast<RandomGrammar::Kind>(i % 3));
    const std::string text = damaged(dice, random.write());
    if (would_harm_llama(text) || !base::is_utf8(text)) continue;
    SCOPED_TRACE("text " + std::to_string(i) + ":\n" + text);
    const auto ours = parse_gbnf(text);
    const bool theirs = LlamaGrammar::create(vocabulary, text) != nullptr;
    if (theirs && !ours) {
      EXPECT_TRUE(is_refused_by_us_alone(ours.error().message, text)) << ours.error().message;
    }
    if (ours && !theirs) {
      EXPECT_TRUE(!check(*ours) || is_refused_by_llama_alone(*ours));
    }
    ++(ours ? read : refused);
  }
  EXPECT_GT(read, kTexts / 20);
  EXPECT_GT(refused, kTexts / 20);
}

}  // namespace
}  // namespace hearth::constraint
