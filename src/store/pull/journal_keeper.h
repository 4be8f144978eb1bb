// Sees to it that what has arrived gets safely to the disk and into the journal: a thread of its
// own, since a disk takes its time.
//
// Ownership: the file and the disk have to live longer.
// Threads:   thread-safe; run is the thread.
#pragma once

#include <optional>
#include <string>

#include "base/mutex.h"
#include "base/result.h"
#include "store/pull/fetch_means.h"
#include "store/pull/part_file.h"
#include "store/pull/part_journal.h"
#include "store/pull/transfer.h"

namespace hearth::store {

class JournalKeeper {
 public:
  JournalKeeper(std::string path, PartFile& file, const FetchMeans& means)
      : path_(std::move(path)), file_(file), disk_(means.disk), pace_(means.pace) {}

  // From now on; `content` is what it says already.
  void keep(PartJournal journal, const JournalContent& content);
  // No journal any more, on the disk neither.
  void forget();
  bool keeps() const;
  // Whether the journal names any bytes.
  bool knows_any() const;

  // Until the transfer has ended, and what had arrived then is safe. Ends it when that fails.
  void run(Transfer& transfer);

 private:
  Result<void> save(const Transfer& transfer);

  const std::string path_;
  PartFile& file_;
  Disk& disk_;
  const FetchPace pace_;
  mutable base::Mutex mutex_;
  std::optional<PartJournal> journal_ GUARDED_BY(mutex_);
  ExtentSet kept_ GUARDED_BY(mutex_);
};

}  // namespace hearth::store
