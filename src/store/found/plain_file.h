// Files in folders of others: only what is a file itself counts, no link, device or pipe.
//
// Threads: pure, but for reading the disk.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include <sys/stat.h>

#include "base/result.h"

namespace hearth::store {

struct PlainFile {
  std::string path;  // without links
  struct stat facts{};
};

// Nothing where the path does not lead to a file that we may read.
std::optional<PlainFile> find_plain_file(const std::string& path);
// The same, but the path may be a link to a file that lies in `folder`, which is without links.
std::optional<PlainFile> find_file_within(const std::string& folder, const std::string& path);

// kNotFound where there is no plain file; kResourceExhausted for one that is too large.
Result<std::string> load_plain_text(const std::string& path, std::size_t bytes_max);

// The path without links; empty when it leads nowhere.
std::string real_path(const std::string& path);

}  // namespace hearth::store
