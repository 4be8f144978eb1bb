#include "train/lesson/lesson_order.h"

#include <utility>

namespace hearth::train {

// splitmix64
std::uint64_t mixed(std::uint64_t seed, std::uint64_t number) {
  std::uint64_t z = seed + (number + 1) * 0x9e3779b97f4a7c15U;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

LessonOrder::LessonOrder(std::vector<std::uint32_t> lessons, std::uint64_t seed)
    : lessons_(std::move(lessons)), seed_(seed) {
  shuffle(0);
}

std::uint32_t LessonOrder::at(const LessonPosition& position) {
  if (position.round != shuffled_round_) shuffle(position.round);
  return shuffled_[position.index];
}

LessonPosition LessonOrder::after(LessonPosition position) const {
  if (++position.index < lessons_.size()) return position;
  return {position.round + 1, 0};
}

void LessonOrder::shuffle(std::uint64_t round) {
  shuffled_ = lessons_;
  shuffled_round_ = round;
  const std::uint64_t round_seed = mixed(seed_, round);
  for (std::size_t i = shuffled_.size() - 1; i > 0; --i)
    std::swap(shuffled_[i], shuffled_[mixed(round_seed, i) % (i + 1)]);
}

}  // namespace hearth::train
