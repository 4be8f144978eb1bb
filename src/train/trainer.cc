#include "train/trainer.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/replacement.h"
#include "train/curve_picture.h"

namespace hearth::train {

namespace {

constexpr std::size_t kValidationBatches = 16;  // as many tokens are measured each time
constexpr unsigned kPictureMode = 0644;

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

Result<Ending> Trainer::run() {
  const double started = seconds_now();
  double saved = started;
  bool falling = falls(rate_rule(), share_done());
  while (share_done() < 1.0) {
    if (job_.leg_minutes && seconds_now() - started >= *job_.leg_minutes * 60) return leave("leg");
    if (!falling && falls(rate_rule(), share_done())) {
      falling = true;
      HEARTH_TRY(save());
      HEARTH_TRY(checkpoints_->keep(".before-fall"));
      HEARTH_TRY(save());
    }
    const double begun = seconds_now();
    const auto point = HEARTH_TRY(step());
    if (!point) return leave("signal");
    HEARTH_TRY(tell(*point, begun));
    if (seconds_now() - saved >= job_.checkpoint_minutes * 60) {
      HEARTH_TRY(save());
      saved = seconds_now();
    }
  }
  return finish();
}

double Trainer::share_done() const {
  double done = 0;
  if (job_.steps) done = static_cast<double>(state_.step) / static_cast<double>(*job_.steps);
  if (job_.minutes) {
    done = std::max(done, *job_.minutes > 0 ? state_.seconds / (*job_.minutes * 60) : 1.0);
  }
  if (job_.epochs) {
    const double rounds =
        static_cast<double>(state_.position.round) +
        static_cast<double>(state_.position.index) / static_cast<double>(order_->size());
    done = std::max(done, rounds / *job_.epochs);
  }
  return done;
}

RateRule Trainer::rate_rule() const {
  return {rate_, job_.warmup_steps, job_.decay_share, job_.min_learning_rate_share};
}

LessonNumbers Trainer::choose_lessons(LessonPosition& next) {
  LessonNumbers chosen;
  std::size_t tokens = 0;
  while (true) {
    const std::uint32_t lesson = order_->at(next);
    tokens += course_->length(lesson);
    if (!chosen.empty() && tokens > job_.batch_tokens) return chosen;
    chosen.push_back(lesson);
    next = order_->after(next);
  }
}

Result<std::optional<CurvePoint>> Trainer::step() {
  const double begun = seconds_now();
  LessonPosition next = state_.position;
  const auto lessons = choose_lessons(next);
  const auto loss = course_->learn(teaching(), lessons);
  if (!loss) return std::optional<CurvePoint>();
  CurvePoint point;
  point.loss = *loss;
  point.gradient_norm = optimiser_->norm(network_->gradient(), network_->crew());
  point.learning_rate = rate_at(rate_rule(), state_.step, share_done());
  if (!std::isfinite(point.loss) || !std::isfinite(point.gradient_norm)) {
    return fail(Code::kUnavailable,
                fmt::format("at step {} the loss is no number any more; begin again from the "
                            "checkpoint before it with a lower learning_rate than {}",
                            state_.step + 1, rate_));
  }
  StepSize size;
  size.rate = point.learning_rate;
  size.decay = job_.weight_decay;
  size.gradient_scale = std::min(1.0, job_.clip / std::max(point.gradient_norm, 1e-12));
  optimiser_->apply(size, state_.step, {network_->weights(), network_->gradient()},
                    network_->crew());
  network_->refresh();
  ++state_.step;
  state_.position = next;
  for (const std::uint32_t lesson : lessons)
    state_.tokens += course_->length(lesson);
  state_.seconds += seconds_now() - begun;
  point.step = state_.step;
  point.tokens = state_.tokens;
  point.seconds = state_.seconds;
  return std::optional<CurvePoint>(point);
}

Result<void> Trainer::tell(CurvePoint point, double begun) {
  const auto read = static_cast<double>(point.tokens - last_.tokens);
  const double speed = read / (seconds_now() - begun);
  const bool validates = job_.validate_every != 0 && state_.step % job_.validate_every == 0;
  if (validates && share_done() < 1.0 && !validated_.empty()) point.validation_loss = validate();
  last_ = point;
  untold_ = share_done() >= 1.0;
  if (untold_) return {};  // by finish(), with its validation
  curve_->add(point);
  HEARTH_TRY(curve_->flush());
  report_.step(point, share_done(), speed);
  return {};
}

std::optional<double> Trainer::validate() {
  Course& course = validation_ ? *validation_ : *course_;
  const std::size_t most = kValidationBatches * job_.batch_tokens;
  return course.measure(teaching(), {validated_, job_.batch_tokens, most});
}

Result<void> Trainer::save() {
  HEARTH_TRY(checkpoints_->save(state_, numbers()));
  HEARTH_TRY(curve_->flush());
  report_.checkpoint(state_.step);
  const auto points = HEARTH_TRY(read_curve(job_.work + "/curve.csv"));
  return base::replace_file(job_.work + "/curve.svg", draw_curve(points), kPictureMode);
}

Result<Ending> Trainer::leave(const std::string& why) {
  HEARTH_TRY(save());
  report_.stopped(why, state_.step);
  return Ending::kStopped;
}

Result<Ending> Trainer::finish() {
  if (!validated_.empty()) last_.validation_loss = validate();
  if (untold_) curve_->add(last_);
  HEARTH_TRY(save());
  HEARTH_TRY(model_->write(network_->layout(), network_->weights(), job_.out_type, job_.out));
  report_.finished(job_.out, last_);
  return Ending::kFinished;
}

}  // namespace hearth::train
