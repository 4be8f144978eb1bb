// A folder of the store, made where it is missing.
//
// Threads: thread-safe.
#pragma once

#include <filesystem>
#include <string>

#include "base/fd.h"
#include "base/result.h"

namespace hearth::store {

// With those above it.
inline Result<void> ensure_folder(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (!error) return {};
  return fail(base::errno_error(error.value(), "cannot create the folder '" + path + "'", path));
}

}  // namespace hearth::store
