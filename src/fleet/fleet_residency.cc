// Room for models: what each needs is counted before it is loaded, Residency decides, and its
// orders are carried out here.
#include <chrono>
#include <utility>

#include <boost/asio/post.hpp>

#include "base/clock.h"
#include "base/log.h"
#include "fleet/compute_threads.h"
#include "fleet/fit/machine.h"
#include "fleet/fit/model_sheet.h"
#include "fleet/fit/verdict.h"
#include "fleet/fleet.h"

namespace hearth::fleet {

namespace {

// What a load takes where none was seen: a process, and its weights from a disk.
constexpr base::Duration kLoadLeast = std::chrono::milliseconds(200);
constexpr double kLoadBytesPerSecond = 1e9;

base::TimePoint now() {
  return base::system_clock().now();
}

}  // namespace

Claim Fleet::claim_of(const Place& place) const {
  Claim claim = claim_for(place.model, place.opened->facts, place.load());
  if (place.load_time) claim.reload = *place.load_time;
  return claim;
}

Claim Fleet::claim_for(const store::ModelFile& model, const gguf::ModelFacts& facts,
                       const wire::Load& load) const {
  const Need need(facts, memory_.find(model));
  const auto guess =
      std::chrono::duration<double>(static_cast<double>(facts.weight_bytes) / kLoadBytesPerSecond);
  return {.name = model.name,
          .bytes = need.bytes(load_request(facts, load)),
          .reload = kLoadLeast + std::chrono::duration_cast<base::Duration>(guess)};
}

std::uint64_t Fleet::memory_budget() const {
  if (options_.memory_bytes > 0) return options_.memory_bytes;
  std::vector<int> runners;
  for (const auto& [key, place] : places_) {
    if (place.runner) runners.push_back(place.runner->pid());
  }
  const Device host = measure_machine(runners).devices.front();
  if (host.available_bytes == 0) return 0;
  return static_cast<std::uint64_t>(static_cast<double>(host.available_bytes + host.held_bytes) *
                                    kBudgetShare);
}

void Fleet::pin(const store::ModelFile& model, Pin pin) {
  const std::string key = place_of(model);
  pin == Pin::kOn ? residency_.pin(key) : residency_.unpin(key);
  const auto what = pin == Pin::kOn ? ModelNews::What::kPinned : ModelNews::What::kUnpinned;
  if (options_.news != nullptr) options_.news->tell(what, model.name);
  settle();
}

void Fleet::keep(const store::ModelFile& model, base::Duration time) {
  residency_.keep(place_of(model), time);
  settle();
}

void Fleet::tell(ModelNews::What what, const Place& place, std::string detail) {
  if (options_.news != nullptr) options_.news->tell(what, place.model.name, std::move(detail));
}

// The files are looked at: now its need is known.
void Fleet::admit(const std::string& key, Result<OpenedModel> opened) {
  Place& place = places_.at(key);
  place.opening = false;
  if (!opened) return refuse(key, opened.error());
  if (!options_.runner_executable) return refuse(key, options_.runner_executable.error());
  if (winding_down_) return refuse(key, shutting_down());
  place.opened = std::move(*opened);
  const gguf::ModelFacts& facts = place.opened->facts;
  place.planned = Need(facts, {}).estimate(load_request(facts, place.load()));
  residency_.set_budget(memory_budget());
  residency_.want(key, claim_of(place), now());
  settle();
  const auto found = places_.find(key);
  const bool waits = found != places_.end() && found->second.opened;
  if (waits) tell(ModelNews::What::kWaiting, found->second);
}

// Until there is nothing more to be done at once. What it does may call it again.
void Fleet::settle() {
  if (std::exchange(settling_, true)) return;
  Orders orders = residency_.next(now());
  while (!orders.nothing_to_do()) {
    obey(orders);
    orders = residency_.next(now());
  }
  settling_ = false;
  look_again_at(orders.look_again);
  std::vector<std::string> waited_for;
  for (const auto& [key, place] : places_) {
    if (place.runner && !place.waiting.empty()) waited_for.push_back(key);
  }
  for (const std::string& key : waited_for)
    hand_over(key);
  load_expected();
  read_next();
}

void Fleet::obey(const Orders& orders) {
  for (const Refusal& refusal : orders.refuse)
    refuse(refusal.key, refusal.why);
  for (const ModelKey& key : orders.leave) {
    const Place& place = places_.at(key);
    log::info("model leaves", {{"model", place.model.name}});
    tell(ModelNews::What::kLeaving, place);
    place.runner->stop();
  }
  for (const ModelKey& key : orders.load)
    start(key);
}

void Fleet::look_again_at(std::optional<base::TimePoint> time) {
  look_again_.cancel();
  if (!time || winding_down_) return;
  look_again_.expires_at(*time);
  look_again_.async_wait([this](boost::system::error_code error) {
    if (!error) settle();
  });
}

// Gives a runner what waits for it, unless it takes nothing now.
void Fleet::hand_over(const std::string& key) {
  const auto found = places_.find(key);
  if (found == places_.end()) return;
  const Place& place = found->second;
  const bool takes = place.runner && place.runner->takes_requests();
  if (!takes || !residency_.takes_requests(key)) return;
  const auto waiting = std::exchange(found->second.waiting, {});
  for (const RunnerCallback& use : waiting)
    hand(key, use);
}

void Fleet::hand(const std::string& key, const RunnerCallback& use) {
  const std::shared_ptr<Runner> runner = places_.at(key).runner;
  residency_.work(key);
  use(runner);
  // Who asked may have gone meanwhile.
  const bool rests = runner->state() == Runner::State::kReady && runner->requests_running() == 0;
  if (rests) residency_.rest(key, now());
}

void Fleet::refuse(const std::string& key, const Error& why) {
  Place& place = places_.at(key);
  place.opened.reset();
  place.falls = false;
  residency_.withdraw(key);
  tell(ModelNews::What::kRefused, place, why.message);
  const auto waiting = std::exchange(place.waiting, {});
  for (const RunnerCallback& use : waiting)
    use(fail(why));
  forget_if_unused(key);
  finish_shutdown_if_empty();
}

void Fleet::refuse_all_waiting(const Error& why) {
  std::vector<std::string> keys;
  for (const auto& [key, place] : places_) {
    if (place.opened) keys.push_back(key);
  }
  for (const std::string& key : keys)
    refuse(key, why);
}

// It has its room.
void Fleet::start(const std::string& key) {
  Place& place = places_.at(key);
  OpenedModel opened = *std::exchange(place.opened, std::nullopt);
  // What is loaded is the file that was opened, which may be a newer one than was looked up.
  place.model = store::same_as(place.model, opened.file);
  Runner::Options options{
      *options_.runner_executable, options_.runner_log_level,  place.load(),
      std::move(opened.file),      std::move(opened.adapters), place.plan.parts};
  wire::Load& load = options.load;
  load.threads = compute_threads({load.threads, options_.cores}, opened.facts.weight_bytes);
  place.threads = load.threads;
  place.threads_now = load.threads;
  load.adapters = static_cast<std::uint32_t>(options.adapters.size());
  load.cache_folder = cache_folder(place.model, place.plan.variant);
  place.falls = false;
  place.own_context = static_cast<std::uint32_t>(opened.facts.context_trained);
  load.leased = true;
  place.looked_at = {};
  place.started = now();
  place.watchdog.rest(place.started);
  auto runner = Runner::start(
      loop_, std::move(options),
      {[this, key] { on_ready(key); }, [this, key] { on_idle(key); },
       [this, key](const Error& why) { return falls(key, why); }, [this, key] { on_end(key); },
       [this, key](const auto& word) { return on_lease(key, word); }});
  if (!runner) {
    residency_.gone(key);
    return refuse(key, runner.error());
  }
  place.runner = *std::move(runner);
  ++place.starts;
  registry_.counter({"hearth_runner_starts_total", "Runners started"}).add();
  log::info("runner started", {{"model", place.model.name}, {"pid", place.runner->pid()}});
  tell(ModelNews::What::kLoading, place);
  watch();
  hand_over(key);
}

}  // namespace hearth::fleet
