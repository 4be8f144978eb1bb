// The residency in a world of its own: models that load, fail, crash and take their time to leave,
// clients that come at any moment. Time is made up and there are no processes.
#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "fleet/residency/residency.h"

namespace hearth::fleet {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct SimulatedRequest {
  base::Duration time{};  // its answer takes
  base::TimePoint asked;
};

struct SimulatedModel {
  std::uint64_t bytes = 0;
  base::Duration load_time{};
  base::Duration leave_time{};
  bool loaded = false;
  std::size_t running = 0;
  std::uint32_t life = 0;  // counts its processes: what belongs to an ended one is void
  std::vector<SimulatedRequest> queue = {};  // that wait for it
  base::Duration longest_wait{};
};

// What happens to a process beside what is meant.
enum class Fate : std::uint8_t { kLives, kRefusesToLoad, kCrashes };

class World {
 public:
  explicit World(const ResidencyRules& rules) : rules_(rules), residency_(rules) {}

  void add_model(const ModelKey& key, SimulatedModel model) { models_[key] = std::move(model); }
  void at(base::Duration time, std::function<void()> what) {
    events_.emplace(base::TimePoint(time), std::move(what));
  }
  void ask(const ModelKey& key, base::Duration answer_time) {
    ++asked_;
    SimulatedModel& model = models_.at(key);
    if (model.loaded && residency_.takes_requests(key)) return answer(key, {answer_time, now_});
    model.queue.push_back({answer_time, now_});
    residency_.want(key, {key, model.bytes, model.load_time}, now_);
  }
  void crash(const ModelKey& key) {
    SimulatedModel& model = models_.at(key);
    if (!model.loaded) return;
    failed_ += model.running;
    end(key);
  }
  void fail_next_load(const ModelKey& key) { failing_.push_back(key); }
  Residency& residency() { return residency_; }

  // Until nothing happens any more.
  void run() {
    while (!events_.empty() || look_again_) {
      const bool timer = look_again_ && (events_.empty() || *look_again_ < events_.begin()->first);
      if (timer) {
        now_ = *look_again_;
      } else {
        now_ = events_.begin()->first;
        const auto what = std::move(events_.begin()->second);
        events_.erase(events_.begin());
        what();
      }
      obey(residency_.next(now_));
    }
  }

  base::Duration longest_wait(const ModelKey& key) const { return models_.at(key).longest_wait; }
  std::size_t asked() const { return asked_; }
  std::size_t answered() const { return answered_; }
  std::size_t refused() const { return refused_; }
  std::size_t failed() const { return failed_; }

 private:
  void after(base::Duration time, std::function<void()> what) {
    events_.emplace(now_ + time, std::move(what));
  }

  void answer(const ModelKey& key, const SimulatedRequest& request) {
    SimulatedModel& model = models_.at(key);
    ++model.running;
    model.longest_wait = std::max(model.longest_wait, now_ - request.asked);
    residency_.work(key);
    after(request.time, [this, key, life = model.life] {
      SimulatedModel& answerer = models_.at(key);
      if (answerer.life != life) return;
      ++answered_;
      if (--answerer.running == 0) residency_.rest(key, now_);
    });
  }

  void end(const ModelKey& key) {
    SimulatedModel& model = models_.at(key);
    ++model.life;
    model.loaded = false;
    model.running = 0;
    residency_.gone(key);
    if (!model.queue.empty()) residency_.want(key, {key, model.bytes, model.load_time}, now_);
  }

  void obey(const Orders& orders) {
    for (const Refusal& refusal : orders.refuse) {
      refused_ += models_.at(refusal.key).queue.size();
      models_.at(refusal.key).queue.clear();
    }
    for (const ModelKey& key : orders.leave) {
      SimulatedModel& model = models_.at(key);
      RC_ASSERT(model.loaded);
      RC_ASSERT(model.running == 0U);
      RC_ASSERT(!residency_.is_pinned(key));
      model.loaded = false;
      after(model.leave_time, [this, key, life = model.life] {
        if (models_.at(key).life == life) end(key);
      });
    }
    for (const ModelKey& key : orders.load)
      load(key);
    RC_ASSERT(residency_.reserved_bytes() <= rules_.budget_bytes);
    take_over_queues();
    look_again_ = orders.look_again;
  }

  void load(const ModelKey& key) {
    SimulatedModel& model = models_.at(key);
    RC_ASSERT(!model.loaded);
    if (!model.queue.empty()) residency_.work(key);
    const auto failing = std::find(failing_.begin(), failing_.end(), key);
    const bool fails = failing != failing_.end();
    if (fails) failing_.erase(failing);
    after(model.load_time, [this, key, fails] {
      if (fails) {
        failed_ += std::exchange(models_.at(key).queue, {}).size();
        return end(key);
      }
      models_.at(key).loaded = true;
      residency_.ready(key, now_);
      if (models_.at(key).queue.empty()) residency_.rest(key, now_);
      take_over_queues();
    });
  }

  void take_over_queues() {
    for (auto& [key, model] : models_) {
      if (!model.loaded || model.queue.empty() || !residency_.takes_requests(key)) continue;
      for (const SimulatedRequest& request : std::exchange(model.queue, {}))
        answer(key, request);
    }
  }

  ResidencyRules rules_;
  Residency residency_;
  base::TimePoint now_{};
  std::map<ModelKey, SimulatedModel> models_;
  std::multimap<base::TimePoint, std::function<void()>> events_;
  std::optional<base::TimePoint> look_again_;
  std::vector<ModelKey> failing_;
  std::size_t asked_ = 0;
  std::size_t answered_ = 0;
  std::size_t refused_ = 0;
  std::size_t failed_ = 0;
};

base::Duration any_time(std::int64_t ms_max) {
  return milliseconds(*rc::gen::inRange<std::int64_t>(1, ms_max));
}

RC_GTEST_PROP(ResidencyProperty, EveryRequestIsAnsweredOrRefusedWithinTheBudget, ()) {
  World world({.budget_bytes = *rc::gen::inRange<std::uint64_t>(5, 20),
               .models_max = *rc::gen::inRange<std::size_t>(1, 6),
               .keep = any_time(20'000),
               .turn = any_time(5'000)});
  const std::size_t models = *rc::gen::inRange<std::size_t>(1, 6);
  for (std::size_t i = 0; i < models; ++i) {
    world.add_model(std::to_string(i), {.bytes = *rc::gen::inRange<std::uint64_t>(1, 12),
                                        .load_time = any_time(3'000),
                                        .leave_time = any_time(500)});
  }
  const auto any_model = [&] { return std::to_string(*rc::gen::inRange<std::size_t>(0, models)); };
  if (*rc::gen::inRange(0, 4) == 0) world.residency().pin(any_model());
  const std::size_t events = *rc::gen::inRange<std::size_t>(1, 60);
  for (std::size_t i = 0; i < events; ++i) {
    const ModelKey key = any_model();
    const base::Duration time = any_time(60'000);
    switch (*rc::gen::inRange(0, 12)) {
      case 0:
        world.at(time, [&world, key] { world.crash(key); });
        break;
      case 1:
        world.at(time, [&world, key] { world.fail_next_load(key); });
        break;
      default: {
        const base::Duration answer_time = any_time(10'000);
        world.at(time, [&world, key, answer_time] { world.ask(key, answer_time); });
      }
    }
  }
  world.run();
  RC_ASSERT(world.answered() + world.refused() + world.failed() == world.asked());
}

// Clients that never stop asking one model keep nobody else waiting for long.
TEST(ResidencyProperty, NobodyStarvesBesideAModelThatIsAskedWithoutEnd) {
  World world({.budget_bytes = 10, .keep = kKeepForever, .turn = seconds(3)});
  world.add_model("busy", {.bytes = 6, .load_time = seconds(1), .leave_time = milliseconds(10)});
  world.add_model("rare", {.bytes = 6, .load_time = seconds(1), .leave_time = milliseconds(10)});
  for (int i = 0; i < 600; ++i)  // always one or two under way
    world.at(milliseconds(100 * i), [&] { world.ask("busy", milliseconds(150)); });
  for (int i = 1; i < 5; ++i)
    world.at(seconds(10 * i), [&] { world.ask("rare", milliseconds(1)); });
  world.run();
  EXPECT_EQ(world.answered(), 604U);
  // Its patience, what runs just then, the other's way out, its load.
  EXPECT_LE(world.longest_wait("rare"), seconds(3) + milliseconds(150 + 10) + seconds(1));
  EXPECT_GE(world.longest_wait("rare"), seconds(4));  // or the room was not short at all
  // The same way back, without a turn to wait for.
  EXPECT_LE(world.longest_wait("busy"), seconds(3));
}

}  // namespace
}  // namespace hearth::fleet
