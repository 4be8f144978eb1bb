// The text that a vocabulary is learned from: JSONL files, read as the model will see them. With a
// chat template a line is a chat, written by the template and cut where its special tokens stand;
// without one, every text in a line counts for itself.
//
// Threads: thread-compatible.
// Errors:  kNotFound for a file that cannot be read; kInvalidArgument with the file and the number
//          of the line for one that is not what it should be.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>

#include "base/result.h"
#include "dialogue/chat_template.h"
#include "train/vocabulary/word_counts.h"

namespace hearth::train {

class SeedTexts {
 public:
  static constexpr std::uint64_t kAllLines = std::numeric_limits<std::uint64_t>::max();

  // No template when empty.
  static Result<SeedTexts> create(const std::string& chat_template);

  // At most so many lines of it, spread evenly: writing one by a template takes 2 ms.
  Result<void> add_file(const std::string& path, std::uint64_t lines_max);
  Result<void> add_line(std::string_view line);

  const WordCounts& words() const { return words_; }
  std::uint64_t lines() const { return lines_; }

 private:
  SeedTexts() = default;
  Result<void> add_chat(std::string_view line);
  void add_cut(std::string_view text);

  std::unique_ptr<dialogue::ChatTemplate> template_;
  WordCounts words_;
  std::uint64_t lines_ = 0;
};

}  // namespace hearth::train
