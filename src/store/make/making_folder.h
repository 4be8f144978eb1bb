// Where a file of the models folder is made until it is whole: the folder ".NAME.making" beside it,
// so that putting it in its place is a rename, and nothing else there can be written by whoever
// reads a stranger's file. Its maker holds a lock in it; what nobody holds was left by one who was
// killed.
//
// Ownership: its end removes the folder, with everything in it.
// Errors:    those of files, with the path.
// Threads:   thread-compatible; thread-safe between processes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/file_lock.h"
#include "base/result.h"

namespace hearth::store {

class MakingFolder {
 public:
  static constexpr std::string_view kLockFile = "lock";

  // An empty one; what an earlier maker has left in it goes. kAlreadyExists while somebody makes
  // the same file.
  static Result<MakingFolder> make(const std::string& target);
  // What was left at the path; nothing while somebody makes in it.
  static std::optional<MakingFolder> take_left(const std::string& path);
  // Whether a file's name is that of such a folder, of a model.
  static bool is_name(const std::string& name);

  MakingFolder(MakingFolder&& other) noexcept
      : path_(std::exchange(other.path_, {})), lock_(std::move(other.lock_)) {}
  MakingFolder& operator=(MakingFolder&&) = delete;
  ~MakingFolder();

  const std::string& path() const { return path_; }

 private:
  MakingFolder(std::string path, base::FileLock lock)
      : path_(std::move(path)), lock_(std::move(lock)) {}
  static Result<std::optional<base::FileLock>> lock_in(const std::string& path);
  std::string lock_path() const { return path_ + "/" + std::string(kLockFile); }
  void empty() const;

  std::string path_;  // empty when it has been moved from
  base::FileLock lock_;
};

}  // namespace hearth::store
