// Makes the file of lessons of a job from its files of conversations, or takes the one that was
// made before from the same conversations for the same tokenizer and template.
//
// Threads: confined to the caller; it writes lessons on the crew.
// Errors:  kInvalidArgument with the file and the line for a conversation that cannot be read.
// Limits:  those of DataFile.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/crew.h"
#include "engine/model.h"
#include "train/lesson/lesson_file.h"

namespace hearth::train {

struct LessonSource {
  std::vector<std::string> data;  // files of conversations, one a line
  std::string path;               // of the file of lessons
  std::uint32_t context = 0;      // what is longer is cut off
};

struct LessonCounts {
  std::uint64_t conversations = 0;
  std::uint64_t cut = 0;    // lessons that were too long
  std::uint64_t empty = 0;  // of those, what had nothing to learn any more
  bool taken_over = false;  // the lessons were there
};

struct MadeLessons {
  std::unique_ptr<LessonFile> file;
  LessonCounts counts;
};

// Hears how many conversations are done, some times a second; false ends it with kCancelled.
using LessonProgress = std::function<bool(std::uint64_t)>;
Result<MadeLessons> make_lessons(const LessonSource& source, const engine::Model& model,
                                 engine::Crew& crew, const LessonProgress& progress);

}  // namespace hearth::train
