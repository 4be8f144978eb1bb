#include "store/pull/part_journal.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <unistd.h>

namespace hearth::store {

namespace {

constexpr unsigned kMode = 0600;
constexpr const char* kUnfinished = ".new";

Error error_of(int error_number, const std::string& path) {
  return base::errno_error(error_number, "cannot write '" + path + "'", path);
}

Result<Fd> open_at(const std::string& path, int flags) {
  Fd file(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW | flags, kMode));
  if (!file) return fail(error_of(errno, path));
  return file;
}

}  // namespace

Result<std::optional<JournalContent>> PartJournal::load(const std::string& path) {
  const auto text = base::load_text_file(path, kJournalBytesMax);
  if (text) return read_journal(*text);
  // One that is too long is of nobody's making, as is one that is no file.
  const Code code = text.error().code;
  if (code == Code::kNotFound || code == Code::kResourceExhausted || code == Code::kInvalidArgument)
    return std::optional<JournalContent>();
  return fail(text.error());
}

Result<PartJournal> PartJournal::create(std::string path, const JournalContent& content,
                                        Disk& disk) {
  PartJournal journal(std::move(path), content, disk);
  HEARTH_TRY(journal.write_anew());
  return journal;
}

Result<PartJournal> PartJournal::go_on(std::string path, const JournalContent& content,
                                       Disk& disk) {
  PartJournal journal(std::move(path), content, disk);
  journal.file_ = HEARTH_TRY(open_at(journal.path_, O_APPEND));
  if (::ftruncate(journal.file_.get(), static_cast<off_t>(content.sound_bytes)) != 0)
    return fail(error_of(errno, journal.path_));
  return journal;
}

// Under another name that then replaces it; the name is always the same, so that none is left.
Result<void> PartJournal::write_anew() {
  std::string text = journal_header(content_.identity);
  for (const Extent& extent : content_.there.extents())
    text += journal_record(extent);
  const std::string unfinished = path_ + kUnfinished;
  Fd file = HEARTH_TRY(open_at(unfinished, O_CREAT | O_TRUNC | O_APPEND));
  HEARTH_TRY(base::write_all(file.get(), text));
  if (const int error = disk_->sync(file.get())) return fail(error_of(error, unfinished));
  if (::rename(unfinished.c_str(), path_.c_str()) != 0) return fail(error_of(errno, path_));
  disk_->sync_name(path_);
  file_ = std::move(file);
  content_.sound_bytes = text.size();
  long_bytes_ = std::max(kJournalBytesLong, 2 * text.size());
  return {};
}

Result<void> PartJournal::add(const std::vector<Extent>& extents) {
  std::string text;
  for (const Extent& extent : extents) {
    content_.there.add(extent);
    text += journal_record(extent);
  }
  if (content_.sound_bytes + text.size() > long_bytes_) return write_anew();
  HEARTH_TRY(base::write_all(file_.get(), text));
  content_.sound_bytes += text.size();
  if (const int error = disk_->sync(file_.get())) return fail(error_of(error, path_));
  return {};
}

bool remove_journal(const std::string& path) {
  ::unlink((path + kUnfinished).c_str());
  return ::unlink(path.c_str()) == 0;
}

}  // namespace hearth::store
