#include "constraint/matcher.h"

#include <algorithm>

#include <fmt/format.h>

namespace hearth::constraint {

namespace {

constexpr std::size_t kStacksBeforeTidying = 1'024;

Distance distance_of(const Automaton& automaton, const Stacks& stacks, Way way) {
  return automaton.to_end[way.node] + stacks.to_end(way.stack);
}

// The byte that must come next, if there is but one and no choice beside it.
std::optional<std::uint8_t> only_byte(const Automaton& automaton, const Ways& ways) {
  if (ways.end) return std::nullopt;
  std::optional<std::uint8_t> only;
  for (const Way& way : ways.list) {
    if (automaton.takes_tokens(way.node)) return std::nullopt;
    for (const ByteEdge& edge : automaton.bytes_of(way.node)) {
      if (edge.bytes.first != edge.bytes.last) return std::nullopt;
      if (only && *only != edge.bytes.first) return std::nullopt;
      only = edge.bytes.first;
    }
  }
  return only;
}

// Writes down a shortest text from a place to the end.
class ShortestText {
 public:
  ShortestText(const Automaton& automaton, const Stacks& stacks, Way from)
      : automaton_(automaton), stacks_(stacks), node_(from.node), stack_(from.stack) {}

  std::string write() {
    while (true) {
      if (automaton_.to_end[node_] != Distance{}) {
        step();
      } else if (!called_.empty()) {
        node_ = called_.back();
        called_.pop_back();
      } else if (stack_ != kBottom) {
        node_ = stacks_.top(stack_);
        stack_ = stacks_.below(stack_);
      } else {
        return std::move(text_);
      }
    }
  }

 private:
  void step() {
    const Distance& left = automaton_.to_end[node_];
    for (const ByteEdge& edge : automaton_.bytes_of(node_)) {
      if (Distance{.bytes = 1} + automaton_.to_end[edge.to] != left) continue;
      const bool has_space = edge.bytes.first <= ' ' && ' ' <= edge.bytes.last;
      text_ += has_space ? ' ' : static_cast<char>(edge.bytes.first);
      node_ = edge.to;
      return;
    }
    for (const Call& call : automaton_.calls_of(node_)) {
      if (automaton_.to_end[call.start] + automaton_.to_end[call.to] != left) continue;
      called_.push_back(call.to);
      node_ = call.start;
      return;
    }
    HEARTH_ASSERT(false && "a distance that no edge has");
  }

  const Automaton& automaton_;
  const Stacks& stacks_;
  std::uint32_t node_;
  Stack stack_;
  std::vector<std::uint32_t> called_;
  std::string text_;
};

Failure too_many_ways() {
  return fail(Code::kInvalidArgument,
              fmt::format("the grammar is too ambiguous: the text can be read in more than {} ways "
                          "at once; make its alternatives differ earlier",
                          kWaysMax));
}

}  // namespace

Matcher::Matcher(std::shared_ptr<const Grammar> grammar) : grammar_(std::move(grammar)) {
  Closure closure(grammar_->automaton(), kWaysMax);
  closure.add({grammar_->automaton().start, kBottom}, stacks_);
  closure.move_to(ways_);
}

Result<bool> Matcher::accept(std::string_view bytes) {
  return bytes.empty() ? Result<bool>(true) : take(bytes, std::nullopt);
}

Result<bool> Matcher::accept(Token token, std::string_view bytes) {
  return take(bytes, token);
}

Result<bool> Matcher::take(std::string_view bytes, std::optional<Token> token) {
  Closure closure(grammar_->automaton(), kWaysMax);
  Ways now;
  const std::vector<Way>* from = &ways_.list;
  for (const char byte : bytes) {
    closure.clear();
    if (!closure.add_after(*from, static_cast<std::uint8_t>(byte), stacks_)) return too_many_ways();
    if (closure.is_dead()) break;
    closure.move_to(now);
    from = &now.list;
  }
  if (token && !closure.add_after_token(ways_.list, *token, stacks_)) return too_many_ways();
  if (closure.is_dead()) return false;
  closure.move_to(ways_);
  tidy_stacks();
  return true;
}

void Matcher::tidy_stacks() {
  if (stacks_.size() < kStacksBeforeTidying + 2 * stacks_kept_) return;
  stacks_.keep(ways_.list);
  stacks_kept_ = stacks_.size();
}

bool Matcher::may_end() const {
  return ways_.end;
}

bool Matcher::must_end() const {
  return ways_.end && ways_.list.empty();
}

std::string Matcher::forced() const {
  const Automaton& automaton = grammar_->automaton();
  std::string bytes;
  std::optional<std::uint8_t> next = only_byte(automaton, ways_);
  if (!next) return bytes;
  Stacks stacks = stacks_;
  Ways ways = ways_;
  Closure closure(automaton, kWaysMax);
  std::size_t followed = 0;
  for (; next && bytes.size() < kForcedBytesMax; next = only_byte(automaton, ways)) {
    followed += ways.list.size();
    if (followed > kForcedWaysMax) break;
    closure.clear();
    if (!closure.add_after(ways.list, *next, stacks)) break;
    closure.move_to(ways);
    bytes += static_cast<char>(*next);
  }
  return bytes;
}

Way Matcher::nearest() const {
  const Automaton& automaton = grammar_->automaton();
  return *std::min_element(
      ways_.list.begin(), ways_.list.end(), [this, &automaton](const Way& a, const Way& b) {
        return distance_of(automaton, stacks_, a) < distance_of(automaton, stacks_, b);
      });
}

std::uint64_t Matcher::bytes_to_end() const {
  if (ways_.end) return 0;
  const Distance distance = distance_of(grammar_->automaton(), stacks_, nearest());
  return distance.tokens + distance.bytes;
}

std::optional<std::string> Matcher::shortest_end() const {
  if (ways_.end) return std::string();
  const Way way = nearest();
  const Distance distance = distance_of(grammar_->automaton(), stacks_, way);
  if (distance.tokens > 0 || distance.bytes > kShortestEndBytesMax) return std::nullopt;
  return ShortestText(grammar_->automaton(), stacks_, way).write();
}

}  // namespace hearth::constraint
