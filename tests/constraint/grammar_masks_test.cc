// What may come next, for every token of real vocabularies: our masks against llama.cpp's, on
// random grammars, along random texts.
//
// llama.cpp is not followed where it is wrong, and only there:
//   - a token whose bytes cannot stand in UTF-8 at this place is never allowed by us; llama.cpp
//     does not look at what continues a character, nor at overlong forms;
//   - a token that ends within a character is allowed by us if any way to complete it is;
//     llama.cpp refuses it before [^...] if one of the excluded characters begins with the same
//     bytes. So for such tokens, in grammars with such classes, only the other direction holds;
//   - it reads a token with a zero byte up to that byte;
//   - control tokens are no text to us; llama.cpp takes their names for it;
//   - where a grammar names tokens by number, it refuses those that begin with an unfinished
//     character, whatever their number, and allows tokens that it then cannot accept: those
//     whose first characters lead to where their own number may stand.
#include <algorithm>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/utf8.h"
#include "constraint/gbnf.h"
#include "constraint/grammar.h"
#include "constraint/masks.h"
#include "constraint/matcher.h"
#include "constraint/vocabulary.h"
#include "llama_grammar.h"
#include "random_grammar.h"

namespace hearth::constraint {
namespace {

using Kind = RandomGrammar::Kind;

constexpr std::uint64_t kSeed = 20'250'101;
constexpr std::size_t kSteps = 10;

enum class Comparison : std::uint8_t { kSame, kOursAtLeast, kOursNever, kNone };

struct Tokens {
  std::string vocabulary;
  std::size_t grammars;
};

void PrintTo(const Tokens& tokens, std::ostream* out) {
  *out << tokens.vocabulary;
}

// One vocabulary, known to both sides.
class Sides {
 public:
  explicit Sides(const std::string& name)
      : llama_(std::string(HEARTH_LLAMA_VOCABS) + "/ggml-vocab-" + name + ".gguf"),
        ours_(Vocabulary::create(llama_.texts(), llama_.ends())),
        ends_(llama_.texts().size()) {
    for (const Token end : llama_.ends())
      ends_[static_cast<std::size_t>(end)] = true;
  }

  const LlamaVocabulary& llama() const { return llama_; }
  const std::shared_ptr<const Vocabulary>& ours() const { return ours_; }
  std::size_t size() const { return ends_.size(); }
  bool is_end(std::size_t token) const { return ends_[token]; }
  const std::string& text(std::size_t token) const { return llama_.texts()[token]; }

 private:
  LlamaVocabulary llama_;
  std::shared_ptr<const Vocabulary> ours_;
  std::vector<bool> ends_;
};

// What must hold for a token behind a text that ends with `begun`, the beginning of a character.
Comparison comparison(const std::string& begun, const std::string& text, Kind kind) {
  const Comparison strange = kind == Kind::kTokens ? Comparison::kNone : Comparison::kOursNever;
  if (text.empty()) return strange;
  if (text.find('\0') != std::string::npos) return Comparison::kNone;
  const std::string all = begun + text;
  const std::size_t rest = base::unfinished_utf8_suffix(all);
  if (!base::is_utf8(std::string_view(all).substr(0, all.size() - rest))) {
    return strange;
  }
  if (rest == 0 || kind == Kind::kPlain) return Comparison::kSame;
  return kind == Kind::kTokens ? Comparison::kNone : Comparison::kOursAtLeast;
}

bool holds(Comparison comparison, bool ours, bool theirs) {
  switch (comparison) {
    case Comparison::kSame:
      return ours == theirs;
    case Comparison::kOursAtLeast:
      return ours || !theirs;
    case Comparison::kOursNever:
      return !ours;
    default:
      return true;
  }
}

// One text, followed by both sides through the same grammar.
class Walk {
 public:
  Walk(const Sides& sides, Kind kind, const std::string& grammar,
       std::shared_ptr<const Grammar> compiled, std::unique_ptr<LlamaGrammar> theirs)
      : sides_(sides),
        kind_(kind),
        matcher_(compiled),
        masks_(compiled, sides.ours()),
        theirs_(std::move(theirs)),
        grammar_(grammar) {}

  // Compares the masks and takes a random token; false where the walk ends.
  bool step(Dice& dice) {
    Mask mask;
    const auto found = masks_.allowed(matcher_, mask);
    EXPECT_TRUE(found) << where() << (found ? "" : found.error().message);
    if (!found) return false;
    const std::vector<std::size_t> next = compared(mask, theirs_->allowed());
    if (next.empty() || testing::Test::HasFailure()) return false;
    take(chosen(dice, next));
    return !testing::Test::HasFailure();
  }

  // The shortest way to end what was begun ends it.
  void end() const {
    const auto rest = matcher_.shortest_end();
    ASSERT_TRUE(rest || kind_ == Kind::kTokens) << where();
    if (!rest) return;  // only tokens end it
    EXPECT_EQ(rest->size(), matcher_.bytes_to_end()) << where();
    Matcher ended = matcher_;
    const auto accepted = ended.accept(*rest);
    EXPECT_TRUE(accepted && *accepted && ended.may_end()) << where() << "and '" << *rest << "'";
  }

 private:
  std::string where() const {
    return fmt::format("grammar:\n{}\ntext so far: '{}'\n", grammar_, text_);
  }

  // The tokens that both sides allow and that have a text.
  std::vector<std::size_t> compared(const Mask& mask, const std::vector<bool>& theirs) const {
    const std::string begun = text_.substr(text_.size() - base::unfinished_utf8_suffix(text_));
    std::vector<std::size_t> both;
    for (std::size_t token = 0; token < sides_.size(); ++token) {
      const bool ours = ((mask[token / 64] >> (token % 64)) & 1) != 0;
      bool allowed = theirs[token];
      const bool end = sides_.is_end(token);
      const std::string& text = sides_.text(token);
      if (!ours && !allowed) continue;
      const Comparison wanted = end ? Comparison::kSame : comparison(begun, text, kind_);
      if (kind_ == Kind::kTokens && allowed && !ours && wanted == Comparison::kSame) {
        allowed = theirs_->accepts(static_cast<Token>(token));
      }
      EXPECT_TRUE(holds(wanted, ours, allowed))
          << where()
          << fmt::format("token {} '{}': ours {}, theirs {}", token, text, ours, allowed);
      if (testing::Test::HasFailure()) return {};
      if (ours && allowed && !end && wanted != Comparison::kNone) both.push_back(token);
    }
    return both;
  }

  // Any of them, and often one that goes far: beyond ASCII, or long.
  std::size_t chosen(Dice& dice, const std::vector<std::size_t>& next) const {
    const auto draw = [&] { return next[dice.below(next.size())]; };
    std::size_t best = draw();
    if (dice.one_in(2)) return best;
    for (int i = 0; i < 8; ++i) {
      const std::size_t other = draw();
      if (sides_.text(other).size() > sides_.text(best).size()) best = other;
    }
    return best;
  }

  void take(std::size_t token) {
    const auto accepted = matcher_.accept(static_cast<Token>(token), sides_.text(token));
    EXPECT_TRUE(accepted && *accepted) << where() << "then '" << sides_.text(token) << "'";
    theirs_->accept(static_cast<Token>(token));
    text_ += sides_.text(token);
  }

  const Sides& sides_;
  Kind kind_;
  Matcher matcher_;
  Masks masks_;
  std::unique_ptr<LlamaGrammar> theirs_;
  std::string grammar_;
  std::string text_;
};

class GrammarMasks : public testing::TestWithParam<Tokens> {};

TEST_P(GrammarMasks, AreLlamasOnRandomGrammarsAlongRandomTexts) {
  const Sides sides(GetParam().vocabulary);
  Dice dice(kSeed);
  std::size_t walked = 0;
  for (std::size_t i = 0; walked < GetParam().grammars; ++i) {
    ASSERT_LT(i, 2 * GetParam().grammars) << "llama.cpp refuses too many grammars";
    const auto kind = static_cast<Kind>(i % 3);
    const std::string text = RandomGrammar(dice, kind).write();
    auto theirs = LlamaGrammar::create(sides.llama(), text);
    if (theirs == nullptr) continue;  // for the reasons that grammar_notation_test.cc names
    const auto rules = parse_gbnf(text);
    ASSERT_TRUE(rules) << text << rules.error().message;
    const auto compiled = Grammar::compile(*rules);
    ASSERT_TRUE(compiled) << text << compiled.error().message;
    SCOPED_TRACE(fmt::format("seed {}, grammar {}", kSeed, i));
    Walk walk(sides, kind, text, *compiled, std::move(theirs));
    for (std::size_t step = 0; step < kSteps && walk.step(dice); ++step) {
    }
    if (HasFailure()) return;
    walk.end();
    ++walked;
  }
}

INSTANTIATE_TEST_SUITE_P(Vocabularies, GrammarMasks,
                         testing::Values(Tokens{"llama-spm", 200}, Tokens{"phi-3", 60},
                                         Tokens{"qwen2", 30}, Tokens{"gemma-4", 8}),
                         [](const auto& one) {
                           std::string name = one.param.vocabulary;
                           std::erase(name, '-');
                           return name;
                         });

}  // namespace
}  // namespace hearth::constraint
