#include "constraint/masks.h"

#include <algorithm>

namespace hearth::constraint {

namespace {

TokenTrie trie_of(const Masks::SaidTokens& said, std::size_t vocabulary) {
  std::vector<std::pair<std::string_view, Token>> texts;
  for (const auto& [token, text] : said) {
    if (token >= 0 && static_cast<std::size_t>(token) < vocabulary) texts.emplace_back(text, token);
  }
  return TokenTrie(std::move(texts));
}

void add_set(const TokenSet& set, std::size_t vocabulary, Mask& mask) {
  Mask named(mask.size(), 0);
  for (const Token token : set.tokens) {
    if (token >= 0 && static_cast<std::size_t>(token) < vocabulary) set_bit(named, token);
  }
  for (std::size_t place = 0; place < mask.size(); ++place)
    mask[place] |= set.others ? ~named[place] : named[place];
  if (vocabulary % 64 != 0) mask.back() &= (std::uint64_t{1} << (vocabulary % 64)) - 1;
}

}  // namespace

Masks::Masks(std::shared_ptr<const Grammar> grammar, std::shared_ptr<const Vocabulary> vocabulary,
             const SaidTokens& said)
    : grammar_(std::move(grammar)),
      vocabulary_(std::move(vocabulary)),
      said_(trie_of(said, vocabulary_->size())),
      tree_(grammar_->automaton(), {&vocabulary_->trie(), &said_}, vocabulary_->size()) {}

Result<void> Masks::allowed(const Matcher& matcher, Mask& mask) {
  mask.assign((vocabulary_->size() + 63) / 64, 0);
  const base::Lock lock(mutex_);
  if (!add_bytes(matcher, mask)) {
    return fail(Code::kInvalidArgument,
                "the grammar is too ambiguous: finding out which tokens may come next takes too "
                "long; make its alternatives differ earlier");
  }
  add_tokens(matcher, mask);
  for (const Token end : vocabulary_->ends()) {
    matcher.may_end() ? set_bit(mask, end) : clear_bit(mask, end);
  }
  return {};
}

std::size_t Masks::bytes() {
  const base::Lock lock(mutex_);
  return tree_.bytes();
}

std::size_t Masks::places() {
  const base::Lock lock(mutex_);
  return tree_.places();
}

bool Masks::add_bytes(const Matcher& matcher, Mask& mask) {
  const Stacks& stacks = matcher.stacks();
  std::vector<Way> ways;
  for (const Way& way : matcher.ways().list) {
    if (grammar_->automaton().takes_bytes(way.node)) ways.push_back(way);
  }
  if (tree_.bytes() > kMaskBytesMax) tree_.forget();
  tree_.allow(kMaskWorkMax);
  if (ways.size() <= 1) return add_apart(stacks, ways, mask);
  const MaskTree::Together together{ways, stacks, tree_.meeting(ways, stacks)};
  std::optional<MaskTree::Place> first = tree_.find(together);
  if (!first && ways.size() <= kWaysApartMax) {
    tree_.allow(kWorkApartMax);
    if (add_apart(stacks, ways, mask)) return true;
    tree_.allow(kMaskWorkMax);
  }
  if (!first) first = tree_.first(together);
  return add_all(*first, stacks, together.base, mask);
}

bool Masks::add_apart(const Stacks& stacks, std::span<const Way> ways, Mask& mask) {
  for (const Way& way : ways) {
    if (tree_.bytes() > kMaskBytesMax) tree_.forget();
    if (!add_all(tree_.first(way.node), stacks, way.stack, mask)) return false;
  }
  return true;
}

// What an entry takes, and what those behind it take, which go back to the callers.
bool Masks::add_all(MaskTree::Place place, const Stacks& stacks, Stack stack, Mask& mask) {
  tree_.add_tokens(place, mask);
  for (; stack != kBottom && !tree_.entry(place).is_last(); stack = stacks.below(stack)) {
    if (tree_.is_exhausted()) return false;
    place = tree_.behind(place, stacks.top(stack));
    tree_.add_tokens(place, mask);
  }
  return !tree_.is_exhausted();
}

void Masks::add_tokens(const Matcher& matcher, Mask& mask) const {
  const Automaton& automaton = grammar_->automaton();
  std::vector<std::uint32_t> sets;
  for (const Way& way : matcher.ways().list) {
    for (const TokenEdge& edge : automaton.tokens_of(way.node))
      sets.push_back(edge.tokens);
  }
  std::sort(sets.begin(), sets.end());
  sets.erase(std::unique(sets.begin(), sets.end()), sets.end());
  for (const std::uint32_t set : sets)
    add_set(automaton.token_sets[set], vocabulary_->size(), mask);
}

}  // namespace hearth::constraint
