// Paths as tools are given them: of files in the workspace, relative to it. What a path names is
// judged by its text here; that no link leads out is the business of who opens it (held/).
//
// Threads: pure.
// Errors:  kInvalidArgument says what a path must be like.
// Limits:  kPathBytesMax, kPathDepthMax.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hearth::tool {

inline constexpr std::size_t kPathBytesMax = 1024;
inline constexpr std::size_t kPathDepthMax = 32;

// The names on the way: "./a//b/" is {"a", "b"}; "." and "" are the workspace itself, {}. A path
// that begins with the workspace's own is relative to it; others that begin with / are refused,
// and so is "..", wherever it stands.
Result<std::vector<std::string>> names_of_path(std::string_view path,
                                               std::string_view workspace = {});
// "a/b"; of {} it is ".".
std::string path_of_names(const std::vector<std::string>& names);

// Whether a path, as path_of_names() writes it, matches a pattern: * stands for any letters of one
// name, ** for any number of names, ? for one letter. "out/**" matches "out" and all in it.
bool matches_path(std::string_view pattern, std::string_view path);

}  // namespace hearth::tool
