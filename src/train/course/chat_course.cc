#include "train/course/chat_course.h"

#include <algorithm>

namespace hearth::train {

// More than there is room for is learned one part after the other.
std::optional<double> ChatCourse::learn(const Teaching& teaching, const LessonNumbers& lessons) {
  Network& network = teaching.network;
  std::size_t targets = 0;
  for (const std::uint32_t lesson : lessons) {
    batch_.clear();
    lessons_.file->append(lesson, batch_);
    targets += batch_.target_count();
  }
  const float weight = 1.0F / static_cast<float>(targets);
  double loss = 0;
  batch_.clear();
  for (std::size_t i = 0; i < lessons.size(); ++i) {
    lessons_.file->append(lessons[i], batch_);
    const bool last = i + 1 == lessons.size();
    const std::size_t more = last ? 0 : length(lessons[i + 1]);
    if (!last && batch_.tokens.size() + more <= teaching.tokens_at_once) continue;
    if (teaching.stop) {
      std::fill_n(network.gradient(), network.layout().size(), 0.0F);
      return std::nullopt;
    }
    loss += network.learn(batch_, weight);
    batch_.clear();
  }
  return loss / static_cast<double>(targets);
}

std::optional<double> ChatCourse::measure(const Teaching& teaching, const Sample& sample) {
  double loss = 0;
  std::size_t targets = 0;
  std::size_t read = 0;
  batch_.clear();
  const auto measure_batch = [&] {
    targets += batch_.target_count();
    read += batch_.tokens.size();
    loss += teaching.network.measure(batch_);
    batch_.clear();
  };
  const std::size_t at_once = std::min(sample.batch_tokens, teaching.tokens_at_once);
  for (const std::uint32_t lesson : sample.lessons) {
    if (!batch_.tokens.empty() && batch_.tokens.size() + length(lesson) > at_once) measure_batch();
    if (teaching.stop) return std::nullopt;
    if (read >= sample.tokens_most) break;
    lessons_.file->append(lesson, batch_);
  }
  if (!batch_.tokens.empty()) measure_batch();
  return loss / static_cast<double>(targets);
}

}  // namespace hearth::train
