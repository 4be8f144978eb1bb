// The SHA-256 of a file or a text, and whether a model file is the one that it is said to be.
//
// Threads: thread-safe; reads the disk for as long as the file is large (about 1 s for 1 GB).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/fd.h"
#include "base/result.h"
#include "store/manifest/blob_digest.h"
#include "store/model_file.h"

namespace hearth::store {

// Told before each block is read how much has been; ends it by failing.
using DigestListener = std::function<Result<void>(std::uint64_t done_bytes)>;

// From its beginning, wherever the descriptor stands; in lower-case hexadecimal digits. kCorrupt
// where the disk cannot read all of it; otherwise what the listener fails with.
Result<std::string> sha256_of(const Fd& file, const DigestListener& listener = {});

Result<BlobDigest> digest_of_text(std::string_view text);

// kCorrupt where the file is not what it has to be. Nothing is read where nothing is said.
Result<void> check_digest(const ModelFile& model, const Fd& file);

}  // namespace hearth::store
