// One call of a tool in this process: asked about at the terminal, and run so that Ctrl-C ends it.
//
// Threads: confined to the main thread; a call runs on one of its own meanwhile.
// Errors:  kCancelled when nobody answers.
#pragma once

#include <string>

#include "base/result.h"
#include "cli/console.h"
#include "cli/interrupt.h"
#include "tool/builtin/builtin.h"
#include "tool/outcome.h"
#include "tool/toolbox.h"

namespace hearth::cli {

// What was typed before the question is no answer to it, and is thrown away.
Result<std::string> ask_person(Console& console, Interrupt& interrupt, const std::string& question);
// The same for a tool that asks. Borrows both.
tool::Asking asking(Console& console, Interrupt& interrupt);

// What interrupts it stays to be taken.
tool::Outcome run_call(const tool::Toolbox& toolbox, const tool::Call& call,
                       const Interrupt& interrupt);

}  // namespace hearth::cli
