// One run of a training from its preparation to what the user is told at its end.
//
// Threads: confined to the main thread.
#pragma once

#include "base/result.h"
#include "cli/console.h"
#include "cli/finetune/preparation.h"
#include "cli/finetune/progress_display.h"
#include "cli/finetune/wishes.h"

namespace hearth::cli::finetune {

// The exit code: done; partial when a leg is over; cancelled when the user has stopped it.
Result<int> train(const Wishes& wishes, const Preparation& preparation, Console& console);

}  // namespace hearth::cli::finetune
