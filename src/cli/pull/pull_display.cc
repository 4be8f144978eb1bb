#include "cli/pull/pull_display.h"

#include <fmt/format.h>

#include "base/units.h"

namespace hearth::cli {

namespace {

constexpr double kRateSeconds = 10;  // over which a rate is taken
constexpr double kRateSecondsLeast = 0.5;

std::string bytes_text(double bytes) {
  return base::format_bytes(static_cast<std::uint64_t>(bytes));
}

}  // namespace

void Rate::take(std::int64_t done_bytes, double now) {
  // What was there already, or was lost and begins anew, is no speed.
  if (!points_.empty() && done_bytes < points_.back().done_bytes) points_.clear();
  points_.push_back({now, done_bytes});
  while (points_.size() > 2 && now - points_.front().at > kRateSeconds)
    points_.pop_front();
}

std::optional<double> Rate::value() const {
  if (points_.size() < 2) return std::nullopt;
  const double seconds = points_.back().at - points_.front().at;
  if (seconds < kRateSecondsLeast) return std::nullopt;
  return static_cast<double>(points_.back().done_bytes - points_.front().done_bytes) / seconds;
}

std::string PullDisplay::what(const PullEvent& event) const {
  if (event.status == "waiting") return "waiting for another pull";
  if (event.status == "retrying") return "trying again";
  if (event.files > 1) return fmt::format("{} {}/{}", event.status, event.number, event.files);
  return event.status;
}

std::vector<std::string> PullDisplay::figures(const PullEvent& event) const {
  std::vector<std::string> found;
  const auto done = static_cast<double>(event.done_bytes);
  const auto size = static_cast<double>(event.size_bytes);
  found.push_back(event.size_bytes > 0 ? bytes_text(done) + " of " + bytes_text(size)
                                       : bytes_text(done));
  const auto rate = rate_.value();
  if (!rate || *rate < 1 || !event.is_moving()) return found;
  found.push_back(bytes_text(*rate) + "/s");
  if (event.size_bytes > event.done_bytes)
    found.push_back(duration_text((size - done) / *rate) + " left");
  return found;
}

void PullDisplay::show(const PullEvent& event) {
  const double share = event.size_bytes > 0 ? static_cast<double>(event.done_bytes) /
                                                  static_cast<double>(event.size_bytes)
                                            : 0;
  if (line_.has_bar()) {
    line_.draw(progress_line(what(event), share, figures(event), line_.columns()));
    return;
  }
  std::string text = what(event);
  for (const std::string& figure : figures(event))
    text += ", " + figure;
  line_.tell(text);
}

void PullDisplay::take(const PullEvent& event) {
  if (event.is_moving()) rate_.take(event.done_bytes, seconds_now());
  if (event.file != file_ && !event.file.empty()) {
    file_ = event.file;
    line_.say(event.file);
  }
  if (event.problem != problem_) {
    problem_ = event.problem;
    if (!problem_.empty()) line_.say(problem_ + "; trying again");
  }
  if (line_.is_due()) show(event);
}

}  // namespace hearth::cli
