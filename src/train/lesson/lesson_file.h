// The lessons of a training job in a file, so that conversations are turned into tokens once: a
// token and whether it is to be learned in 16 or 32 bits, lesson after lesson. The format:
// docs/formats/training.md.
//
// Threads: a LessonFile is immutable; a LessonFileWriter is thread-compatible.
// Errors:  kNotFound for a file that is not there or is of another digest; kCorrupt.
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/replacement.h"
#include "base/result.h"
#include "train/lesson/lesson.h"
#include "train/network/batch.h"

namespace hearth::train {

class LessonFile {
 public:
  static Result<std::unique_ptr<LessonFile>> open(const std::string& path, std::uint64_t digest);
  ~LessonFile();
  LessonFile(const LessonFile&) = delete;
  LessonFile& operator=(const LessonFile&) = delete;

  std::uint64_t digest() const { return digest_; }
  std::size_t size() const { return begins_.size() - 1; }
  std::uint64_t tokens() const { return begins_.back(); }
  std::size_t length(std::size_t lesson) const {
    return static_cast<std::size_t>(begins_[lesson + 1] - begins_[lesson]);
  }
  Lesson lesson(std::size_t index) const;
  // As one more segment of a batch: each token's target is the next one, where that is wanted.
  void append(std::size_t lesson, Batch& batch) const;

 private:
  LessonFile() = default;
  std::uint32_t cell(std::uint64_t index) const;

  const std::uint8_t* mapped_ = nullptr;
  std::size_t mapped_bytes_ = 0;
  std::uint64_t digest_ = 0;
  std::uint32_t cell_bytes_ = 2;
  std::vector<std::uint64_t> begins_;
};

class LessonFileWriter {
 public:
  // The file appears with finish(), whole or not at all.
  static Result<std::unique_ptr<LessonFileWriter>> create(const std::string& path,
                                                          std::uint64_t digest,
                                                          std::uint32_t vocabulary);
  void add(const Lesson& lesson);
  Result<void> finish();

 private:
  struct Closed {
    void operator()(std::FILE* file) const { (void)std::fclose(file); }
  };

  explicit LessonFileWriter(base::Replacement replacement) : replacement_(std::move(replacement)) {}
  void write(const void* data, std::size_t bytes);

  base::Replacement replacement_;
  std::unique_ptr<std::FILE, Closed> file_;  // writes into it by name
  std::uint64_t digest_ = 0;
  std::uint32_t cell_bytes_ = 2;
  std::vector<std::uint32_t> lengths_;
  std::uint64_t tokens_ = 0;
  bool failed_ = false;
};

}  // namespace hearth::train
