// Where a model is written until it is whole (store/make/making_folder.h), with the files that it
// is made of by names that llama.cpp finds them by.
//
// Ownership: its end removes the folder.
// Errors:    those of files, with the path; kAlreadyExists while another process makes the same.
// Threads:   thread-compatible.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "cli/quantize/plan.h"
#include "store/make/making_folder.h"

namespace hearth::cli::quantize {

class WorkFolder {
 public:
  static Result<WorkFolder> make(const Plan& plan);

  std::string out() const { return folder_.path() + "/model.gguf"; }
  // The model's; those of a divided one by the names that llama.cpp finds each other by.
  const std::vector<std::string>& files() const { return files_; }

 private:
  explicit WorkFolder(store::MakingFolder folder) : folder_(std::move(folder)) {}

  store::MakingFolder folder_;
  std::vector<std::string> files_;
};

}  // namespace hearth::cli::quantize
