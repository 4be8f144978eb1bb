// Ctrl-C as a descriptor: while one of these lives, SIGINT and SIGTERM do not end the program but
// make fd() readable, so whoever waits for something else can wait for them too.
//
// Threads: confined to the main thread; the mask is that thread's.
#pragma once

#include <csignal>

#include "base/fd.h"

namespace hearth::cli {

class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  int fd() const { return signals_.get(); }
  // The signal that came, or 0; fd() is then quiet until the next one.
  int take();

 private:
  Fd signals_;
  sigset_t before_;
};

}  // namespace hearth::cli
