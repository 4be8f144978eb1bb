#include "fleet/fleet.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/utf8.h"
#include "chat/request_size.h"
#include "fleet/cache_folder.h"
#include "fleet/load_ladder.h"
#include "process/memory.h"

namespace hearth::fleet {

namespace asio = boost::asio;

namespace {

// What idle models may keep beside prefixes.
constexpr std::uint64_t kCacheBytesLeast = 16 * 1024 * 1024;

bool same_file(const store::ModelFile& a, const store::ModelFile& b) {
  return a.file_number == b.file_number && a.size_bytes == b.size_bytes &&
         a.modified_ms == b.modified_ms;
}

// What one runner holds: two models of one file that are loaded differently have one each.
std::string place_key(const store::ModelFile& model, const LoadPlan& plan) {
  return plan.variant.empty() ? model.path : model.path + "#" + plan.variant;
}

ResidencyRules rules_of(const Fleet::Options& options) {
  ResidencyRules rules{.keep = options.keep};
  if (options.models_max > 0) rules.models_max = options.models_max;
  return rules;
}

Error too_many_wait(const std::string& model) {
  return make_error(
      Code::kResourceExhausted,
      fmt::format("{} requests wait for '{}' already; try again", kWaitingMax, model));
}

// A request and its seat, which is free when nobody needs the request any more.
struct Kept {
  chat::Request request;
  WaitingRoom::Seat seat;
};

Error not_loaded(const std::string& model) {
  return make_error(Code::kNotFound, "'" + model + "' is not loaded; `hearth ps` shows what is");
}

}  // namespace

Fleet::Fleet(asio::io_context& loop, metrics::Registry& registry, Options options)
    : loop_(loop),
      registry_(registry),
      options_(std::move(options)),
      residency_(rules_of(options_)),
      waiting_room_(options_.waiting),
      lease_(lease_rules(options_)),
      look_again_(loop),
      watch_(loop),
      lease_timer_(loop) {
  load_capabilities();
  load_memory();
}

Fleet::~Fleet() {
  reading_.cancel();
  reader_.join();
  worker_.join();
}

std::unique_ptr<chat::EventStream> Fleet::generate(Result<store::ModelFile> model,
                                                   chat::Request request) {
  auto call = std::make_shared<Call>(loop_);
  auto stream = std::make_unique<CallStream>(call);
  if (!model) {
    call->deliver(chat::Failed{model.error()});
    return stream;
  }
  auto seat = waiting_room_.enter(chat::content_bytes(request));
  if (!seat) {
    call->deliver(chat::Failed{seat.error()});
    return stream;
  }
  if (request.deadline_ms > 0) call->end_within(std::chrono::milliseconds(request.deadline_ms));
  const auto kept = std::make_shared<const Kept>(Kept{std::move(request), std::move(*seat)});
  const std::shared_ptr<const chat::Request> shared(kept, &kept->request);
  call->keep(shared);
  const std::weak_ptr<Call> weak = call;
  call->set_replay([this, weak, model = *model, wanted = std::weak_ptr(shared)] {
    const auto again = weak.lock();
    const auto asked = wanted.lock();
    if (again && asked) submit(again, model, asked);
  });
  submit(call, *model, shared);
  return stream;
}

void Fleet::submit(const std::shared_ptr<Call>& call, const store::ModelFile& model,
                   const std::shared_ptr<const chat::Request>& request) {
  with_runner(model, [this, call, model, wanted = std::weak_ptr(request)](auto runner) {
    if (!runner) return call->deliver(chat::Failed{runner.error()});
    const auto kept = wanted.lock();
    if (!kept) return;  // nobody waits for it any more
    heed(model, kept->keep_alive);
    chat::Request asked = *kept;
    asked.deadline_ms = call->remaining_ms();
    (*runner)->generate(call, std::move(asked));
  });
}

template <typename T, typename Ask>
struct Fleet::Wish {
  store::ModelFile model;
  std::optional<WaitingRoom::Seat> seat;
  Callback<T> done;
  Ask ask;
  bool over = false;
  bool asked_twice = false;
  CallOff at_runner = nullptr;  // once it has been asked
};

template <typename T, typename Ask>
CallOff Fleet::ask_runner(const store::ModelFile& model, std::uint64_t bytes, Callback<T> done,
                          Ask ask) {
  auto seat = waiting_room_.enter(bytes);
  if (!seat) {
    asio::post(loop_, [done = std::move(done), why = seat.error()] { done(fail(why)); });
    return [] {};
  }
  const auto wish = std::make_shared<Wish<T, Ask>>(Wish<T, Ask>{
      .model = model, .seat = std::move(*seat), .done = std::move(done), .ask = std::move(ask)});
  ask_for(wish);
  return [wish] {
    wish->over = true;
    wish->seat.reset();
    if (wish->at_runner) wish->at_runner();
  };
}

template <typename T, typename Ask>
void Fleet::ask_for(const std::shared_ptr<Wish<T, Ask>>& wish) {
  with_runner(wish->model, [this, wish](auto runner) {
    if (wish->over) return;
    if (!runner) return wish->done(fail(runner.error()));
    wish->at_runner = wish->ask(**runner, [this, wish](Result<T> result) {
      const bool crashed = !result && result.error().code == Code::kEngineCrashed;
      const bool again = (crashed && !std::exchange(wish->asked_twice, true)) ||
                         (!result && waits_for_less(wish->model, result.error()));
      if (!again) return wish->done(std::move(result));
      asio::post(loop_, [this, wish] {
        if (!wish->over) ask_for(wish);
      });
    });
  });
}

CallOff Fleet::tokenize(const store::ModelFile& model, chat::TokenizeRequest request,
                        Callback<chat::Tokens> done) {
  const std::uint64_t bytes = chat::content_bytes(request);
  return ask_runner(model, bytes, std::move(done),
                    [request = std::move(request)](Runner& runner, Callback<chat::Tokens> take) {
                      return runner.tokenize(request, std::move(take));
                    });
}

CallOff Fleet::embed(const store::ModelFile& model, chat::EmbedRequest request,
                     Callback<chat::Embeddings> done) {
  const std::uint64_t bytes = chat::content_bytes(request);
  return ask_runner(
      model, bytes, std::move(done),
      [this, model, request = std::move(request)](Runner& runner, Callback<chat::Embeddings> take) {
        heed(model, request.keep_alive);
        return runner.embed(request, std::move(take));
      });
}

CallOff Fleet::load(const store::ModelFile& model, std::function<void(Result<void>)> done,
                    std::optional<base::Duration> keep_alive, Pause pause) {
  // A runner says what it has counted as soon as it has loaded.
  const auto ask = [this, model, keep_alive](Runner& runner,
                                             std::function<void(Result<void>)> take) -> CallOff {
    runner.query_stats([=, this](const Result<RunnerCounts>& counts) {
      if (counts && keep_alive) keep(model, *keep_alive);
      take(counts ? Result<void>() : fail(counts.error()));
    });
    return [] {};
  };
  if (pause == Pause::kLifted) recovery_.forgive(place_of(model));
  return ask_runner(model, 0, std::move(done), ask);
}

void Fleet::query_counts(const std::string& model, Callback<RunnerCounts> done) {
  const std::vector<Place*> places = find_places(model);
  if (places.empty()) {
    asio::post(loop_, [model, done = std::move(done)] { done(fail(not_loaded(model))); });
    return;
  }
  places.front()->runner->query_stats(std::move(done));
}

// `use` is called from the loop, at once or when there is a runner. A runner that is on its way out
// is waited for, so that one file never has two.
void Fleet::with_runner(const store::ModelFile& model, RunnerCallback use) {
  if (on_empty_) {
    asio::post(loop_, [use = std::move(use)] { use(fail(shutting_down())); });
    return;
  }
  LoadPlan plan = plan_load(options_.load, model);
  const std::string key = place_key(model, plan);
  Place& place = places_.try_emplace(key, Place{.model = model}).first->second;
  place.last_used_ms = base::system_clock().wall_ms();
  if (expected_.came(key)) stop_reading();
  if (place.runner && place.runner->takes_requests() && !same_file(place.model, model)) {
    log::info("the model file was replaced and is loaded again", {{"path", model.path}});
    residency_.leaving(key);
    place.runner->retire();
    std::string name = std::move(place.model.name);
    place.model = model;
    place.model.name = std::move(name);
    place.plan = plan;
    place.starts = 0;  // what comes next is no restart
    place.lowered.reset();
  }
  if (place.waiting.size() >= kWaitingMax) {
    asio::post(loop_,
               [use = std::move(use), error = too_many_wait(model.name)] { use(fail(error)); });
    return;
  }
  place.waiting.push_back(std::move(use));
  if (place.runner) {
    asio::post(loop_, [this, key] { hand_over(key); });
    return;
  }
  if (place.opening || place.opened) return;
  place.model = model;
  place.plan = std::move(plan);
  open(key);
}

void Fleet::open(const std::string& key) {
  Place& place = places_.at(key);
  place.opening = true;
  const auto allowed = recovery_.may_start(key, place.model.name, base::system_clock().now());
  if (!allowed) {
    asio::post(loop_, [this, key, why = allowed.error()] {
      if (places_.contains(key)) admit(key, fail(why));
    });
    return;
  }
  asio::post(worker_, [this, key, model = place.model] {
    auto opened = std::make_shared<Result<OpenedModel>>(open_model(model));
    asio::post(loop_, [this, key, opened] {
      if (places_.contains(key)) admit(key, std::move(*opened));
    });
  });
}

// Made before its runner is, which cannot; what others left is looked through meanwhile.
std::string Fleet::cache_folder(const store::ModelFile& model, const std::string& variant) {
  std::string folder = ensure_cache_folder(options_.cache_folder, cache_name(model, variant));
  std::vector<std::string> used{folder};
  for (const auto& [key, place] : places_) {
    if (place.runner) used.push_back(place.runner->cache_folder());
  }
  asio::post(worker_, [root = options_.cache_folder, used = std::move(used),
                       bytes = std::max(options_.load.prefix_file_bytes, kCacheBytesLeast)] {
    prune_cache_folders(root, used, bytes);
  });
  return folder;
}

void Fleet::on_ready(const std::string& key) {
  Place& place = places_.at(key);
  const Runner& runner = *place.runner;
  const base::TimePoint now = base::system_clock().now();
  place.load_time = now - place.started;
  cool(place);
  residency_.ready(key, now);
  tell(ModelNews::What::kReady, place);
  if (runner.requests_running() == 0) residency_.rest(key, now);
  asio::post(loop_, [this] { settle(); });
  const std::string& path = place.model.path;
  note_capabilities(place);
  log::info("model loaded", {{"path", path}});
  const std::uint32_t asked = asked_context(place);
  if (asked > runner.loaded().context) {
    log::warning("the model has a smaller context than was asked for",
                 {{"path", path}, {"asked", asked}, {"context", runner.loaded().context}});
  }
  const std::string& sandbox = runner.greeting().sandbox;
  if (std::exchange(sandbox_logged_, true)) return;
  const bool whole = sandbox.find("lacks") == std::string::npos;
  log::write(whole ? log::Level::kInfo : log::Level::kWarning, "sandbox of the runners",
             {{"sandbox", base::repair_utf8(sandbox)}});
}

// A model that crashed keeps its place, so that its restarts are known; there are no more of them
// than there are model files. Any other is forgotten, or names of strangers would pile up.
void Fleet::forget_if_unused(const std::string& key) {
  const auto found = places_.find(key);
  if (found == places_.end()) return;
  const Place& place = found->second;
  const bool used =
      place.runner || place.opening || place.opened || !place.waiting.empty() || place.falls;
  if (!used && !place.crashed) places_.erase(found);
}

void Fleet::on_end(const std::string& key) {
  Place& place = places_.at(key);
  const auto runner = std::exchange(place.runner, nullptr);
  place.crashed = runner->crashed() && !on_empty_;
  if (!place.crashed) place.starts = 0;  // what comes next is no restart
  if (runner->load_error() && !place.falls) recovery_.failed(key, base::system_clock().now());
  if (place.crashed) {
    recovery_.failed(key, base::system_clock().now());
    registry_.counter({"hearth_runner_crashes_total", "Runners that ended unexpectedly"}).add();
  }
  residency_.gone(key);
  tell(place.crashed ? ModelNews::What::kCrashed : ModelNews::What::kGone, place);
  end_lease(key);
  const auto unloading = std::exchange(place.unloading, {});
  for (const auto& done : unloading)
    done({});
  if (!place.waiting.empty() && !place.opening && !place.runner) open(key);
  forget_if_unused(key);
  settle();
  finish_shutdown_if_empty();
}

std::string Fleet::place_of(const store::ModelFile& model) const {
  return place_key(model, plan_load(options_.load, model));
}

std::vector<Place*> Fleet::places_where(
    const std::function<bool(const std::string& key, const Place& place)>& is_meant) {
  std::vector<Place*> found;
  for (auto& [key, place] : places_) {
    if (place.runner && is_meant(key, place)) found.push_back(&place);
  }
  return found;
}

std::vector<Place*> Fleet::find_places(const std::string& model) {
  auto found = places_where([&](const std::string& key, const Place& place) {
    return key == model || place.model.name == model;
  });
  if (!found.empty()) return found;
  return places_where(
      [&](const std::string&, const Place& place) { return place.model.path == model; });
}

void Fleet::unload(const std::string& model, std::function<void(Result<void>)> done) {
  end_places(find_places(model), model, std::move(done));
}

void Fleet::unload_file(const std::string& path, std::function<void(Result<void>)> done) {
  end_places(places_where(
                 [&](const std::string&, const Place& place) { return place.model.path == path; }),
             path, std::move(done));
}

void Fleet::end_places(const std::vector<Place*>& places, const std::string& model,
                       std::function<void(Result<void>)> done) {
  if (places.empty()) {
    asio::post(loop_, [model, done = std::move(done)] { done(fail(not_loaded(model))); });
    return;
  }
  const auto left = std::make_shared<std::size_t>(places.size());
  for (Place* place : places) {
    place->unloading.push_back([left, done](const Result<void>& ended) {
      if (--*left == 0) done(ended);
    });
  }
  for (Place* place : places) {
    residency_.leaving(place_key(place->model, place->plan));
    place->runner->stop();
  }
}

void Fleet::wind_down() {
  winding_down_ = true;
  if (options_.news != nullptr) options_.news->end();
  reading_.cancel();
  refuse_all_waiting(shutting_down());
  for (auto& [key, place] : places_) {
    if (place.runner && place.runner->state() == Runner::State::kLoading) place.runner->stop();
  }
}

void Fleet::shut_down(std::function<void()> done) {
  winding_down_ = true;
  look_again_.cancel();
  watch_.cancel();
  refuse_all_waiting(shutting_down());
  on_empty_ = std::move(done);
  for (auto& [key, place] : places_) {
    if (place.runner) place.runner->stop();
  }
  finish_shutdown_if_empty();
}

void Fleet::finish_shutdown_if_empty() {
  if (!on_empty_) return;
  for (const auto& [key, place] : places_) {
    if (place.runner || place.opening) return;
  }
  asio::post(loop_, std::exchange(on_empty_, [] {}));
}

Result<void> Fleet::ready() const {
  if (!options_.runner_executable) return fail(options_.runner_executable.error());
  return {};
}

bool Fleet::busy() const {
  for (const auto& [key, place] : places_) {
    if (place.opening || place.opened) return true;
    if (place.runner && place.runner->requests_running() > 0) return true;
  }
  return false;
}

// It counts once the request is answered.
void Fleet::heed(const store::ModelFile& model, std::optional<base::Duration> keep_alive) {
  if (keep_alive) residency_.keep(place_of(model), *keep_alive);
}

Error Fleet::shutting_down() {
  return make_error(Code::kUnavailable, "the daemon is shutting down");
}

std::vector<RunnerStatus> Fleet::status() const {
  std::vector<RunnerStatus> list;
  for (const auto& [key, place] : places_) {
    if (!place.runner && !place.opening && !place.opened) continue;
    RunnerStatus status;
    status.state = place.opened ? RunnerStatus::State::kWaiting : RunnerStatus::State::kLoading;
    status.reserved_bytes = place.opened ? claim_of(place).bytes : residency_.reserved_bytes(key);
    status.pinned = residency_.is_pinned(key);
    status.threads = place.threads_now;
    status.planned = place.planned;
    status.lowered = what_is_lower(place.load(), place.plan.load);
    if (const auto left = residency_.time_left(key, base::system_clock().now())) {
      status.leaves_ms =
          base::system_clock().wall_ms() + static_cast<std::int64_t>(base::to_ms(*left));
    }
    status.model = place.model.name;
    status.path = place.model.path;
    status.runner = options_.runner_executable.value_or("");
    status.restarts = place.starts > 0 ? place.starts - 1 : 0;
    status.last_used_ms = place.last_used_ms;
    if (place.runner) {
      const auto state = place.runner->state();
      status.state = state == Runner::State::kReady     ? RunnerStatus::State::kReady
                     : state == Runner::State::kLoading ? RunnerStatus::State::kLoading
                                                        : RunnerStatus::State::kStopping;
      status.pid = place.runner->pid();
      status.resident_bytes = process::resident_bytes(status.pid);
      status.anonymous_bytes = process::anonymous_bytes(status.pid);
      status.context = place.runner->loaded().context;
      status.lease = lease_.use(key, base::system_clock().now());
      status.requests_running = static_cast<std::uint32_t>(place.runner->requests_running());
    }
    list.push_back(std::move(status));
  }
  return list;
}

}  // namespace hearth::fleet
