// The first inputs of a fuzz target, written when it is started with `--write-seeds FOLDER`.
//
// Threads: before any fuzzing.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::fuzz {

// Called from LLVMFuzzerInitialize. Ends the program once the seeds are written.
inline void write_seeds_if_asked(int argc, char** argv, const std::vector<std::string>& seeds) {
  if (argc != 3 || std::string_view(argv[1]) != "--write-seeds") return;
  const std::filesystem::path folder = argv[2];
  std::filesystem::create_directories(folder);
  for (std::size_t i = 0; i < seeds.size(); ++i) {
    std::ofstream file(folder / ("seed-" + std::to_string(i)), std::ios::binary);
    if (!(file << seeds[i])) {
      std::fprintf(stderr, "cannot write seeds into '%s'\n", argv[2]);
      std::exit(1);
    }
  }
  std::exit(0);
}

}  // namespace hearth::fuzz
