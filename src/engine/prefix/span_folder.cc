#include "engine/prefix/span_folder.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/fd.h"
#include "engine/limits.h"

namespace hearth::engine::prefix {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSuffix = ".span";
constexpr std::string_view kUnfinished = ".part";

// Exactly the first `size` bytes from `from`; fewer are an error.
Result<std::string> read_bytes(const Fd& file, std::size_t from, std::size_t size) {
  std::string bytes(size, '\0');
  std::size_t done = 0;
  while (done < size) {
    const ssize_t count =
        ::pread(file.get(), bytes.data() + done, size - done, static_cast<off_t>(from + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(base::errno_error(errno, "cannot read a span file"));
    if (count == 0) return fail(Code::kCorrupt, "a span file that is cut off");
    done += static_cast<std::size_t>(count);
  }
  return bytes;
}

struct Opened {
  Fd file;
  SpanHeader header;
  std::size_t header_bytes = 0;
  struct stat facts{};
};

Result<Opened> open_span(const std::string& path, std::string_view model) {
  Opened opened;
  opened.file = HEARTH_TRY(base::open_for_reading(path));
  if (::fstat(opened.file.get(), &opened.facts) != 0) {
    return fail(base::errno_error(errno, "cannot look at a span file"));
  }
  const auto size = static_cast<std::size_t>(opened.facts.st_size);
  if (size < kPreludeBytes) return fail(Code::kCorrupt, "a span file that is cut off");
  const std::string prelude = HEARTH_TRY(read_bytes(opened.file, 0, kPreludeBytes));
  opened.header_bytes = HEARTH_TRY(header_bytes(prelude));
  if (opened.header_bytes > size) return fail(Code::kCorrupt, "a span file that is cut off");
  const std::string head = HEARTH_TRY(read_bytes(opened.file, 0, opened.header_bytes));
  opened.header = HEARTH_TRY(decode_header(head, model));
  if (size != opened.header_bytes + opened.header.state_bytes) {
    return fail(Code::kCorrupt, "a span file that is cut off");
  }
  return opened;
}

std::uint64_t free_bytes(const std::string& folder) {
  struct statvfs facts{};
  if (::statvfs(folder.c_str(), &facts) != 0) return 0;
  return static_cast<std::uint64_t>(facts.f_bavail) * facts.f_frsize;
}

}  // namespace

SpanFolder::SpanFolder(std::string folder, std::string model)
    : folder_(std::move(folder)), model_(std::move(model)) {}

std::vector<FoundSpan> SpanFolder::list() const {
  std::vector<std::pair<timespec, FoundSpan>> found;
  std::vector<std::string> useless;
  std::error_code error;
  for (fs::directory_iterator entry(folder_, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (name.ends_with(kUnfinished)) useless.push_back(name);  // a write that never ended
    if (!name.ends_with(kSuffix)) continue;
    auto opened = open_span(path_of(name), model_);
    if (!opened || file_name(opened->header) != name) {
      useless.push_back(name);
      continue;
    }
    const auto bytes = static_cast<std::size_t>(opened->facts.st_size);
    found.push_back({opened->facts.st_mtim, {name, std::move(opened->header), bytes}});
  }
  for (const std::string& name : useless)
    remove(name);
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    return std::tuple(a.first.tv_sec, a.first.tv_nsec, a.second.name) <
           std::tuple(b.first.tv_sec, b.first.tv_nsec, b.second.name);
  });
  std::vector<FoundSpan> list;
  for (auto& [time, span] : found)
    list.push_back(std::move(span));
  return list;
}

// Not synchronised to the disk: after a power cut a file may be torn, and its sums tell.
Result<std::size_t> SpanFolder::write(SpanHeader header, std::string_view state) const {
  header.model = model_;
  const std::string head = encode_header(header, state);
  const std::size_t bytes = head.size() + state.size();
  if (free_bytes(folder_) < bytes + kDiskReserveBytes) {
    return fail(Code::kResourceExhausted, "the disk with the cache folder is nearly full");
  }
  const std::string name = file_name(header);
  const std::string unfinished = path_of(name) + std::string(kUnfinished);
  const Fd file(
      ::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file) return fail(base::errno_error(errno, "cannot write a span file"));
  auto written = base::write_all(file.get(), head);
  if (written) written = base::write_all(file.get(), state);
  if (written && ::rename(unfinished.c_str(), path_of(name).c_str()) != 0) {
    written = fail(base::errno_error(errno, "cannot name a span file"));
  }
  if (!written) {
    ::unlink(unfinished.c_str());
    return fail(written.error());
  }
  return bytes;
}

Result<std::string> SpanFolder::read(const std::string& name) const {
  const Opened opened = HEARTH_TRY(open_span(path_of(name), model_));
  if (file_name(opened.header) != name) return fail(Code::kCorrupt, "a span file misnamed");
  std::string state = HEARTH_TRY(read_bytes(opened.file, opened.header_bytes,
                                            static_cast<std::size_t>(opened.header.state_bytes)));
  HEARTH_TRY(check_state(opened.header, state));
  return state;
}

void SpanFolder::remove(const std::string& name) const {
  ::unlink(path_of(name).c_str());
}

}  // namespace hearth::engine::prefix
