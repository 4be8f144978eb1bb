#include "tool/workspace_path.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/utf8.h"

namespace hearth::tool {

namespace {

std::vector<std::string_view> pieces_of(std::string_view text) {
  std::vector<std::string_view> pieces;
  while (!text.empty()) {
    const std::size_t slash = std::min(text.find('/'), text.size());
    if (slash > 0 && text.substr(0, slash) != ".") pieces.push_back(text.substr(0, slash));
    text.remove_prefix(std::min(slash + 1, text.size()));
  }
  return pieces;
}

bool is_below(std::string_view path, std::string_view folder) {
  return !folder.empty() && path.starts_with(folder) &&
         (path.size() == folder.size() || path[folder.size()] == '/');
}

// What follows a place that both have come to: reached[i] says that the first i letters, or names,
// of the text are matched by the pattern so far.
using Reached = std::vector<bool>;

bool matches_name(std::string_view pattern, std::string_view name) {
  Reached reached(name.size() + 1, false);
  reached[0] = true;
  for (const char wanted : pattern) {
    Reached next(name.size() + 1, false);
    bool any = false;
    for (std::size_t i = 0; i <= name.size(); ++i) {
      if (wanted == '*') {
        any = any || reached[i];
        next[i] = any;
      } else if (i > 0) {
        next[i] = reached[i - 1] && (wanted == '?' || wanted == name[i - 1]);
      }
    }
    reached = std::move(next);
  }
  return reached.back();
}

}  // namespace

Result<std::vector<std::string>> names_of_path(std::string_view path, std::string_view workspace) {
  const auto refuse = [](std::string why) { return fail(Code::kInvalidArgument, std::move(why)); };
  if (path.size() > kPathBytesMax)
    return refuse(fmt::format("must have at most {} bytes", kPathBytesMax));
  if (!base::is_utf8(path) || std::ranges::any_of(path, [](char c) { return c >= 0 && c < ' '; }))
    return refuse("must be text without control characters");
  if (is_below(path, workspace))
    path.remove_prefix(workspace.size());
  else if (path.starts_with('/'))
    return refuse("must be relative to the workspace, as in 'notes/today.txt'");
  std::vector<std::string> names;
  for (const std::string_view piece : pieces_of(path)) {
    if (piece == "..") return refuse("must not have '..' in it: tools stay in the workspace");
    names.emplace_back(piece);
  }
  if (names.size() > kPathDepthMax)
    return refuse(fmt::format("must not be deeper than {} folders", kPathDepthMax));
  return names;
}

std::string path_of_names(const std::vector<std::string>& names) {
  std::string path;
  for (const std::string& name : names)
    path += (path.empty() ? "" : "/") + name;
  return path.empty() ? "." : path;
}

bool matches_path(std::string_view pattern, std::string_view path) {
  const auto names = pieces_of(path);
  Reached reached(names.size() + 1, false);
  reached[0] = true;
  for (const std::string_view wanted : pieces_of(pattern)) {
    Reached next(names.size() + 1, false);
    bool any = false;
    for (std::size_t i = 0; i <= names.size(); ++i) {
      if (wanted == "**") {
        any = any || reached[i];
        next[i] = any;
      } else if (i > 0) {
        next[i] = reached[i - 1] && matches_name(wanted, names[i - 1]);
      }
    }
    reached = std::move(next);
  }
  return reached.back();
}

}  // namespace hearth::tool
