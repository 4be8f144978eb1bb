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
#include "gguf/file.h"
#include "gguf/model_facts.h"
#include "process/memory.h"
#include "store/digest.h"

namespace hearth::fleet {

namespace asio = boost::asio;

namespace {

// What idle models may keep beside prefixes.
constexpr std::uint64_t kCacheBytesLeast = 16 * 1024 * 1024;

// Opens the file and refuses what llama.cpp could not load, before any process exists. The same
// descriptor goes to the runner, so that what was checked is what is loaded.
Result<CheckedFile> open_checked(const store::ModelFile& model) {
  Fd file = HEARTH_TRY(base::open_for_reading(model.path));
  HEARTH_TRY(store::check_digest(model, file));
  const auto parsed = HEARTH_TRY(gguf::File::load(file.get(), model.path));
  const auto facts = HEARTH_TRY(gguf::ModelFacts::from(parsed));
  HEARTH_TRY(gguf::check_loadable(facts, model.path));
  return CheckedFile{std::move(file), facts.weight_bytes};
}

bool same_file(const store::ModelFile& a, const store::ModelFile& b) {
  return a.file_number == b.file_number && a.size_bytes == b.size_bytes &&
         a.modified_ms == b.modified_ms;
}

Error not_loaded(const std::string& model) {
  return make_error(Code::kNotFound, "'" + model + "' is not loaded; `hearth ps` shows what is");
}

}  // namespace

Fleet::Fleet(asio::io_context& loop, metrics::Registry& registry, Options options)
    : loop_(loop),
      registry_(registry),
      options_(std::move(options)),
      capabilities_(options_.load.chat_template) {
  load_capabilities();
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
  Place* place = find_place(model);
  if (place == nullptr || !place->runner) {
    asio::post(loop_, [model, done = std::move(done)] { done(fail(not_loaded(model))); });
    return;
  }
  place->runner->query_stats(std::move(done));
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
  Place& place = places_.try_emplace(model.path, Place{.model = model}).first->second;
  place.last_used_ms = base::system_clock().wall_ms();
  if (place.runner && place.runner->takes_requests() && !same_file(place.model, model)) {
    log::info("the model file was replaced and is loaded again", {{"path", model.path}});
    place.runner->retire();
    std::string name = std::move(place.model.name);
    place.model = model;
    place.model.name = std::move(name);
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
  open(place);
}

void Fleet::open(Place& place) {
  place.opening = true;
  asio::post(worker_, [this, model = place.model] {
    auto file = std::make_shared<Result<CheckedFile>>(open_checked(model));
    asio::post(loop_, [this, path = model.path, file] {
      const auto found = places_.find(path);
      if (found != places_.end()) start(found->second, std::move(*file));
    });
  });
}

void Fleet::start(Place& place, Result<CheckedFile> file) {
  place.opening = false;
  // What is loaded is the file that was opened, which may be a newer one than was looked up.
  const store::ModelFile identified =
      file ? store::same_as(place.model, file->descriptor) : place.model;
  Result<std::shared_ptr<Runner>> runner = fail(Code::kUnavailable, "the daemon is shutting down");
  if (!file) {
    runner = fail(file.error());
  } else if (!options_.runner_executable) {
    runner = fail(options_.runner_executable.error());
  } else if (!winding_down_) {
    Runner::Options options{*options_.runner_executable, options_.runner_log_level, options_.load,
                            std::move(file->descriptor)};
    options.load.threads =
        compute_threads({options_.load.threads, options_.cores}, file->weight_bytes);
    options.load.model = place.model.name;
    options.load.cache_folder = cache_folder(identified);
    const std::string path = place.model.path;
    runner = Runner::start(loop_, std::move(options),
                           {[this, path] { on_ready(path); }, [this, path] { on_end(path); }});
  }
  if (runner) {
    place.model = identified;
    place.runner = *runner;
    ++place.starts;
    registry_.counter({"hearth_runner_starts_total", "Runners started"}).add();
    log::info("runner started", {{"model", place.model.name}, {"pid", (*runner)->pid()}});
  }
  const std::string path = place.model.path;
  const auto waiting = std::exchange(place.waiting, {});
  for (const RunnerCallback& use : waiting)
    use(runner);
  if (runner) return;
  forget_if_unused(path);
  finish_shutdown_if_empty();
}

// Made before its runner is, which cannot; what others left is looked through meanwhile.
std::string Fleet::cache_folder(const store::ModelFile& model) {
  std::string folder = ensure_cache_folder(options_.cache_folder, model);
  std::vector<std::string> used{folder};
  for (const auto& [path, place] : places_) {
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
  const auto change = capabilities_.note(place.model, place.runner->loaded().capabilities);
  if (change == KnownCapabilities::Change::kNone || options_.cache_folder.empty()) return;
  asio::post(worker_, [path = capabilities_path(), text = capabilities_.text()] {
    const auto written = base::replace_file(path, text, 0600);
    if (written) return;
    log::warning("what models can do is not kept", {{"error", written.error().to_string()}});
  });
}

void Fleet::on_ready(const std::string& path) {
  const Place& place = places_.at(path);
  const Runner& runner = *place.runner;
  note_capabilities(place);
  log::info("model loaded", {{"path", path}});
  const std::uint32_t asked = options_.context_wished;
  if (asked > runner.loaded().context) {
    log::warning("the model has a smaller context than model.context asks for",
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
void Fleet::forget_if_unused(const std::string& path) {
  const auto found = places_.find(path);
  if (found == places_.end()) return;
  const Place& place = found->second;
  const bool used = place.runner || place.opening || !place.waiting.empty();
  if (!used && !place.crashed) places_.erase(found);
}

void Fleet::on_end(const std::string& path) {
  Place& place = places_.at(path);
  const auto runner = std::exchange(place.runner, nullptr);
  place.crashed = runner->crashed() && !on_empty_;
  if (place.crashed) {
    registry_.counter({"hearth_runner_crashes_total", "Runners that ended unexpectedly"}).add();
  }
  const auto unloading = std::exchange(place.unloading, {});
  for (const auto& done : unloading)
    done({});
  if (!place.waiting.empty() && !place.opening && !place.runner) open(place);
  forget_if_unused(path);
  finish_shutdown_if_empty();
}

Fleet::Place* Fleet::find_place(const std::string& model) {
  for (auto& [path, place] : places_) {
    if (path == model || place.model.name == model) return &place;
  }
  return nullptr;
}

void Fleet::unload(const std::string& model, std::function<void(Result<void>)> done) {
  Place* place = find_place(model);
  if (place == nullptr || !place->runner) {
    asio::post(loop_, [model, done = std::move(done)] { done(fail(not_loaded(model))); });
    return;
  }
  place->unloading.push_back(std::move(done));
  place->runner->stop();
}

void Fleet::wind_down() {
  winding_down_ = true;
  for (auto& [path, place] : places_) {
    if (place.runner && place.runner->state() == Runner::State::kLoading) place.runner->stop();
  }
}

void Fleet::shut_down(std::function<void()> done) {
  winding_down_ = true;
  on_empty_ = std::move(done);
  for (auto& [path, place] : places_) {
    if (place.runner) place.runner->stop();
  }
  finish_shutdown_if_empty();
}

void Fleet::finish_shutdown_if_empty() {
  if (!on_empty_) return;
  for (const auto& [path, place] : places_) {
    if (place.runner || place.opening) return;
  }
  asio::post(loop_, std::exchange(on_empty_, [] {}));
}

Result<void> Fleet::ready() const {
  if (!options_.runner_executable) return fail(options_.runner_executable.error());
  return {};
}

bool Fleet::busy() const {
  for (const auto& [path, place] : places_) {
    if (place.opening || (place.runner && place.runner->requests_running() > 0)) return true;
  }
  return false;
}

std::vector<RunnerStatus> Fleet::status() const {
  std::vector<RunnerStatus> list;
  for (const auto& [path, place] : places_) {
    if (!place.runner && !place.opening) continue;
    RunnerStatus status;
    status.model = place.model.name;
    status.path = path;
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
