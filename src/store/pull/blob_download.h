// One file of an offer becomes a blob of the store: fetched in ranges beside each other, hashed
// while it is written, and given its name when it is what was promised.
//
// It is written to "blobs/partial/KEY.part" beside a journal of what is safely on the disk
// ("KEY.journal", docs/formats/partial-download.md), so that after any interruption, kill -9 and
// power cut included, only what the journal does not name is fetched again. Whoever holds the
// part's lock downloads; another process, or another thread, that wants the same waits for it and
// finds the blob. A server that has another file by now (ETag, size) makes it begin anew, once;
// then a promised digest alone decides. A server without ranges is read in one go.
//
// Threads: thread-safe; blocks its caller, and has threads of its own while it runs.
// Errors:  kCorrupt when digest or size are not what was promised, naming both; after a wrong
//          digest the part is removed, after a wrong size it is kept, since some network on the
//          way may have answered. kResourceExhausted when the disk has no room, before the first
//          byte where the size is known, and says how much is missing; or when the server wants
//          us to wait for longer than the retries do. Else those of the web, after the retries.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/cancellation.h"
#include "base/result.h"
#include "net/web/web.h"
#include "store/manifest/blob_digest.h"
#include "store/source/offer.h"

namespace hearth::store {

struct BlobProgress {
  enum class Step : std::uint8_t {
    kWaiting,  // for another process that fetches the same
    kDownloading,
    kChecking,  // all has arrived; `done_bytes` of it are hashed
    kRetrying,  // after `problem`, in `retry_in_ms`
  };
  Step step = Step::kDownloading;
  std::uint64_t done_bytes = 0;
  std::uint64_t size_bytes = 0;  // 0: not known yet
  std::string problem;
  std::int64_t retry_in_ms = 0;
};
// Is called from one thread at a time, some ten times a second.
using BlobProgressHandler = std::function<void(const BlobProgress&)>;

struct DownloadOptions {
  unsigned connections = 8;
  std::uint64_t range_bytes = 32 * 1024 * 1024;
  unsigned attempts = 6;              // of one range in a row, without a byte of progress
  std::int64_t first_pause_ms = 500;  // before the second; doubles, with chance, up to 30 s
};

struct BlobRequest {
  std::string store_folder;
  OfferedFile file;
  std::string authorization;  // for the origin of the file's URL
  DownloadOptions options;
  BlobProgressHandler progress;  // or none
};

struct Blob {
  BlobDigest digest;
  std::uint64_t size_bytes = 0;
};

// Finds the blob there already, or fetches it. The digest that is offered is held against the
// bytes; without one, what arrives names the blob.
Result<Blob> download_blob(const BlobRequest& request, net::Web& web,
                           const base::CancelToken& cancel);

}  // namespace hearth::store
