#include "constraint/stacks.h"

#include <algorithm>

namespace hearth::constraint {

namespace {

constexpr std::size_t kFirstSlots = 64;

}  // namespace

Stacks::Stacks() : frames_(1), slots_(kFirstSlots, kBottom) {}

std::size_t Stacks::slot_of(Stack below, std::uint32_t node) const {
  const std::uint64_t key = (std::uint64_t{below} << 32U) | node;
  std::size_t slot = (key * 0x9E3779B97F4A7C15U) >> 32U;
  for (slot %= slots_.size(); slots_[slot] != kBottom; slot = (slot + 1) % slots_.size()) {
    const Frame& frame = frames_[slots_[slot]];
    if (frame.below == below && frame.node == node) break;
  }
  return slot;
}

Stack Stacks::push(Stack below, std::uint32_t node, const Distance& to_end) {
  const std::size_t slot = slot_of(below, node);
  if (slots_[slot] != kBottom) return slots_[slot];
  const auto stack = static_cast<Stack>(frames_.size());
  frames_.push_back({below, node, frames_[below].to_end + to_end});
  slots_[slot] = stack;
  if (frames_.size() * 2 > slots_.size()) grow();
  return stack;
}

void Stacks::grow() {
  slots_.assign(slots_.size() * 2, kBottom);
  for (Stack stack = 1; stack < frames_.size(); ++stack)
    slots_[slot_of(frames_[stack].below, frames_[stack].node)] = stack;
}

void Stacks::keep(std::span<Way> ways) {
  std::vector<Stack> places(frames_.size(), kBottom);
  for (const Way& way : ways) {
    for (Stack stack = way.stack; stack != kBottom && places[stack] == kBottom;
         stack = frames_[stack].below)
      places[stack] = 1;  // is used
  }
  std::size_t kept = 1;
  for (Stack stack = 1; stack < frames_.size(); ++stack) {
    if (places[stack] == kBottom) continue;
    Frame frame = frames_[stack];
    frame.below = places[frame.below];  // what is below came first
    places[stack] = static_cast<Stack>(kept);
    frames_[kept++] = frame;
  }
  frames_.resize(kept);
  std::size_t slots = kFirstSlots;
  while (slots < kept * 2)
    slots *= 2;
  slots_.resize(slots / 2);
  grow();
  for (Way& way : ways)
    way.stack = places[way.stack];
}

}  // namespace hearth::constraint
