#include "constraint/token_trie.h"

#include <algorithm>

namespace hearth::constraint {

TokenTrie::TokenTrie(std::vector<std::pair<std::string_view, Token>> texts) {
  std::sort(texts.begin(), texts.end());
  std::string_view before;
  for (const auto& [text, token] : texts) {
    if (text.empty() || text.size() > kTokenBytesMax) continue;
    add(text, token, before);
    before = text;
  }
  for (const std::uint32_t node : path_)
    nodes_[node].behind = static_cast<std::uint32_t>(nodes_.size());
  path_.clear();
  nodes_.push_back({.behind = static_cast<std::uint32_t>(nodes_.size()),
                    .tokens = static_cast<std::uint32_t>(tokens_.size()),
                    .depth = 0,
                    .byte = 0});
  nodes_.shrink_to_fit();
  tokens_.push_back(0);
}

void TokenTrie::add(std::string_view text, Token token, std::string_view before) {
  const auto differs = std::mismatch(text.begin(), text.end(), before.begin(), before.end());
  const auto shared = static_cast<std::size_t>(differs.first - text.begin());
  while (path_.size() > shared) {
    nodes_[path_.back()].behind = static_cast<std::uint32_t>(nodes_.size());
    path_.pop_back();
  }
  for (std::size_t depth = shared; depth < text.size(); ++depth) {
    path_.push_back(static_cast<std::uint32_t>(nodes_.size()));
    nodes_.push_back({.behind = 0,
                      .tokens = static_cast<std::uint32_t>(tokens_.size()),
                      .depth = static_cast<std::uint16_t>(depth + 1),
                      .byte = static_cast<std::uint8_t>(text[depth])});
  }
  tokens_.push_back(token);
  depth_ = std::max(depth_, text.size());
}

}  // namespace hearth::constraint
