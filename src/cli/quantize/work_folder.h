// Where a model is written until it is whole: a folder beside its place, so that putting it there
// is a rename, and nothing else there can be written by whoever reads a stranger's file.
//
// Ownership: its end removes the folder.
// Errors:    those of files, with the path.
// Threads:   thread-compatible.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/quantize/plan.h"

namespace hearth::cli::quantize {

class WorkFolder {
 public:
  // What an earlier one of the same result has left is removed first.
  static Result<WorkFolder> make(const Plan& plan);
  WorkFolder(WorkFolder&& other) noexcept
      : path_(std::move(other.path_)), files_(std::move(other.files_)) {
    other.path_.clear();
  }
  WorkFolder& operator=(WorkFolder&&) = delete;
  ~WorkFolder();

  std::string out() const { return path_ + "/model.gguf"; }
  // The model's; those of a divided one by the names that llama.cpp finds each other by.
  const std::vector<std::string>& files() const { return files_; }

 private:
  explicit WorkFolder(std::string path) : path_(std::move(path)) {}

  std::string path_;
  std::vector<std::string> files_;
};

}  // namespace hearth::cli::quantize
