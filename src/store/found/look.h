// A look through folders of others, which may be large, slow, or made to do harm: what lies in
// them, within a bound. Links and what is neither file nor folder are told apart and never
// followed or opened here.
//
// Threads: thread-compatible.
// Limits:  LookLimits; what is beyond them is not seen.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace hearth::store {

struct LookLimits {
  std::size_t entries = 50'000;         // of all folders together
  std::size_t folder_entries = 10'000;  // of one folder
  base::Duration time = std::chrono::milliseconds(300);
};

struct FolderEntry {
  enum class Kind : std::uint8_t { kFile, kFolder, kLink };
  std::string name;
  Kind kind = Kind::kFile;
};

class Look {
 public:
  explicit Look(const LookLimits& limits = {}, const base::Clock& clock = base::system_clock())
      : folder_entries_max_(limits.folder_entries),
        entries_left_(limits.entries),
        clock_(clock),
        until_(clock.now() + limits.time) {}

  // In the order of their names, without hidden ones and names that are no UTF-8. Nothing for a
  // folder that is not there or may not be read.
  std::vector<FolderEntry> entries(const std::string& folder);
  // The folder in it that has this name, rather in the same case of letters than in another.
  std::optional<std::string> subfolder(const std::string& folder, std::string_view name);
  bool is_over() const { return entries_left_ == 0 || clock_.now() >= until_; }

 private:
  const std::size_t folder_entries_max_;
  std::size_t entries_left_;
  const base::Clock& clock_;
  const base::TimePoint until_;
};

}  // namespace hearth::store
