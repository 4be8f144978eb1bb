// A file that is written beside the one it replaces and takes its name when it is whole: whoever
// reads the name finds the old content or the new one, also after a power cut.
//
// Threads: thread-compatible.
// Errors:  those of errno_error, with the path and what to do.
#pragma once

#include <string>
#include <string_view>

#include "base/fd.h"
#include "base/result.h"

namespace hearth::base {

class Replacement {
 public:
  // The folder has to exist. `mode` is of the new file.
  static Result<Replacement> begin(std::string path, unsigned mode);
  Replacement(Replacement&&) = default;
  Replacement& operator=(Replacement&&) = delete;
  ~Replacement();  // what was not finished is removed

  // For those who write by number, and for libraries that write by name.
  int fd() const { return file_.get(); }
  const std::string& unfinished() const { return unfinished_; }

  Result<void> write(std::string_view content) { return write_all(file_.get(), content); }
  // Everything is on the disk, still under the other name.
  Result<void> sync();
  // Syncs, renames, and syncs the folder.
  Result<void> finish();

 private:
  Replacement(std::string path, std::string unfinished, Fd file)
      : path_(std::move(path)), unfinished_(std::move(unfinished)), file_(std::move(file)) {}

  std::string path_;
  std::string unfinished_;
  Fd file_;  // none once it is finished
};

// A rename, a new name or a removed one is on the disk when its folder is.
void sync_folder_of(const std::string& path);

// Replaces a small file in one go.
Result<void> replace_file(const std::string& path, std::string_view content, unsigned mode);

}  // namespace hearth::base
