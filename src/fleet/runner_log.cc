#include "fleet/runner_log.h"

#include <algorithm>
#include <chrono>

#include "base/log.h"

namespace hearth::fleet {

// A line of a runner begins with its level; what llama.cpp or the C library printed by itself,
// before an abort, does not.
void RunnerLog::pass_on(std::string_view line) {
  const auto now = base::system_clock().now();
  if (now - second_ >= std::chrono::seconds(1)) {
    second_ = now;
    lines_ = 0;
  }
  if (++lines_ > kRunnerLinesPerSecond) {
    if (lines_ == kRunnerLinesPerSecond + 1) {
      log::warning("a runner prints too much; the rest of this second is left out",
                   {{"runner", pid_}, {"model", model_}});
    }
    return;
  }
  const std::string_view word = line.substr(0, line.find(' '));
  log::Level level = log::level_named(word);
  if (word == log::level_name(level)) {
    line.remove_prefix(std::min(word.size() + 1, line.size()));
  } else {
    level = log::Level::kWarning;
  }
  log::write(level, line, {{"runner", pid_}, {"model", model_}});
}

void RunnerLog::add(std::string_view bytes) {
  line_ += bytes;
  std::size_t end = 0;
  while ((end = line_.find('\n')) != std::string::npos) {
    pass_on(std::string_view(line_).substr(0, end));
    line_.erase(0, end + 1);
  }
  if (line_.size() > kRunnerLineBytesMax) line_.clear();
}

}  // namespace hearth::fleet
