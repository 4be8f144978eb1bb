// Everything that a training needs before its first step, found, checked and written down; what
// cannot be is told here, and not after minutes of work.
//
// Ownership: while it lives, nobody else trains under this name.
// Errors:    say what is wrong and what to do.
// Threads:   confined to the main thread.
#pragma once

#include <cstdint>
#include <string>

#include "base/file_lock.h"
#include "base/result.h"
#include "cli/command.h"
#include "cli/finetune/base_model.h"
#include "cli/finetune/beginning.h"
#include "cli/finetune/job.h"
#include "cli/finetune/needs.h"
#include "cli/finetune/wishes.h"

namespace hearth::cli::finetune {

struct Preparation {
  std::string runner;
  BaseModel base;
  Material material;
  WorkFolder work;
  std::string target;  // where the model goes at the end
  Beginning beginning;
  Needs needs;
  bool goes_on = false;
  base::FileLock lock;
};

// The job lies in the work folder then.
Result<Preparation> prepare(const Wishes& wishes, const Context& context);
// The result stands where it was to go: from now on this training may replace it.
Result<void> note_placed(const Preparation& preparation);

}  // namespace hearth::cli::finetune
