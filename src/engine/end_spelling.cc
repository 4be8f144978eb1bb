#include "engine/end_spelling.h"

#include <algorithm>

namespace hearth::engine {

const std::vector<Token>& EndSpelling::tokens(std::string end, const Spell& spell,
                                              const std::function<std::string(Token)>& text_of) {
  const auto differs = std::mismatch(end.rbegin(), end.rend(), end_.rbegin(), end_.rend());
  const auto common = static_cast<std::size_t>(differs.first - end.rbegin());
  std::size_t kept_bytes = 0;
  auto kept = tokens_.end();
  while (kept != tokens_.begin()) {
    const std::size_t bytes = text_of(*(kept - 1)).size();
    if (kept_bytes + bytes > common) break;
    kept_bytes += bytes;
    --kept;
  }
  const std::string_view fresh = std::string_view(end).substr(0, end.size() - kept_bytes);
  std::vector<Token> all = fresh.empty() ? std::vector<Token>() : spell(fresh);
  if (all.empty() && !fresh.empty()) return fewest_tokens(std::move(end), spell);
  all.insert(all.end(), kept, tokens_.end());
  tokens_ = std::move(all);
  end_ = std::move(end);
  return tokens_;
}

const std::vector<Token>& EndSpelling::fewest_tokens(std::string end, const Spell& spell) {
  tokens_ = spell(end);
  end_ = tokens_.empty() ? std::string() : std::move(end);
  return tokens_;
}

}  // namespace hearth::engine
