#include "cli/finetune/progress.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace hearth::cli::finetune {

namespace {

using Kind = TrainingEvent::Kind;

// A share smaller than this says nothing about the time.
constexpr double kShareToGuessFrom = 1e-4;

}  // namespace

void Progress::take(const TrainingEvent& event, double now) {
  now_ = now;
  if (event.kind == Kind::kReading) conversations_ = event.conversations;
  if (event.kind == Kind::kUnknown || event.kind == Kind::kCheckpoint) return;
  stage_ = event.kind;
  if (event.kind == Kind::kStarted) {
    first_seconds_ = now;
    conversations_ = event.lessons;
  }
  if (event.kind != Kind::kStep && event.kind != Kind::kFinished) return;
  if (!first_loss_) {
    first_loss_ = event.loss;
    first_done_ = event.done;
    first_seconds_ = now;
  }
  if (event.validation_loss) validation_loss_ = event.validation_loss;
  last_ = event;
  last_->validation_loss = validation_loss_;
  if (event.kind == Kind::kFinished) last_->done = 1;
}

std::optional<double> Progress::seconds_left() const {
  if (!last_ || last_->done >= 1 || last_->done - first_done_ < kShareToGuessFrom)
    return std::nullopt;
  return (1 - last_->done) * (now_ - first_seconds_) / (last_->done - first_done_);
}

std::string Progress::stage() const {
  if (stage_ == Kind::kReading) return "reading  " + thousands(conversations_) + " conversations";
  if (stage_ == Kind::kUnknown) return "starting";
  if (stage_ == Kind::kFinished) return "writing ";
  return "learning";
}

std::vector<std::string> Progress::figures() const {
  std::vector<std::string> found;
  if (!last_) return found;
  found.push_back(fmt::format("loss {:.3f}", last_->loss));
  if (validation_loss_) found.push_back(fmt::format("validation {:.3f}", *validation_loss_));
  if (last_->tokens_per_second > 0) {
    found.push_back(thousands(static_cast<std::uint64_t>(last_->tokens_per_second)) + " tokens/s");
  }
  if (const auto left = seconds_left()) found.push_back(duration_text(*left) + " left");
  return found;
}

ProgressLine Progress::line(std::size_t columns) const {
  if (last_) return progress_line(stage(), last_->done, figures(), columns);
  ProgressLine line{stage(), {}, {}};
  line.head.resize(std::min(line.head.size(), columns));
  return line;
}

std::string Progress::plain() const {
  if (!last_) return stage();
  std::string text = fmt::format("{} {:.0f}%, step {}", stage(), std::floor(last_->done * 100),
                                 thousands(last_->step));
  for (const std::string& figure : figures())
    text += ", " + figure;
  return text;
}

}  // namespace hearth::cli::finetune
