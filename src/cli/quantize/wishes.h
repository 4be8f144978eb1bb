// What the user asked `hearth quantize` for.
//
// Threads: values.
#pragma once

#include <cstdint>
#include <string>

namespace hearth::cli::quantize {

struct Wishes {
  std::string model;
  std::string type;  // "q4_k_m"
  std::string name;  // empty: the model's and the type
  std::string out;   // empty: a file of this name in the models folder
  std::uint32_t threads = 0;
  bool again = false;
  bool force = false;
  bool json = false;
};

}  // namespace hearth::cli::quantize
