#include "engine/end_spelling.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace hearth::engine {
namespace {

// Two letters are a token where they are alike, else one is.
class Spelled {
 public:
  std::vector<Token> operator()(std::string_view text) {
    bytes_ += text.size();
    std::vector<Token> tokens;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const bool pair = i + 1 < text.size() && text[i] == text[i + 1];
      tokens.push_back(static_cast<unsigned char>(text[i]) + (pair ? 256 : 0));
      if (pair) ++i;
    }
    return tokens;
  }
  std::size_t bytes() const { return bytes_; }

 private:
  std::size_t bytes_ = 0;
};

std::string text_of(Token token) {
  return std::string(token >= 256 ? 2 : 1, static_cast<char>(token % 256));
}

std::string joined(const std::vector<Token>& tokens) {
  std::string text;
  for (const Token token : tokens)
    text += text_of(token);
  return text;
}

TEST(EndSpelling, OnlyWhatIsNewIsSpelled) {
  Spelled spelled;
  EndSpelling ends;
  std::string end(10'000, ' ');
  end += "\"}";
  const auto spell = [&](std::string_view text) { return spelled(text); };
  EXPECT_EQ(ends.tokens(end, spell, text_of).size(), 5'002U);
  const std::size_t first = spelled.bytes();
  for (int i = 0; i < 100; ++i) {
    end.erase(0, 1);
    EXPECT_EQ(joined(ends.tokens(end, spell, text_of)), end);
  }
  EXPECT_LT(spelled.bytes() - first, 300U);
}

RC_GTEST_PROP(EndSpelling, ItIsTheTextHoweverTheEndChanges, ()) {
  Spelled spelled;
  EndSpelling ends;
  const auto spell = [&](std::string_view text) { return spelled(text); };
  for (int i = 0; i < 10; ++i) {
    const auto end = *rc::gen::container<std::string>(rc::gen::element('a', 'b', '}'));
    RC_ASSERT(joined(ends.tokens(end, spell, text_of)) == end);
    RC_ASSERT(ends.tokens(end, spell, text_of).size() >= Spelled()(end).size());
    RC_ASSERT(ends.fewest_tokens(end, spell) == Spelled()(end));
  }
}

}  // namespace
}  // namespace hearth::engine
