// Texts of tokens as a tree of bytes, laid out flat: a node, then all that is below it, bytes in
// order. A walk goes forward through memory and jumps over what it need not see.
//
// Threads: immutable.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "constraint/rules.h"

namespace hearth::constraint {

// Longer tokens are left out: they are never allowed.
inline constexpr std::size_t kTokenBytesMax = 16 * 1024;

class TokenTrie {
 public:
  struct Node {
    std::uint32_t behind;  // the next node that is not below this one
    std::uint32_t tokens;  // where its tokens begin; they end where the next node's begin
    std::uint16_t depth;   // bytes up to here, its own included
    std::uint8_t byte;
  };

  // Empty texts are left out.
  explicit TokenTrie(std::vector<std::pair<std::string_view, Token>> texts);

  // And one behind the last.
  std::span<const Node> nodes() const { return nodes_; }
  std::uint32_t size() const { return static_cast<std::uint32_t>(nodes_.size() - 1); }
  // Of all nodes, in their order; and one behind the last.
  std::span<const Token> tokens() const { return tokens_; }
  // Bytes of the longest text.
  std::size_t depth() const { return depth_; }

 private:
  void add(std::string_view text, Token token, std::string_view before);

  std::vector<Node> nodes_;
  std::vector<Token> tokens_;
  std::vector<std::uint32_t> path_;  // the nodes above the next one
  std::size_t depth_ = 0;
};

}  // namespace hearth::constraint
