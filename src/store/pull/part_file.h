// The bytes of a download that is not finished, each where it belongs in the file.
//
// Threads: write is thread-safe; the rest is for one thread while no other writes.
// Errors:  kResourceExhausted when the disk has no room, with how much is missing and the folder;
//          else those of errno_error. What is written stays.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/fd.h"
#include "base/mutex.h"
#include "base/result.h"
#include "base/units.h"
#include "store/pull/disk.h"

namespace hearth::store {

// What stays free on the disk, whatever is fetched.
inline constexpr std::uint64_t kDiskReserveBytes = 512 * base::kMiB;
// What is told where there is no room.
inline constexpr std::string_view kHowToMakeRoom =
    "make room (`hearth rm` removes models, and `hearth gc` what no model needs)";

struct RoomRule {
  std::uint64_t reserve_bytes = 0;  // of the disk are left to others
  // The room is asked for again whenever so many were written, while the file grows into it.
  std::uint64_t check_bytes = 0;
};

class PartFile {
 public:
  // Finds or creates it.
  static Result<std::unique_ptr<PartFile>> open(const std::string& path, Disk& disk,
                                                const RoomRule& rule);

  // Takes the room of a file of this size, of which some may be taken already.
  Result<void> prepare(std::uint64_t size_bytes);
  // Whether the disk has the room, without taking it.
  Result<void> check_room(std::uint64_t size_bytes);
  Result<void> clear();
  Result<void> cut(std::uint64_t size_bytes);
  Result<void> write(std::uint64_t at, std::string_view bytes);
  // What was written before is safely on the disk after it. From any thread.
  Result<void> sync();
  Result<std::uint64_t> size_bytes() const;
  const Fd& file() const { return file_; }
  const std::string& path() const { return path_; }

 private:
  PartFile(std::string path, Fd file, Disk& disk, const RoomRule& rule)
      : path_(std::move(path)), file_(std::move(file)), disk_(disk), rule_(rule) {}

  // The kernel lets one thread at a time write to a file, and lets the others spin: here they
  // sleep.
  int write_alone(std::uint64_t at, std::string_view bytes);
  Result<std::uint64_t> taken_bytes() const;
  Result<void> check_missing(std::uint64_t missing_bytes);
  Error error_of(int error_number, const char* what, std::uint64_t missing_bytes) const;

  std::string path_;
  Fd file_;
  Disk& disk_;
  const RoomRule rule_;
  base::Mutex writing_;
  std::uint64_t prepared_ = 0;                 // its size when it is whole; 0: nobody knows
  std::atomic<std::uint64_t> until_check_{0};  // bytes that may be written before the next look
};

}  // namespace hearth::store
