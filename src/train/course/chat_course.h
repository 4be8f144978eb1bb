// Teaches to go on with conversations as their answers do: the loss of each token that is to be
// said, whatever the batch.
#pragma once

#include <memory>

#include "train/course/course.h"

namespace hearth::train {

class ChatCourse final : public Course {
 public:
  explicit ChatCourse(MadeLessons lessons) : lessons_(std::move(lessons)) {}

  std::size_t size() const override { return lessons_.file->size(); }
  std::uint64_t tokens() const override { return lessons_.file->tokens(); }
  std::size_t length(std::size_t lesson) const override { return lessons_.file->length(lesson); }
  const LessonCounts& counts() const override { return lessons_.counts; }
  std::uint64_t digest() const override { return lessons_.file->digest(); }

  std::optional<double> learn(const Teaching& teaching, const LessonNumbers& lessons) override;
  std::optional<double> measure(const Teaching& teaching, const Sample& sample) override;

 private:
  MadeLessons lessons_;
  Batch batch_;
};

}  // namespace hearth::train
