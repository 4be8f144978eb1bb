#include <array>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include <dirent.h>
#include <fcntl.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "base/fd.h"
#include "process/group_use.h"

namespace hearth::process {

namespace {

constexpr std::size_t kStatBytes = 1024;
// Of /proc/PID/stat, counted from what follows the name in brackets.
constexpr std::size_t kGroupField = 2;
constexpr std::size_t kThreadsField = 17;

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

// Empty when the process has ended.
std::string read_small(int folder, const std::string& name) {
  const Fd file(::openat(folder, name.c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, kStatBytes> buffer;
  const ssize_t count = file ? ::read(file.get(), buffer.data(), buffer.size()) : 0;
  return count > 0 ? std::string(buffer.data(), static_cast<std::size_t>(count)) : std::string();
}

std::uint64_t number_at(std::string_view text, std::size_t field) {
  for (; field > 0 && !text.empty(); --field) {
    const std::size_t blank = text.find(' ');
    text.remove_prefix(blank == std::string_view::npos ? text.size() : blank + 1);
  }
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::uint64_t own_bytes(int proc, const std::string& process) {
  const std::string sizes = read_small(proc, process + "/statm");  // size resident shared …
  const std::uint64_t resident = number_at(sizes, 1);
  const std::uint64_t shared = number_at(sizes, 2);
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  return resident > shared ? (resident - shared) * page : 0;
}

}  // namespace

GroupUse query_group_use(int group) {
  GroupUse use;
  const std::unique_ptr<DIR, CloseFolder> folder(::opendir("/proc"));
  if (!folder) return use;
  const int proc = ::dirfd(folder.get());
  while (const dirent* entry = ::readdir(folder.get())) {
    if (std::isdigit(static_cast<unsigned char>(entry->d_name[0])) == 0) continue;
    const std::string process = entry->d_name;
    const std::string stat = read_small(proc, process + "/stat");
    const std::size_t name_end = stat.rfind(')');  // a name may have brackets of its own
    if (name_end == std::string::npos || name_end + 2 > stat.size()) continue;
    const std::string_view fields = std::string_view(stat).substr(name_end + 2);
    if (number_at(fields, kGroupField) != static_cast<std::uint64_t>(group)) continue;
    use.tasks += number_at(fields, kThreadsField);
    use.memory_bytes += own_bytes(proc, process);
  }
  return use;
}

std::size_t count_all_tasks() {
  struct sysinfo facts{};
  return ::sysinfo(&facts) == 0 ? facts.procs : 0;
}

}  // namespace hearth::process
