// A file that one process at a time may hold: it is what makes one daemon per home. The kernel
// lets go of it when the process ends, however it ends, so there are no stale locks. The holder
// writes its process id into it, for messages only. Several may share one instead, which keeps out
// whoever wants it alone.
//
// Ownership: the lock is held as long as the object lives.
// Threads:   thread-compatible.
#pragma once

#include <string>

#include "base/fd.h"
#include "base/result.h"

namespace hearth::base {

class FileLock {
 public:
  // kAlreadyExists, with the holder's process id, when somebody else holds it.
  static Result<FileLock> try_acquire(const std::string& path);
  // Of a file that is there and stays as it is, whatever it is. kNotFound when it is not.
  static Result<FileLock> try_existing(const std::string& path);
  // Waits as long as it takes.
  static Result<FileLock> acquire(const std::string& path);
  // Beside others that share it; waits as long as somebody has it alone.
  static Result<FileLock> share(const std::string& path);

  // Whether the path leads to the file that is locked. Where holders remove their lock's file, to
  // be asked when the lock has been acquired.
  bool is_of(const std::string& path) const;

 private:
  explicit FileLock(Fd file) : file_(std::move(file)) {}
  Fd file_;
};

}  // namespace hearth::base
