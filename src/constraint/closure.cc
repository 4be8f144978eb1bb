#include "constraint/closure.h"

#include <algorithm>

namespace hearth::constraint {

namespace {

// Up to here it is quicker to look through all ways than to keep a hash table.
constexpr std::size_t kFewWays = 16;

}  // namespace

void Closure::clear() {
  found_.clear();
  slots_.clear();
  end_ = false;
}

std::size_t Closure::slot_of(Way way) const {
  const std::uint64_t key = (std::uint64_t{way.stack} << 32U) | way.node;
  std::size_t slot = ((key * 0x9E3779B97F4A7C15U) >> 32U) % slots_.size();
  while (slots_[slot] != 0 && found_[slots_[slot] - 1] != way)
    slot = (slot + 1) % slots_.size();
  return slot;
}

void Closure::rehash(std::size_t slots) {
  slots_.assign(slots, 0);
  for (std::size_t place = 0; place < found_.size(); ++place)
    slots_[slot_of(found_[place])] = static_cast<std::uint32_t>(place + 1);
}

// False when it was there.
bool Closure::insert(Way way) {
  if (found_.size() < kFewWays) {
    if (std::find(found_.begin(), found_.end(), way) != found_.end()) return false;
    found_.push_back(way);
    return true;
  }
  if (found_.size() * 2 >= slots_.size()) rehash(found_.size() * 4);
  const std::size_t slot = slot_of(way);
  if (slots_[slot] != 0) return false;
  found_.push_back(way);
  slots_[slot] = static_cast<std::uint32_t>(found_.size());
  return true;
}

bool Closure::add(Way first, Stacks& stacks) {
  std::size_t next = found_.size();
  insert(first);
  for (; next < found_.size(); ++next) {
    if (found_.size() > most_) return false;
    const Way way = found_[next];
    if (automaton_.nodes[way.node].ends) {
      if (way.stack == kBottom) {
        end_ = true;
      } else {
        insert({stacks.top(way.stack), stacks.below(way.stack)});
      }
    }
    for (const Call& call : automaton_.calls_of(way.node)) {
      const Stack stack = automaton_.only_ends(call.to)
                              ? way.stack
                              : stacks.push(way.stack, call.to, automaton_.to_end[call.to]);
      insert({call.start, stack});
    }
  }
  return true;
}

bool Closure::add_after(const std::vector<Way>& ways, std::uint8_t byte, Stacks& stacks) {
  for (const Way& way : ways) {
    for (const ByteEdge& edge : automaton_.bytes_of(way.node)) {
      if (byte < edge.bytes.first || byte > edge.bytes.last) continue;
      if (!add({edge.to, way.stack}, stacks)) return false;
    }
  }
  return true;
}

bool Closure::add_after_token(const std::vector<Way>& ways, Token token, Stacks& stacks) {
  for (const Way& way : ways) {
    for (const TokenEdge& edge : automaton_.tokens_of(way.node)) {
      if (!automaton_.token_sets[edge.tokens].has(token)) continue;
      if (!add({edge.to, way.stack}, stacks)) return false;
    }
  }
  return true;
}

void Closure::move_to(Ways& ways) {
  ways.end = end_;
  ways.list.clear();
  for (const Way& way : found_) {
    if (automaton_.takes_bytes(way.node) || automaton_.takes_tokens(way.node))
      ways.list.push_back(way);
  }
}

}  // namespace hearth::constraint
