#include "train/course/pair_course.h"

namespace hearth::train {

std::optional<double> PairCourse::learn(const Teaching& teaching, const LessonNumbers& lessons) {
  if (teaching.stop) return std::nullopt;
  batch_.clear();
  for (const std::uint32_t lesson : lessons)
    pairs_->append(lesson, batch_);
  return teaching.network.learn_pairs(batch_, temperature_);
}

std::optional<double> PairCourse::measure(const Teaching& teaching, const Sample& sample) {
  double loss = 0;
  std::size_t pairs = 0;
  std::size_t read = 0;
  batch_.clear();
  const auto measure_batch = [&] {
    const auto count = static_cast<double>(batch_.pairs.size());
    pairs += batch_.pairs.size();
    read += batch_.texts.tokens.size();
    loss += count * teaching.network.measure(batch_, temperature_);
    batch_.clear();
  };
  for (const std::uint32_t lesson : sample.lessons) {
    const std::size_t more = batch_.texts.tokens.size() + length(lesson);
    if (!batch_.pairs.empty() && more > sample.batch_tokens) measure_batch();
    if (teaching.stop) return std::nullopt;
    if (read >= sample.tokens_most) break;
    pairs_->append(lesson, batch_);
  }
  if (!batch_.pairs.empty()) measure_batch();
  return loss / static_cast<double>(pairs);
}

}  // namespace hearth::train
