// One download from what an earlier attempt left, or from nothing, to a part that is whole and
// hashed; or to the news that the server has another file by now.
//
// Ownership: the request and the means have to live longer.
// Threads:   confined to the caller's, and has threads of its own while it runs.
// Errors:    those of download_blob but the digest's. What can be gone on with is left on the
//            disk, anything else is removed.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/cancellation.h"
#include "base/clock.h"
#include "base/result.h"
#include "store/pull/blob_download.h"
#include "store/pull/fetch_means.h"
#include "store/pull/journal_keeper.h"
#include "store/pull/part_file.h"
#include "store/pull/part_paths.h"
#include "store/pull/prefix_hash.h"
#include "store/pull/transfer.h"

namespace hearth::store {

// Whether what an earlier attempt left belongs to the file that is wanted now, and can be gone on
// with.
bool is_usable(const JournalContent& left, const OfferedFile& wanted, std::uint64_t part_bytes);

class DownloadSession {
 public:
  using Validators = Transfer::Beginning::Validators;

  struct Outcome {
    Transfer::State state = Transfer::State::kArrived;  // or kChanged
    std::string sha256;
    std::uint64_t size_bytes = 0;
  };

  DownloadSession(const BlobRequest& request, const FetchMeans& means, const PartPaths& paths);
  ~DownloadSession();
  DownloadSession(const DownloadSession&) = delete;
  DownloadSession& operator=(const DownloadSession&) = delete;

  // Once.
  Result<Outcome> run(Validators validators, const base::CancelToken& cancel);
  PartFile& part() { return *part_; }
  // Part and journal, when they are of no use any more.
  void remove();

 private:
  Result<Transfer::Beginning> find_left();
  Result<void> open(const PartIdentity& identity, Errand::Kind kind);
  Result<void> start_threads();
  Result<Outcome> watch(const base::CancelToken& cancel);
  void tell(const Transfer::View& view, base::TimePoint now);
  void end();

  const BlobRequest& request_;
  const FetchMeans& means_;
  const PartPaths& paths_;
  std::unique_ptr<PartFile> part_;
  std::unique_ptr<JournalKeeper> keeper_;
  std::unique_ptr<PrefixHash> hash_;
  std::unique_ptr<Transfer> transfer_;
  std::vector<std::thread> threads_;
  base::TimePoint told_{};
};

}  // namespace hearth::store
