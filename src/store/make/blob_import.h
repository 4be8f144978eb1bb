// A file of this machine becomes a blob of the store: copied, hashed while it is, looked into, and
// given its name when it is on the disk as a whole.
//
// Where the file system can share the bytes of two files, nothing is copied and the clone is
// hashed. Else each block is read once, hashed and written: what is hashed is what is
// written. A hard link is never made: whoever owns the file could change it under its digest.
//
// It is made as "blobs/partial/import-….part". A crash leaves no more than that, and collect_blobs
// removes it. REQUIRES: the caller has hold_blobs().
//
// Threads: thread-safe; blocks its caller.
// Errors:  kResourceExhausted when the disk has no room, before the first byte and while it is
//          copied; kUnavailable when the file changes meanwhile; kCorrupt and kInvalidArgument for
//          what is no GGUF, or not the expected one; kCancelled.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/cancellation.h"
#include "base/result.h"
#include "store/pull/blob_download.h"
#include "store/pull/disk.h"
#include "store/pull/part_file.h"

namespace hearth::store {

struct BlobImport {
  std::string store_folder;
  std::string path;
  std::optional<BlobDigest> expected;
  RoomRule room{kDiskReserveBytes, 64 * base::kMiB};
  std::function<void(std::uint64_t done_bytes)> progress = {};  // of every block
};

Result<Blob> import_blob(const BlobImport& import, Disk& disk, const base::CancelToken& cancel);

}  // namespace hearth::store
