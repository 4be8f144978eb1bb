#include <algorithm>
#include <cmath>
#include <optional>
#include <string_view>

#include "base/fd.h"
#include "base/number_text.h"
#include "base/trimmed.h"
#include "process/processors.h"

namespace hearth::process {

namespace {

constexpr std::size_t kTextBytesMax = 64 * 1024;
constexpr std::int64_t kMicrosecondsMax = std::int64_t{1} << 50;

std::string text_of(const std::string& file) {
  return base::load_text_file(file, kTextBytesMax).value_or("");
}

std::optional<double> share_of(std::string_view quota, std::string_view period) {
  constexpr std::string_view kBlanks = " \t\n";
  const auto used =
      base::number_in<std::int64_t>(base::trimmed(quota, kBlanks), 1, kMicrosecondsMax);
  const auto whole =
      base::number_in<std::int64_t>(base::trimmed(period, kBlanks), 1, kMicrosecondsMax);
  if (!used || !whole) return std::nullopt;  // "max", or -1
  return static_cast<double>(*used) / static_cast<double>(*whole);
}

// The second version of control groups has both numbers in one file.
std::optional<double> share_of_group(const std::string& folder) {
  const std::string both = text_of(folder + "/cpu.max");
  const std::size_t blank = both.find(' ');
  if (blank != std::string::npos)
    return share_of(std::string_view(both).substr(0, blank),
                    std::string_view(both).substr(blank + 1));
  return share_of(text_of(folder + "/cpu.cfs_quota_us"), text_of(folder + "/cpu.cfs_period_us"));
}

// Behind the mark, to the end of its line: the group of this process.
std::optional<std::string> group_behind(const std::string& groups, std::string_view mark) {
  const std::size_t found = groups.find(mark);
  if (found == std::string::npos) return std::nullopt;
  const std::size_t begin = found + mark.size();
  return groups.substr(begin, groups.find('\n', begin) - begin);
}

}  // namespace

// Every group above ours holds as well.
std::uint32_t processor_quota(const std::string& root) {
  const std::string groups = text_of(root + "/proc/self/cgroup");
  std::optional<double> least;
  const auto look = [&](const std::string& mounted, std::string_view mark) {
    auto group = group_behind(groups, mark);
    while (group) {
      const auto share = share_of_group(mounted + *group);
      if (share) least = std::min(*share, least.value_or(*share));
      const std::size_t slash = group->rfind('/');
      if (group->empty()) return;
      group->resize(slash == std::string::npos ? 0 : slash);
    }
  };
  look(root + "/sys/fs/cgroup", "0::");
  look(root + "/sys/fs/cgroup/cpu", ":cpu,cpuacct:");
  look(root + "/sys/fs/cgroup/cpu", ":cpu:");
  return least ? static_cast<std::uint32_t>(std::ceil(*least)) : 0;
}

}  // namespace hearth::process
