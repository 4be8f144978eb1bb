// One training, from its job to the model file at its end:
//
//   1. open the model, turn the data into lessons, go on from the checkpoint if there is one;
//   2. step: some lessons, the gradient of their loss, the optimiser; again and again;
//   3. now and then: a checkpoint, the loss of lessons that are not learned, the curve;
//   4. at the end, or when it has to stop: a checkpoint; and at the end the model file.
//
// Invariants: the same job gives the same weights, bit for bit, however often it was stopped and
//             whatever the number of threads; save where it ends by the clock.
// Ownership:  borrows `stop`.
// Threads:    confined to the caller; `stop` may be set from a signal handler.
// Errors:     kInvalidArgument for what the job asks in vain; kUnavailable when the loss is no
//             number any more, with the checkpoint of before it left as it is.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/result.h"
#include "train/checkpoint.h"
#include "train/course/course.h"
#include "train/curve.h"
#include "train/job.h"
#include "train/lesson/lesson_order.h"
#include "train/model_file.h"
#include "train/network/network.h"
#include "train/optimiser.h"
#include "train/report.h"
#include "train/schedule.h"

namespace hearth::train {

enum class Ending : std::uint8_t { kFinished, kStopped };

class Trainer {
 public:
  // Reads everything; may take minutes for much data. kCancelled when it was stopped.
  static Result<std::unique_ptr<Trainer>> create(const Job& job, const Report& report,
                                                 const std::atomic<bool>& stop);

  Result<Ending> run();

  const TrainState& state() const { return state_; }
  Network& network() { return *network_; }

 private:
  Trainer(const Job& job, const Report& report, const std::atomic<bool>& stop)
      : job_(job), report_(report), stop_(stop) {}
  Result<void> open_model();
  Result<void> read_lessons();
  Result<std::unique_ptr<Course>> make_course(const LessonSource& source,
                                              const engine::Model& model);
  Result<void> take_up();
  LessonNumbers divide(std::size_t lessons);
  void measure_room();
  std::uint64_t job_digest() const;

  double share_done() const;
  RateRule rate_rule() const;
  // What the next step reads; `next` moves behind it.
  LessonNumbers choose_lessons(LessonPosition& next);
  // Nothing when it was stopped, and nothing was changed.
  Result<std::optional<CurvePoint>> step();
  // Nothing when it was stopped.
  std::optional<double> validate();
  Result<void> tell(CurvePoint point, double begun);
  Result<void> save();
  Result<Ending> leave(const std::string& why);
  Result<Ending> finish();
  TrainNumbers numbers();
  Teaching teaching() { return {*network_, tokens_at_once_, stop_}; }

  Job job_;
  Report report_;
  const std::atomic<bool>& stop_;
  std::unique_ptr<ModelFile> model_;
  std::uint32_t context_ = 0;
  double rate_ = 0;
  std::size_t tokens_at_once_ = 0;  // that there is room and patience for
  std::unique_ptr<Course> course_;
  std::unique_ptr<Course> validation_;  // none where some of the course is kept apart
  LessonNumbers validated_;             // of that, or of the course
  std::optional<LessonOrder> order_;
  std::unique_ptr<Network> network_;
  std::unique_ptr<Optimiser> optimiser_;
  std::optional<CheckpointFile> checkpoints_;
  std::unique_ptr<Curve> curve_;
  TrainState state_;
  CurvePoint last_;
  bool untold_ = false;  // the last step is not in the curve yet
};

}  // namespace hearth::train
