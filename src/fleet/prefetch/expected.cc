#include "fleet/prefetch/expected.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace hearth::fleet {

std::uint64_t read_ahead_bytes(std::uint64_t available_bytes, std::uint64_t mapped_bytes) {
  return (available_bytes - std::min(available_bytes, mapped_bytes)) / 2;
}

void ExpectedModels::expect(std::vector<ExpectedModel> models) {
  if (models.size() > kExpectedMax) models.resize(kExpectedMax);
  models_.assign(std::make_move_iterator(models.begin()), std::make_move_iterator(models.end()));
}

bool ExpectedModels::came(const ModelKey& key) {
  const auto found = std::find_if(models_.begin(), models_.end(),
                                  [&](const ExpectedModel& one) { return one.key == key; });
  if (found == models_.end()) return false;
  models_.erase(models_.begin(), found + 1);
  return true;
}

std::optional<ExpectedModel> ExpectedModels::next_to_read() {
  if (models_.empty() || models_.front().reading || models_.front().claim) return std::nullopt;
  models_.front().reading = true;
  return models_.front();
}

bool ExpectedModels::was_read(const ModelKey& key, std::uint64_t bytes,
                              std::optional<Claim> claim) {
  if (models_.empty() || models_.front().key != key) return false;
  ExpectedModel& model = models_.front();
  model.reading = false;
  model.read_bytes = bytes;
  model.claim = std::move(claim);
  if (!model.claim) models_.pop_front();  // it cannot be loaded; whoever asks for it hears why
  return true;
}

std::optional<ExpectedModel> ExpectedModels::ready() const {
  if (models_.empty() || !models_.front().claim) return std::nullopt;
  return models_.front();
}

}  // namespace hearth::fleet
