// In which order lessons are learned: each once in every round, in an order that is another one in
// every round and follows from the seed alone. A place in it is two numbers.
//
// Threads: thread-compatible.
#pragma once

#include <cstdint>
#include <vector>

namespace hearth::train {

struct LessonPosition {
  std::uint64_t round = 0;
  std::uint64_t index = 0;
  bool operator==(const LessonPosition&) const = default;
};

class LessonOrder {
 public:
  // REQUIRES: at least one lesson.
  LessonOrder(std::vector<std::uint32_t> lessons, std::uint64_t seed);

  std::uint32_t at(const LessonPosition& position);
  LessonPosition after(LessonPosition position) const;
  std::size_t size() const { return lessons_.size(); }

 private:
  void shuffle(std::uint64_t round);

  std::vector<std::uint32_t> lessons_;
  std::uint64_t seed_;
  std::vector<std::uint32_t> shuffled_;
  std::uint64_t shuffled_round_ = 0;
};

// A number that seems random and follows from these two.
std::uint64_t mixed(std::uint64_t seed, std::uint64_t number);

}  // namespace hearth::train
