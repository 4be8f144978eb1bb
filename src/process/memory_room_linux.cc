#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

#include <sys/resource.h>

#include "base/fd.h"
#include "base/units.h"
#include "process/memory.h"

namespace hearth::process {

namespace {

constexpr std::size_t kTextBytesMax = 256 * 1024;
constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max();

// The first number behind `key`; nothing where there is none, as in "max".
std::optional<std::uint64_t> number_behind(std::string_view text, std::string_view key) {
  const std::size_t found = text.find(key);
  if (found == std::string_view::npos) return std::nullopt;
  const std::size_t digits = text.find_first_not_of(" \t", found + key.size());
  if (digits == std::string_view::npos) return std::nullopt;
  std::uint64_t number = 0;
  const auto read = std::from_chars(text.data() + digits, text.data() + text.size(), number);
  return read.ec == std::errc() ? std::optional(number) : std::nullopt;
}

// The names under which one version of control groups tells the same things.
struct GroupNames {
  std::string_view folder;  // where they are mounted
  std::string_view mark;    // of our group's line in /proc/self/cgroup
  std::string_view limit, used, free_able;
};
constexpr GroupNames kGroups[] = {
    {"/sys/fs/cgroup", "0::", "/memory.max", "/memory.current", "\ninactive_file "},
    {"/sys/fs/cgroup/memory", ":memory:", "/memory.limit_in_bytes", "/memory.usage_in_bytes",
     "\ntotal_inactive_file "}};

std::uint64_t room_of_group(const std::string& folder, const GroupNames& names) {
  const auto read = [&](std::string_view file) {
    return base::load_text_file(folder + std::string(file), kTextBytesMax).value_or("");
  };
  const auto limit = number_behind(read(names.limit), "");
  if (!limit) return kNoLimit;
  const std::uint64_t used = number_behind(read(names.used), "").value_or(0);
  // What was read of files goes when room is needed.
  const std::string stat = "\n" + read("/memory.stat");
  const std::uint64_t kept =
      used - std::min(used, number_behind(stat, names.free_able).value_or(0));
  return *limit - std::min(*limit, kept);
}

// Every group above ours holds as well. Where the groups above cannot be seen, as in a container,
// the mounted folder is our own.
std::uint64_t room_of_groups(const std::string& root, const GroupNames& names) {
  const std::string groups =
      base::load_text_file(root + "/proc/self/cgroup", kTextBytesMax).value_or("");
  const std::size_t found = groups.find(names.mark);
  if (found == std::string::npos) return kNoLimit;
  const std::size_t begin = found + names.mark.size();
  std::string group = groups.substr(begin, groups.find('\n', begin) - begin);
  const std::string mounted = root + std::string(names.folder);
  std::uint64_t room = kNoLimit;
  while (true) {
    room = std::min(room, room_of_group(mounted + group, names));
    if (group.empty()) return room;
    const std::size_t slash = group.rfind('/');
    group.resize(slash == std::string::npos ? 0 : slash);
  }
}

std::uint64_t room_of_address_space() {
  ::rlimit limit{};
  if (::getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return kNoLimit;
  return limit.rlim_cur;
}

}  // namespace

std::uint64_t available_bytes(const std::string& root) {
  const std::string text = base::load_text_file(root + "/proc/meminfo", kTextBytesMax).value_or("");
  const auto machine = number_behind(text, "MemAvailable:");
  if (!machine) return 0;
  std::uint64_t room = std::min(*machine * base::kKiB, room_of_address_space());
  for (const GroupNames& names : kGroups)
    room = std::min(room, room_of_groups(root, names));
  return room;
}

}  // namespace hearth::process
