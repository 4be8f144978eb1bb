// Teaches to tell texts apart by their vectors: each pair's document among all documents and
// near-misses of the batch, so that a batch is learned in one piece, and a larger one is harder.
#pragma once

#include <memory>

#include "train/course/course.h"
#include "train/lesson/pair_set.h"

namespace hearth::train {

class PairCourse final : public Course {
 public:
  PairCourse(std::unique_ptr<PairSet> pairs, float temperature)
      : pairs_(std::move(pairs)), temperature_(temperature) {}

  std::size_t size() const override { return pairs_->size(); }
  std::uint64_t tokens() const override { return pairs_->tokens(); }
  std::size_t length(std::size_t lesson) const override { return pairs_->length(lesson); }
  const LessonCounts& counts() const override { return pairs_->counts(); }
  std::uint64_t digest() const override { return pairs_->digest(); }

  std::optional<double> learn(const Teaching& teaching, const LessonNumbers& lessons) override;
  std::optional<double> measure(const Teaching& teaching, const Sample& sample) override;

 private:
  std::unique_ptr<PairSet> pairs_;
  float temperature_;
  PairBatch batch_;
};

}  // namespace hearth::train
