// The file of a journal, docs/formats/partial-download.md.
//
// Threads: thread-compatible.
// Errors:  those of errno_error.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/fd.h"
#include "base/result.h"
#include "store/pull/disk.h"
#include "store/pull/journal_text.h"

namespace hearth::store {

// Then it is written anew, unless it would be half as long even so.
inline constexpr std::size_t kJournalBytesLong = base::kMiB;

class PartJournal {
 public:
  // What an earlier attempt has left; nothing when there is nothing to be believed.
  static Result<std::optional<JournalContent>> load(const std::string& path);

  // A new one, in place of one that is there.
  static Result<PartJournal> create(std::string path, const JournalContent& content, Disk& disk);
  // The one that `load` has read; what it did not believe is cut off.
  static Result<PartJournal> go_on(std::string path, const JournalContent& content, Disk& disk);

  // To be called when the part's bytes are on the disk.
  Result<void> add(const std::vector<Extent>& extents);

 private:
  PartJournal(std::string path, JournalContent content, Disk& disk)
      : path_(std::move(path)), content_(std::move(content)), disk_(&disk) {}
  Result<void> write_anew();

  std::string path_;
  JournalContent content_;
  Disk* disk_;
  Fd file_;
  std::size_t long_bytes_ = kJournalBytesLong;
};

// With what a killed writer may have left of a new one. False when there was none.
bool remove_journal(const std::string& path);

}  // namespace hearth::store
