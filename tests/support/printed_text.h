// What a process prints into a pipe, read line by line or to its end.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <unistd.h>

#include "base/fd.h"

namespace hearth::testing {

class PrintedText {
 public:
  explicit PrintedText(Fd from) : from_(std::move(from)) {}

  // The next line with this text in it; empty at the end.
  std::string line_with(std::string_view text) {
    while (true) {
      const std::size_t end = read_.find('\n');
      if (end != std::string::npos) {
        const std::string line = read_.substr(0, end);
        read_.erase(0, end + 1);
        if (line.find(text) != std::string::npos) return line;
      } else if (!read_more()) {
        return {};
      }
    }
  }
  // What is left, once there is no more to come.
  std::string rest() {
    while (read_more()) {
    }
    return read_;
  }

 private:
  bool read_more() {
    char buffer[4096];
    const ::ssize_t count = ::read(from_.get(), buffer, sizeof buffer);
    if (count > 0) read_.append(buffer, static_cast<std::size_t>(count));
    return count > 0;
  }

  Fd from_;
  std::string read_;
};

}  // namespace hearth::testing
