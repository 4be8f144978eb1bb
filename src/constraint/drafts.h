// The first step from rules to an automaton: each rule as states with edges that may be skipped
// and may compete. A long repetition of something that is not small becomes a rule of its own
// that is called, so that a thousand times costs a thousand states and no more.
//
// A rule that is nothing but another one is that one, however long such a chain is.
//
// Calls never stand for the empty text: where the called rule allows it, an edge beside the call
// skips it. So following a call always takes a byte or a token.
//
// Threads: thread-compatible.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/result.h"
#include "constraint/automaton.h"
#include "constraint/empty_texts.h"
#include "constraint/rules.h"

namespace hearth::constraint {

inline constexpr std::size_t kDraftStatesMax = 400'000;  // of all rules together
// What is no larger is copied where it is repeated.
inline constexpr std::size_t kCopiedStates = 4;
// A rule without calls is put in place of its call where it is this small, so that texts that
// begin alike are told apart by one automaton; a larger one where nobody else calls it.
inline constexpr std::size_t kInlineStates = 16;
inline constexpr std::size_t kInlineStatesOnce = 1'000;
inline constexpr std::uint8_t kInlineDepth = 8;

struct Draft {
  enum class Label : std::uint8_t { kByte, kCall, kToken };
  struct Edge {
    Label label;
    ByteRange bytes;       // kByte
    std::uint32_t symbol;  // kCall: the rule; kToken: the token set
    std::uint32_t to;
  };
  struct State {
    std::vector<Edge> edges;
    std::vector<std::uint32_t> skips;
  };
  std::vector<State> states;
  std::uint32_t start = 0;
  std::uint32_t end = 0;
};

class Drafts {
 public:
  // REQUIRES: check(rules) is fine; rules outlive this.
  explicit Drafts(const Rules& rules);

  // REQUIRES: rule < count().
  Result<Draft> draft(std::uint32_t rule);
  // The written rules, and those that drafts so far have made.
  std::size_t count() const { return bodies_.size(); }
  std::vector<TokenSet> take_token_sets() { return std::move(token_sets_); }

 private:
  std::uint32_t state();
  void edge(std::uint32_t from, Draft::Edge edge) { draft_.states[from].edges.push_back(edge); }
  void skip(std::uint32_t from, std::uint32_t to) { draft_.states[from].skips.push_back(to); }
  // Each adds what an expression allows behind a state and returns the state behind it.
  std::uint32_t add(const Expression& expression, std::uint32_t from);
  std::uint32_t add_text(const std::string& text, std::uint32_t from);
  std::uint32_t add_character(const Expression& expression, std::uint32_t from);
  std::uint32_t add_choice(const Expression& expression, std::uint32_t from);
  std::uint32_t add_token(const Expression& expression, std::uint32_t from);
  std::uint32_t add_rule(std::uint32_t rule, std::uint32_t from);
  std::uint32_t add_call(std::uint32_t rule, std::uint32_t from);
  std::uint32_t add_repeat(const Expression& expression, std::uint32_t from);
  std::uint32_t add_times(const Expression& expression, std::uint32_t from,
                          const std::function<std::uint32_t(std::uint32_t)>& add_part);

  std::uint32_t outline(const Expression& body);
  // How many rules lie within each other where this one is put in place of its call; kNever where
  // it is called.
  std::uint8_t inline_levels(std::uint32_t rule, std::uint8_t depth);
  std::uint8_t inline_levels(const Expression& expression, std::uint8_t depth);
  // About how many states an expression takes.
  std::size_t size_of(const Expression& expression) const;

  static constexpr std::uint8_t kNever = UINT8_MAX;
  static constexpr std::uint8_t kUnasked = UINT8_MAX - 1;

  const Rules& rules_;
  EmptyTexts empty_;
  std::vector<const Expression*> bodies_;
  std::unordered_multimap<std::size_t, std::uint32_t> outlined_;  // by hash
  std::vector<std::uint32_t> meant_;  // by each rule: itself, or the one that it is another name of
  std::vector<std::uint32_t> uses_;
  std::vector<std::uint8_t> inline_levels_;
  std::vector<TokenSet> token_sets_;
  std::map<std::pair<bool, std::vector<Token>>, std::uint32_t> token_set_places_;
  Draft draft_;
  std::size_t states_ = 0;
};

}  // namespace hearth::constraint
