#include <cstdio>
#include <string>

#include <malloc.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/units.h"
#include "process/memory.h"

namespace hearth::process {

std::uint64_t resident_bytes(int pid) {
  const auto text = base::load_text_file("/proc/" + std::to_string(pid) + "/statm", 4096);
  return text ? parse_resident_bytes(*text) : 0;
}

std::uint64_t parse_resident_bytes(std::string_view statm) {
  const std::string text(statm);
  unsigned long long total = 0;
  unsigned long long resident = 0;
  if (std::sscanf(text.c_str(), "%llu %llu", &total, &resident) != 2) return 0;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

std::uint64_t anonymous_bytes(int pid) {
  const auto text = base::load_text_file("/proc/" + std::to_string(pid) + "/status", 16 * 1024);
  return text ? parse_anonymous_bytes(*text) : 0;
}

std::uint64_t parse_anonymous_bytes(std::string_view status) {
  constexpr std::string_view kKey = "\nRssAnon:";
  const std::size_t found = status.find(kKey);
  if (found == std::string_view::npos) return 0;
  const std::string number(status.substr(found + kKey.size(), 32));
  unsigned long long kibibytes = 0;
  if (std::sscanf(number.c_str(), "%llu kB", &kibibytes) != 1) return 0;
  return kibibytes * base::kKiB;
}

void return_large_memory() {
#if defined(__GLIBC__)
  constexpr int kArenas = 2;
  constexpr int kLargeBytes = 64 * 1024;
  ::mallopt(M_ARENA_MAX, kArenas);
  ::mallopt(M_MMAP_THRESHOLD, kLargeBytes);
#endif
}

}  // namespace hearth::process
