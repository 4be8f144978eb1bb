// A folder of somebody's prompt templates, NAME.jinja. Files are read when they are asked for, so
// that a changed one holds from the next prompt on.
//
// Threads:    immutable; thread-safe.
// Errors:     kInvalidArgument for a file that is no regular one, such as a link.
// Invariants: a name is never a path: letters, digits and ". _ -", the first no dot.
// Limits:     kNameBytesMax, kTemplatesMax; a file has at most kJinjaBytesMax.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dialogue/jinja.h"

namespace hearth::dialogue {

inline constexpr std::size_t kNameBytesMax = 64;
inline constexpr std::size_t kTemplatesMax = 1'000;

bool is_template_name(std::string_view text);

class TemplateFolder {
 public:
  // An empty folder when the path is empty; else it has to be one.
  static Result<TemplateFolder> create(std::string path);

  Result<std::optional<Jinja>> find(std::string_view name) const;
  Result<std::vector<std::string>> names() const;  // in any order

 private:
  explicit TemplateFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

}  // namespace hearth::dialogue
