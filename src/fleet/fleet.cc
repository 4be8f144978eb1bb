#include "fleet/fleet.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <boost/asio/post.hpp>

#include "base/clock.h"
#include "base/log.h"
#include "base/replacement.h"
#include "base/utf8.h"
#include "fleet/cache_folder.h"
#include "fleet/compute_threads.h"
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

Error not_loaded(const std::string& model) {
  return make_error(Code::kNotFound, "'" + model + "' is not loaded; `hearth ps` shows what is");
}

}  // namespace

Fleet::Fleet(asio::io_context& loop, metrics::Registry& registry, Options options)
    : loop_(loop), registry_(registry), options_(std::move(options)) {
  load_capabilities();
  load_memory();
}

Fleet::~Fleet() {
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
  if (request.deadline_ms > 0) call->end_within(std::chrono::milliseconds(request.deadline_ms));
  with_runner(*model, [call, request = std::move(request)](auto runner) mutable {
    request.deadline_ms = call->remaining_ms();
    if (runner) {
      (*runner)->generate(call, std::move(request));
    } else {
      call->deliver(chat::Failed{runner.error()});
    }
  });
  return stream;
}

template <typename Done, typename Ask>
CallOff Fleet::ask_runner(const store::ModelFile& model, Done done, Ask ask) {
  struct Wish {
    bool over = false;
    CallOff at_runner = nullptr;  // once it has been asked
  };
  const auto wish = std::make_shared<Wish>();
  with_runner(model, [wish, done = std::move(done), ask = std::move(ask)](auto runner) mutable {
    if (wish->over) return;
    if (!runner) return done(fail(runner.error()));
    wish->at_runner = ask(**runner, std::move(done));
  });
  return [wish] {
    wish->over = true;
    if (wish->at_runner) wish->at_runner();
  };
}

CallOff Fleet::tokenize(const store::ModelFile& model, chat::TokenizeRequest request,
                        Callback<chat::Tokens> done) {
  return ask_runner(model, std::move(done),
                    [request = std::move(request)](Runner& runner, Callback<chat::Tokens> take) {
                      return runner.tokenize(request, std::move(take));
                    });
}

CallOff Fleet::embed(const store::ModelFile& model, chat::EmbedRequest request,
                     Callback<chat::Embeddings> done) {
  return ask_runner(
      model, std::move(done),
      [request = std::move(request)](Runner& runner, Callback<chat::Embeddings> take) {
        return runner.embed(request, std::move(take));
      });
}

void Fleet::query_counts(const std::string& model, Callback<RunnerCounts> done) {
  const std::vector<Place*> places = find_places(model);
  if (places.empty()) {
    asio::post(loop_, [model, done = std::move(done)] { done(fail(not_loaded(model))); });
    return;
  }
  places.front()->runner->query_stats(std::move(done));
}

// `use` is called from the loop, at once or when the model file was checked. A runner that is on
// its way out is waited for, so that one file never has two.
void Fleet::with_runner(const store::ModelFile& model, RunnerCallback use) {
  if (on_empty_) {
    asio::post(loop_, [use = std::move(use)] {
      use(fail(Code::kUnavailable, "the daemon is shutting down"));
    });
    return;
  }
  LoadPlan plan = plan_load(options_.load, model);
  const std::string key = place_key(model, plan);
  Place& place = places_.try_emplace(key, Place{.model = model}).first->second;
  place.last_used_ms = base::system_clock().wall_ms();
  if (place.runner && place.runner->takes_requests() && !same_file(place.model, model)) {
    log::info("the model file was replaced and is loaded again", {{"path", model.path}});
    place.runner->retire();
    std::string name = std::move(place.model.name);
    place.model = model;
    place.model.name = std::move(name);
    place.plan = plan;
    place.starts = 0;  // what comes next is no restart
  }
  if (place.runner && place.runner->takes_requests()) {
    asio::post(loop_, [this, model, runner = place.runner, use = std::move(use)]() mutable {
      if (runner->takes_requests()) return use(runner);
      with_runner(model, std::move(use));  // it ended in between
    });
    return;
  }
  place.waiting.push_back(std::move(use));
  if (place.opening || place.runner) return;
  place.model = model;
  place.plan = std::move(plan);
  open(key);
}

void Fleet::open(const std::string& key) {
  Place& place = places_.at(key);
  place.opening = true;
  asio::post(worker_, [this, key, model = place.model] {
    auto opened = std::make_shared<Result<OpenedModel>>(open_model(model));
    asio::post(loop_, [this, key, opened] {
      if (places_.contains(key)) start(key, std::move(*opened));
    });
  });
}

void Fleet::start(const std::string& key, Result<OpenedModel> opened) {
  Place& place = places_.at(key);
  place.opening = false;
  // What is loaded is the file that was opened, which may be a newer one than was looked up.
  const store::ModelFile identified =
      opened ? store::same_as(place.model, opened->file) : place.model;
  Result<std::shared_ptr<Runner>> runner = fail(Code::kUnavailable, "the daemon is shutting down");
  if (!opened) {
    runner = fail(opened.error());
  } else if (!options_.runner_executable) {
    runner = fail(options_.runner_executable.error());
  } else if (!winding_down_) {
    Runner::Options options{
        *options_.runner_executable, options_.runner_log_level,   place.plan.load,
        std::move(opened->file),     std::move(opened->adapters), place.plan.parts};
    wire::Load& load = options.load;
    load.threads = compute_threads({load.threads, options_.cores}, opened->weight_bytes);
    load.adapters = static_cast<std::uint32_t>(options.adapters.size());
    load.cache_folder = cache_folder(identified, place.plan.variant);
    runner = Runner::start(loop_, std::move(options),
                           {[this, key] { on_ready(key); }, [this, key] { on_idle(key); },
                            [this, key] { on_end(key); }});
    place.looked_at = {};
  }
  if (runner) {
    place.model = identified;
    place.runner = *runner;
    ++place.starts;
    registry_.counter({"hearth_runner_starts_total", "Runners started"}).add();
    log::info("runner started", {{"model", place.model.name}, {"pid", (*runner)->pid()}});
  }
  const auto waiting = std::exchange(place.waiting, {});
  for (const RunnerCallback& use : waiting)
    use(runner);
  if (runner) return;
  forget_if_unused(key);
  finish_shutdown_if_empty();
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

std::string Fleet::capabilities_path() const {
  return options_.cache_folder.empty() ? "" : options_.cache_folder + "/capabilities";
}

// Not in the folder of a model, which its runner writes: what is read here is our own.
void Fleet::load_capabilities() {
  if (options_.cache_folder.empty()) return;
  const auto text = base::load_text_file(capabilities_path(), kCapabilitiesBytesMax);
  if (text) capabilities_.read(*text);
}

void Fleet::note_capabilities(const Place& place) {
  const auto change = capabilities_.note(place.model, place.plan.load.chat_template,
                                         place.runner->loaded().capabilities);
  if (change == KnownCapabilities::Change::kNone || options_.cache_folder.empty()) return;
  asio::post(worker_, [path = capabilities_path(), text = capabilities_.text()] {
    const auto written = base::replace_file(path, text, 0600);
    if (written) return;
    log::warning("what models can do is not kept", {{"error", written.error().to_string()}});
  });
}

void Fleet::on_ready(const std::string& key) {
  const Place& place = places_.at(key);
  const Runner& runner = *place.runner;
  const std::string& path = place.model.path;
  note_capabilities(place);
  log::info("model loaded", {{"path", path}});
  const bool is_own = place.plan.load.context != options_.load.context;
  const std::uint32_t asked = is_own ? place.plan.load.context : options_.context_wished;
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
  const bool used = place.runner || place.opening || !place.waiting.empty();
  if (!used && !place.crashed) places_.erase(found);
}

void Fleet::on_end(const std::string& key) {
  Place& place = places_.at(key);
  const auto runner = std::exchange(place.runner, nullptr);
  place.crashed = runner->crashed() && !on_empty_;
  if (place.crashed) {
    registry_.counter({"hearth_runner_crashes_total", "Runners that ended unexpectedly"}).add();
  }
  const auto unloading = std::exchange(place.unloading, {});
  for (const auto& done : unloading)
    done({});
  if (!place.waiting.empty() && !place.opening && !place.runner) open(key);
  forget_if_unused(key);
  finish_shutdown_if_empty();
}

std::string Fleet::place_of(const store::ModelFile& model) const {
  return place_key(model, plan_load(options_.load, model));
}

std::vector<Fleet::Place*> Fleet::places_where(
    const std::function<bool(const std::string& key, const Place& place)>& is_meant) {
  std::vector<Place*> found;
  for (auto& [key, place] : places_) {
    if (place.runner && is_meant(key, place)) found.push_back(&place);
  }
  return found;
}

std::vector<Fleet::Place*> Fleet::find_places(const std::string& model) {
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
  for (Place* place : places)
    place->runner->stop();
}

void Fleet::wind_down() {
  winding_down_ = true;
  for (auto& [key, place] : places_) {
    if (place.runner && place.runner->state() == Runner::State::kLoading) place.runner->stop();
  }
}

void Fleet::shut_down(std::function<void()> done) {
  winding_down_ = true;
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
    if (place.opening || (place.runner && place.runner->requests_running() > 0)) return true;
  }
  return false;
}

std::vector<RunnerStatus> Fleet::status() const {
  std::vector<RunnerStatus> list;
  for (const auto& [key, place] : places_) {
    if (!place.runner && !place.opening) continue;
    RunnerStatus status;
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
      status.context = place.runner->loaded().context;
      status.requests_running = static_cast<std::uint32_t>(place.runner->requests_running());
    }
    list.push_back(std::move(status));
  }
  return list;
}

}  // namespace hearth::fleet
