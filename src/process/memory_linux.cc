#include <cstdio>
#include <string>

#include <unistd.h>

#include "base/fd.h"
#include "process/memory.h"

namespace hearth::process {

std::uint64_t resident_bytes(int pid) {
  const auto text = base::load_text_file("/proc/" + std::to_string(pid) + "/statm", 4096);
  unsigned long long total = 0;
  unsigned long long resident = 0;
  if (!text || std::sscanf(text->c_str(), "%llu %llu", &total, &resident) != 2) return 0;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace hearth::process
