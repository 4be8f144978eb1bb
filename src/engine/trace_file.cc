#include "engine/trace_file.h"

#include <cerrno>
#include <cstdio>
#include <utility>

#include <fcntl.h>

#include "base/log.h"

namespace hearth::engine {

namespace {

constexpr mode_t kMode = 0600;

}  // namespace

Result<std::unique_ptr<TraceFile>> TraceFile::create(std::string path, const CostModel& known,
                                                     std::size_t limit_bytes) {
  std::unique_ptr<TraceFile> file(new TraceFile(std::move(path), limit_bytes));
  HEARTH_TRY(file->begin(known));
  return file;
}

Result<void> TraceFile::begin(const CostModel& known) {
  const std::string old = path_ + ".old";
  if (std::rename(path_.c_str(), old.c_str()) != 0 && errno != ENOENT) {
    return fail(base::errno_error(errno, "cannot rename '" + path_ + "'", path_));
  }
  file_.reset(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kMode));
  if (!file_) return fail(base::errno_error(errno, "cannot create '" + path_ + "'", path_));
  bytes_ = 0;
  return write(write_trace_start(known));
}

Result<void> TraceFile::write(const std::string& text) {
  bytes_ += text.size();
  return base::write_all(file_.get(), text);
}

void TraceFile::add(const TracedStep& step, const CostModel& known) {
  if (!file_) return;
  auto written = write(write_traced_step(step));
  if (written && bytes_ >= limit_bytes_) written = begin(known);
  if (written) return;
  log::warning("the scheduler is traced no further", {{"error", written.error().to_string()}});
  file_.reset();
}

}  // namespace hearth::engine
