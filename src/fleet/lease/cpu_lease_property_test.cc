// The lease in a world of its own: runners that want cores, compute, rest, hang and die at any
// moment. Time is made up and there are no processes.
#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "fleet/lease/cpu_lease.h"

namespace hearth::fleet {
namespace {

using std::chrono::milliseconds;

struct SimulatedRunner {
  wire::LeaseWish wish;
  base::Duration step{};
  std::size_t steps_left = 0;
  bool holds = false;
  bool asked_back = false;
  bool hangs = false;
  bool overdue = false;    // as this world reckons
  std::uint32_t life = 0;  // what belongs to an ended one is void
  base::TimePoint granted{};
  std::size_t passed = 0;  // leases of others since it began to wait
  std::size_t most_passed = 0;
};

class World {
 public:
  explicit World(const LeaseRules& rules) : lease_(rules) {}

  SimulatedRunner& add(const Lessee& name, const SimulatedRunner& runner) {
    return runners_[name] = runner;
  }
  void at(base::Duration time, std::function<void()> what) {
    events_.emplace(base::TimePoint(time), std::move(what));
  }
  void work(const Lessee& name, std::size_t steps) {
    SimulatedRunner& runner = runners_.at(name);
    const bool begins = runner.steps_left == 0 && !lease_.waits(name);
    runner.steps_left += steps;
    if (!begins) return;
    if (runner.holds) return compute(name);
    want(name);
  }
  void hang(const Lessee& name) { runners_.at(name).hangs = true; }
  // It ends, and another one takes its place, with its work.
  void die(const Lessee& name) {
    SimulatedRunner& runner = runners_.at(name);
    lease_.gone(name);
    ++runner.life;
    runner.holds = runner.asked_back = runner.hangs = runner.overdue = false;
    if (runner.steps_left > 0) want(name);
  }

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
      obey(lease_.next(now_));
    }
  }
  const std::map<Lessee, SimulatedRunner>& runners() const { return runners_; }
  base::TimePoint now() const { return now_; }

 private:
  void want(const Lessee& name) {
    SimulatedRunner& runner = runners_.at(name);
    runner.passed = 0;
    RC_ASSERT(lease_.want(name, runner.wish, now_));
  }
  void give_back(const Lessee& name) {
    SimulatedRunner& runner = runners_.at(name);
    runner.holds = runner.asked_back = runner.overdue = false;
    runner.passed = 0;
    const auto next = runner.steps_left > 0 ? std::optional(runner.wish) : std::nullopt;
    RC_ASSERT(lease_.give_back(name, next, now_));
  }
  void compute(const Lessee& name) {
    SimulatedRunner& runner = runners_.at(name);
    events_.emplace(now_ + runner.step, [this, name, life = runner.life] { end_step(name, life); });
  }
  void end_step(const Lessee& name, std::uint32_t life) {
    SimulatedRunner& runner = runners_.at(name);
    if (runner.life != life || runner.hangs) return;
    --runner.steps_left;
    const bool slice_over = now_ - runner.granted >= lease_.rules().slice;
    if (runner.asked_back && (slice_over || runner.steps_left == 0)) return give_back(name);
    if (runner.steps_left > 0) compute(name);
  }

  void obey(const LeaseOrders& orders) {
    mark_overdue();
    for (const Lessee& name : orders.grant) {
      SimulatedRunner& runner = runners_.at(name);
      RC_ASSERT(!runner.holds);
      runner.holds = true;
      runner.granted = now_;
      for (auto& [other, waiting] : runners_) {
        if (!lease_.waits(other)) continue;
        waiting.most_passed = std::max(waiting.most_passed, ++waiting.passed);
      }
      if (runner.steps_left > 0) compute(name);
    }
    for (const Lessee& name : orders.want_back) {
      SimulatedRunner& runner = runners_.at(name);
      RC_ASSERT(runner.holds && !runner.asked_back);
      runner.asked_back = true;
      asked_.insert_or_assign(name, now_);
      if (runner.steps_left == 0 && !runner.hangs) give_back_later(name);
    }
    look_again_ = orders.look_again;
    std::uint32_t cores = 0;
    for (const auto& [name, runner] : runners_) {
      if (runner.holds && !runner.overdue)
        cores += std::min(std::max(runner.wish.cores, 1U), lease_.rules().cores);
    }
    RC_ASSERT(cores <= lease_.rules().cores);
  }
  // Its word is under way.
  void give_back_later(const Lessee& name) {
    events_.emplace(now_, [this, name, life = runners_.at(name).life] {
      const SimulatedRunner& runner = runners_.at(name);
      if (runner.life != life || !runner.asked_back || runner.steps_left > 0) return;
      give_back(name);
    });
  }
  void mark_overdue() {
    for (auto& [name, runner] : runners_) {
      if (!runner.holds || !runner.asked_back) continue;
      const LeaseRules& rules = lease_.rules();
      const auto ends = std::max(asked_.at(name), runner.granted + rules.slice) + rules.patience;
      runner.overdue = runner.overdue || now_ >= ends;
    }
  }

  CpuLease lease_;
  base::TimePoint now_{};
  std::map<Lessee, SimulatedRunner> runners_;
  std::map<Lessee, base::TimePoint> asked_;
  std::multimap<base::TimePoint, std::function<void()>> events_;
  std::optional<base::TimePoint> look_again_;
};

base::Duration any_time(std::int64_t ms_max) {
  return milliseconds(*rc::gen::inRange<std::int64_t>(1, ms_max));
}

// Whatever happens, no more cores are leased than there are, and whoever does not hang computes all
// that it has to.
RC_GTEST_PROP(CpuLeaseProperty, EverybodyComputesAllOfItsWorkWithinTheCores, ()) {
  World world({.cores = *rc::gen::inRange<std::uint32_t>(1, 9), .patience = any_time(3'000)});
  const std::size_t count = *rc::gen::inRange<std::size_t>(1, 7);
  for (std::size_t i = 0; i < count; ++i) {
    world.add(std::to_string(i),
              {.wish = {*rc::gen::inRange<std::uint32_t>(0, 12), *rc::gen::inRange(-3, 4)},
               .step = any_time(400)});
  }
  const std::size_t events = *rc::gen::inRange<std::size_t>(1, 60);
  for (std::size_t i = 0; i < events; ++i) {
    const Lessee name = std::to_string(*rc::gen::inRange<std::size_t>(0, count));
    const base::Duration time = any_time(5'000);
    const std::size_t steps = *rc::gen::inRange<std::size_t>(1, 30);
    switch (*rc::gen::inRange(0, 12)) {
      case 0:
        world.at(time, [&world, name] { world.die(name); });
        break;
      case 1:
        world.at(time, [&world, name] { world.hang(name); });
        break;
      default:
        world.at(time, [&world, name, steps] { world.work(name, steps); });
    }
  }
  world.run();
  for (const auto& [name, runner] : world.runners())
    RC_ASSERT(runner.hangs || runner.steps_left == 0);
}

// Those that always want all cores and compute equally long are passed by each other one once.
RC_GTEST_PROP(CpuLeaseProperty, OfManyThatAreAlikeEachWaitsForEveryOtherOnce, ()) {
  const std::size_t count = *rc::gen::inRange<std::size_t>(2, 8);
  const base::Duration step = any_time(100);
  World world({.cores = 2});
  for (std::size_t i = 0; i < count; ++i) {
    const Lessee name = std::to_string(i);
    world.add(name, {.wish = {2, 0}, .step = step});
    world.at(any_time(500), [&world, name] { world.work(name, 200); });
  }
  world.run();
  for (const auto& [name, runner] : world.runners())
    RC_ASSERT(runner.most_passed < count);
}

// A runner that rests between its steps, however they fall, waits for no more than one lease of
// each of those that always compute.
RC_GTEST_PROP(CpuLeaseProperty, WhoRestsBetweenStepsIsSoonServed, ()) {
  World world({.cores = 2});
  for (const char* busy : {"a", "b", "c"}) {
    world.add(busy, {.wish = {2, 0}, .step = milliseconds(25)});
    world.at(milliseconds(1), [&world, busy] { world.work(busy, 400); });
  }
  world.add("rare", {.wish = {2, 0}, .step = milliseconds(5)});
  for (int i = 0; i < 40; ++i)
    world.at(any_time(20'000), [&world] { world.work("rare", 1); });
  world.run();
  RC_ASSERT(world.runners().at("rare").most_passed <= 3);
}

}  // namespace
}  // namespace hearth::fleet
