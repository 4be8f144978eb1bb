// Where the build put the executables and the generated models.
#pragma once

#include <string>

namespace hearth::testing {

inline std::string runner_path() {
  return HEARTH_BIN_FOLDER "/hearth-runner";
}
inline std::string hearth_path() {
  return HEARTH_BIN_FOLDER "/hearth";
}
inline std::string model_path(const std::string& name) {
  return HEARTH_MODELS_FOLDER "/" + name + ".gguf";
}

}  // namespace hearth::testing
