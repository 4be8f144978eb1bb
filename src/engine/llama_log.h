// llama.cpp's own log, brought into ours.
//
// Threads: thread-safe; the log of a process is one for all of llama.cpp.
#pragma once

#include <string>

namespace hearth::engine {

void forward_llama_log();

// The last error line of this process's llama.cpp; empty when there was none.
std::string last_llama_error();

// A step that is aborted on purpose is no failure: what llama.cpp calls errors between these two
// goes to the debug log.
void expect_abort();
void expect_no_abort();

}  // namespace hearth::engine
