// What a download or an import asks of the operating system beside plain files, so that tests can
// say no in its place: a full disk, one that breaks.
//
// Threads: thread-safe.
// Errors:  as numbers of errno; 0 is none.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace hearth::store {

class Disk {
 public:
  virtual ~Disk() = default;

  // Takes the room for so many bytes, and makes the file so long. Where the file system cannot
  // take room beforehand, the file is only made so long.
  virtual int reserve(int fd, std::uint64_t size_bytes);
  // Makes the empty file share the bytes of another one, until either changes. Few file systems
  // can.
  virtual int clone(int fd, int source);
  // All of them.
  virtual int write(int fd, std::string_view bytes, std::uint64_t at);
  // What was written begins its way to the disk, so that the sync at the end takes less long.
  virtual void begin_sync(int fd);
  virtual int sync(int fd);
  // Of this file: a new name, another one, or none any more.
  virtual void sync_name(const std::string& path);
  // What is free for us in the file system of the file.
  virtual Result<std::uint64_t> free_bytes(int fd);
};

Disk& system_disk();

}  // namespace hearth::store
