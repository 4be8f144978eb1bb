// How the shortest end of a document is spelled, asked again after each token: what the end has in
// common with the one before, at its end, is not spelled again. It may be a long text of which a
// token changes a few bytes.
//
// Threads: confined to one thread at a time.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/token.h"

namespace hearth::engine {

class EndSpelling {
 public:
  using Spell = std::function<std::vector<Token>(std::string_view)>;

  // Tokens whose texts make up exactly this one, perhaps some more than spelling it as a whole
  // would take; none when there are none such.
  const std::vector<Token>& tokens(std::string end, const Spell& spell,
                                   const std::function<std::string(Token)>& text_of);
  // The same, as a whole.
  const std::vector<Token>& fewest_tokens(std::string end, const Spell& spell);

 private:
  std::string end_;
  std::vector<Token> tokens_;
};

}  // namespace hearth::engine
