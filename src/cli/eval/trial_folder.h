// A workspace for one golden task: made with its files, read when it is over, and gone at its end.
//
// Errors:  kUnavailable with the path.
// Limits:  files of more than kTrialFileBytesMost count as what they begin with.
// Threads: confined to one.
#pragma once

#include <map>
#include <string>

#include "base/result.h"

namespace hearth::cli {

inline constexpr std::size_t kTrialFileBytesMost = 1024UL * 1024;

class TrialFolder {
 public:
  static Result<TrialFolder> make(const std::map<std::string, std::string>& files);
  ~TrialFolder();
  TrialFolder(TrialFolder&& other) noexcept;
  TrialFolder& operator=(TrialFolder&&) = delete;

  const std::string& path() const { return path_; }
  std::map<std::string, std::string> files() const;

 private:
  explicit TrialFolder(std::string path) : path_(std::move(path)) {}

  std::string path_;
};

}  // namespace hearth::cli
