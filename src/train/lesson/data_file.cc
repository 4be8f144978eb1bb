#include "train/lesson/data_file.h"

#include <fmt/format.h>

namespace hearth::train {

namespace {

constexpr std::size_t kLinesAtOnce = 4096;  // in memory

}  // namespace

Result<std::vector<DataLine>> DataFile::next() {
  std::vector<DataLine> lines;
  std::string text;
  while (lines.size() < kLinesAtOnce && std::getline(file_, text)) {
    ++number_;
    if (text.size() > kLineBytesMax) {
      return fail(Code::kResourceExhausted,
                  fmt::format("{}:{}: the line is too long", path_, number_));
    }
    if (text.find_first_not_of(" \t\r") == std::string::npos) continue;
    lines.push_back({std::move(text), number_});
  }
  return lines;
}

}  // namespace hearth::train
