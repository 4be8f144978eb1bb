#include "cli/connect/marked_block.h"

namespace hearth::cli {

namespace {

std::string begin_mark(std::string_view name) {
  return "# >>> hearth connect: " + std::string(name);
}
std::string end_mark(std::string_view name) {
  return "# <<< hearth connect: " + std::string(name);
}

// The line that is `mark` but for what it is indented by: where it begins and ends, its newline
// included.
struct Line {
  std::size_t begin = std::string_view::npos;
  std::size_t end = 0;
};

Line find_line(std::string_view text, std::string_view mark) {
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t newline = text.find('\n', begin);
    const std::size_t end = newline == std::string_view::npos ? text.size() : newline + 1;
    std::string_view line = text.substr(begin, end - begin);
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    while (line.ends_with('\n') || line.ends_with('\r'))
      line.remove_suffix(1);
    if (line == mark) return {begin, end};
    begin = end;
  }
  return {};
}

}  // namespace

std::string block_text(const MarkedBlock& block) {
  return block.indent + begin_mark(block.name) + "\n" + block.lines + block.indent +
         end_mark(block.name) + "\n";
}

Result<std::string> without_block(std::string text, std::string_view name) {
  const Line begin = find_line(text, begin_mark(name));
  const Line end = find_line(text, end_mark(name));
  if (begin.begin == std::string::npos && end.begin == std::string::npos) return text;
  const bool broken =
      begin.begin == std::string::npos || end.begin == std::string::npos || end.begin < begin.begin;
  if (broken) {
    return fail(Code::kInvalidArgument, "of the lines '" + begin_mark(name) + "' and '" +
                                            end_mark(name) + "' one is missing; remove the other");
  }
  text.erase(begin.begin, end.end - begin.begin);
  return text;
}

std::string ended(std::string text) {
  if (!text.empty() && !text.ends_with('\n')) text += '\n';
  return text;
}

std::string put_aside(std::string_view line) {
  return "# put aside by hearth connect: " + std::string(line);
}

}  // namespace hearth::cli
