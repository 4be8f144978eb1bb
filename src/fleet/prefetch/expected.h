// Models that somebody says come next, in their order: the first is read ahead, and loaded when
// there is room that nobody else needs. It reads and loads nothing itself.
//
// Threads:    confined to whoever owns it.
// Invariants: only the first is read ahead: what was read last would push out what is needed first.
// Limits:     kExpectedMax; more are not remembered.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "fleet/residency/residency.h"
#include "store/model_file.h"

namespace hearth::fleet {

inline constexpr std::size_t kExpectedMax = 16;

// What may be read ahead beside what models have mapped: half of what would be left, for reading
// more would push out what is in use.
std::uint64_t read_ahead_bytes(std::uint64_t available_bytes, std::uint64_t mapped_bytes);

struct ExpectedModel {
  store::ModelFile model;
  ModelKey key;
  std::optional<Claim> claim = {};  // once its file was looked at
  std::uint64_t read_bytes = 0;
  bool reading = false;
};

class ExpectedModels {
 public:
  // In place of those that were expected.
  void expect(std::vector<ExpectedModel> models);
  // It was asked for: it comes no more, and neither do those before it. False when nobody expected
  // it.
  bool came(const ModelKey& key);
  // Whose turn it is to be read; it counts as begun. Nothing when one is being read, or was.
  std::optional<ExpectedModel> next_to_read();
  // It was read, so far as that went; with the claim of a model that can be loaded. False when it
  // is expected no more.
  bool was_read(const ModelKey& key, std::uint64_t bytes, std::optional<Claim> claim);
  // The first, when it was read.
  std::optional<ExpectedModel> ready() const;
  bool empty() const { return models_.empty(); }
  const std::deque<ExpectedModel>& models() const { return models_; }

 private:
  std::deque<ExpectedModel> models_;
};

}  // namespace hearth::fleet
