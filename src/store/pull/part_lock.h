// The right to work on one partial download, held by one thread of one process at a time. Its file
// goes with it.
//
// Ownership: held as long as the object lives.
// Threads:   thread-compatible.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "base/file_lock.h"
#include "base/result.h"

namespace hearth::store {

class PartLock {
 public:
  // Nothing when somebody else holds it.
  static Result<std::optional<PartLock>> try_take(const std::string& path);
  PartLock(PartLock&& other) noexcept
      : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, std::nullopt)) {}
  PartLock& operator=(PartLock&&) = delete;
  ~PartLock();

 private:
  PartLock(std::string path, base::FileLock lock)
      : path_(std::move(path)), lock_(std::move(lock)) {}

  std::string path_;
  std::optional<base::FileLock> lock_;
};

}  // namespace hearth::store
