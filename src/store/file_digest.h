// The digest of an open file, read from its beginning.
//
// Threads: thread-safe; blocks its caller, and reads about 1 GB a second.
// Errors:  kCorrupt where the disk cannot read all of it; whatever the listener fails with.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/fd.h"
#include "base/result.h"

namespace hearth::store {

// Told of each block before it is read, with what has been read so far; ends it by failing.
using DigestListener = std::function<Result<void>(std::uint64_t done_bytes)>;

// In lower-case hexadecimal digits.
Result<std::string> file_digest(const Fd& file, const DigestListener& listener);

}  // namespace hearth::store
