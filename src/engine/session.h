// The runner's end of the wire: says hello, loads one model, and passes requests to the engine
// and its events back, until the daemon says so or is gone.
//
// Threads: serve() reads on the calling thread and never waits for compute, save while loading;
//          whoever has something to say writes: the engine's threads and this one.
#pragma once

#include <string>
#include <vector>

#include "base/fd.h"

namespace hearth::engine {

struct SessionOptions {
  std::string sandbox;                   // what holds this process, for the daemon's log
  Fd memory_file;                        // /proc/self/statm, opened before the sandbox closed
  std::string cache_folder;              // the only one it may write; empty is none
  std::vector<std::string> model_parts;  // all files of a divided model, by their paths
};

// The exit status of the process.
int serve(Fd socket, SessionOptions options);

}  // namespace hearth::engine
