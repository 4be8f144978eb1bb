// What a training teaches: its lessons, how long each of them is, and what it takes to learn some
// of them at once. The trainer decides which, when, and what to do with the gradient.
//
// Threads:    confined to the caller; the network lends its crew.
// Invariants: the same lessons give the same gradient, whatever the number of threads.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <vector>

#include "train/lesson/lesson_maker.h"
#include "train/network/network.h"

namespace hearth::train {

// What a course is taught with. Borrows everything.
struct Teaching {
  Network& network;
  std::size_t tokens_at_once;  // that there is room and patience for
  const std::atomic<bool>& stop;
};

using LessonNumbers = std::vector<std::uint32_t>;

class Course {
 public:
  virtual ~Course() = default;

  virtual std::size_t size() const = 0;  // lessons
  virtual std::uint64_t tokens() const = 0;
  virtual std::size_t length(std::size_t lesson) const = 0;  // tokens
  virtual const LessonCounts& counts() const = 0;
  // Of everything that its lessons are made of.
  virtual std::uint64_t digest() const = 0;

  // The mean loss of these lessons; its gradient is added to that of the network. Nothing when it
  // was stopped in the middle; the gradient is zero then.
  virtual std::optional<double> learn(const Teaching& teaching, const LessonNumbers& lessons) = 0;
  // The mean loss, of batches as large as those that are learned. Nothing when it was stopped.
  struct Sample {
    const LessonNumbers& lessons;
    std::size_t batch_tokens = 0;
    std::size_t tokens_most = 0;  // of all batches together; the rest is left out
  };
  virtual std::optional<double> measure(const Teaching& teaching, const Sample& sample) = 0;
};

}  // namespace hearth::train
