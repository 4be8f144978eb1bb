// The runners of this machine: a request names a model file, and the fleet finds the runner
// that holds it or starts one, within the memory that models may hold together. A runner that dies
// takes only its own requests along, of which those that have heard nothing yet are asked once
// more; the next request starts another. One that hangs is ended.
//
// Threads:    confined to the loop; model files are read and checked on one worker thread, so
//             that a large header never holds up running streams, and read ahead on another one.
// Invariants: one runner per model file; every request is answered exactly once. A file that was
//             replaced on disk is loaded again: the old runner finishes what it has, what comes
//             meanwhile waits for the new one. A load goes on when whoever caused it has left:
//             clients that give up early come again. Who is loaded and who leaves, Residency
//             decides.
// Errors:     what gguf/ finds wrong with a file comes before any process is started, and so does
//             kOutOfMemory for what can never fit.
// Limits:     kWaitingMax requests wait for a model, and all of them share one WaitingRoom.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

#include "base/cancellation.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/result.h"
#include "chat/event_stream.h"
#include "chat/request.h"
#include "fleet/fit/observed_memory.h"
#include "fleet/known_capabilities.h"
#include "fleet/lease/cpu_lease.h"
#include "fleet/load_plan.h"
#include "fleet/model_news.h"
#include "fleet/place.h"
#include "fleet/prefetch/expected.h"
#include "fleet/pressure/heat.h"
#include "fleet/residency/recovery.h"
#include "fleet/residency/residency.h"
#include "fleet/runner.h"
#include "fleet/status.h"
#include "fleet/waiting_room.h"
#include "metrics/registry.h"
#include "store/model_file.h"

namespace hearth::fleet {

inline constexpr std::size_t kWaitingMax = 1024;

class Fleet {
 public:
  struct Options {
    // The executable, or why there is none: that is then every request's answer.
    Result<std::string> runner_executable;
    std::string runner_log_level = "warning";
    std::uint32_t context_wished = 0;  // that somebody set; 0 where a default rules
    std::uint32_t cores = 0;           // physical; 0 where they are unknown
    // Context and so on of every runner; model and file are filled in. Its threads are those that
    // somebody set; 0 is as many as suit the model, compute_threads.h.
    wire::Load load;
    // That all models together may hold; 0 is a share of what there is, verdict.h.
    std::uint64_t memory_bytes = 0;
    std::size_t models_max = 0;                     // 0 is as many as fit
    base::Duration keep = std::chrono::minutes(5);  // a model that answers nothing
    WaitingLimits waiting = {};                     // of all models together
    // A runner that should compute, and has not got on for so long, is ended.
    base::Duration hang = std::chrono::minutes(1);
    LeaseRules lease = {};      // of no cores: of those that there are for this process
    std::string system_root;    // where /proc stands, for tests
    NewsBoard* news = nullptr;  // where it is told what becomes of models; nowhere
    // Of all runners; each gets one in it that only its model's use. What they can do is kept
    // beside.
    std::string cache_folder;
  };

  Fleet(boost::asio::io_context& loop, metrics::Registry& registry, Options options);
  ~Fleet();

  // Never null.
  std::unique_ptr<chat::EventStream> generate(Result<store::ModelFile> model,
                                              chat::Request request);
  CallOff tokenize(const store::ModelFile& model, chat::TokenizeRequest request,
                   Callback<chat::Tokens> done);
  CallOff embed(const store::ModelFile& model, chat::EmbedRequest request,
                Callback<chat::Embeddings> done);
  // Counts of one runner, or kNotFound.
  void query_counts(const std::string& model, Callback<RunnerCounts> done);

  // Loads it, if it is not loaded, and says when that is done. How long it stays is as in a
  // Request.
  CallOff load(const store::ModelFile& model, std::function<void(Result<void>)> done,
               std::optional<base::Duration> keep_alive = {}, Pause pause = Pause::kLifted);
  // These models come next, in this order, in place of those that were expected: the first is read
  // into the page cache, a little after everybody else, and loaded when there is room for it that
  // nobody else needs. A request for one of them means that those before it have been.
  void expect(const std::vector<store::ModelFile>& models);
  // A pinned model leaves for nobody. It need not be loaded, and is not loaded by this.
  void pin(const store::ModelFile& model, Pin pin);
  // It is loaded, and who needs its room has not waited for long.
  bool takes_requests(const store::ModelFile& model) const {
    return residency_.takes_requests(place_of(model));
  }
  // In place of Options::keep, until it leaves; below zero for ever.
  void keep(const store::ModelFile& model, base::Duration time);

  // What a model is known by while it is loaded: its path, and how it is loaded where that differs
  // from what the settings say.
  std::string place_of(const store::ModelFile& model) const;
  // By place_of, by the name it was loaded under, or by its path in all ways that it is loaded.
  // kNotFound when it is not.
  void unload(const std::string& model, std::function<void(Result<void>)> done);
  // All ways that this file is loaded.
  void unload_file(const std::string& path, std::function<void(Result<void>)> done);
  // The beginning of the end: starts no runner any more, and ends those that load, for nobody has
  // heard a word of them yet and one that hangs would be waited for. Those that answer go on.
  void wind_down();
  // Ends every runner; `done` is called when none is left.
  void shut_down(std::function<void()> done);

  std::vector<RunnerStatus> status() const;
  std::vector<ExpectedStatus> expected() const;
  MemoryUse memory() const { return {memory_budget(), residency_.reserved_bytes()}; }
  Heat heat() const { return heat_.heat(); }
  WaitingUse waiting() const {
    return {waiting_room_.requests(), waiting_room_.bytes(), options_.waiting};
  }
  // What the model's template can express; unknown when it was never loaded here.
  std::optional<chat::Capabilities> capabilities(const store::ModelFile& model) const {
    return capabilities_.find(model, plan_load(options_.load, model).load.chat_template);
  }
  // What a runner of this file once held, beside prefixes it had kept; unknown when there was none.
  std::optional<SeenMemory> seen_memory(const store::ModelFile& model) const {
    return memory_.find(model);
  }
  // How a model would be loaded.
  LoadPlan plan(const store::ModelFile& model) const { return plan_load(options_.load, model); }
  // Whether models could be run at all, or why not.
  Result<void> ready() const;
  bool busy() const;

 private:
  void with_runner(const store::ModelFile& model, RunnerCallback use);
  void submit(const std::shared_ptr<Call>& call, const store::ModelFile& model,
              const std::shared_ptr<const chat::Request>& request);
  // The same for what may be called off, before there is a runner too, and holds so many bytes.
  // `ask(runner, done)` says how; once more where the runner crashes.
  template <typename T, typename Ask>
  CallOff ask_runner(const store::ModelFile& model, std::uint64_t bytes, Callback<T> done, Ask ask);
  template <typename T, typename Ask>
  struct Wish;
  template <typename T, typename Ask>
  void ask_for(const std::shared_ptr<Wish<T, Ask>>& wish);
  // What a request says of how long its model stays.
  void heed(const store::ModelFile& model, std::optional<base::Duration> keep_alive);
  void open(const std::string& key);
  // fleet_residency.cc: who is loaded, who waits for room, who leaves.
  void admit(const std::string& key, Result<OpenedModel> opened);
  Claim claim_of(const Place& place) const;
  Claim claim_for(const store::ModelFile& model, const gguf::ModelFacts& facts,
                  const wire::Load& load) const;
  std::uint64_t memory_budget() const;
  void settle();
  void obey(const Orders& orders);
  void tell(ModelNews::What what, const Place& place, std::string detail = "");
  void look_again_at(std::optional<base::TimePoint> time);
  void hand_over(const std::string& key);
  void hand(const std::string& key, const RunnerCallback& use);
  static Error shutting_down();
  void refuse(const std::string& key, const Error& why);
  void refuse_all_waiting(const Error& why);
  void start(const std::string& key);
  std::string cache_folder(const store::ModelFile& model, const std::string& variant);
  // fleet_capabilities.cc: what they can express.
  std::string capabilities_path() const;
  void load_capabilities();
  void note_capabilities(const Place& place);
  // fleet_ladder.cc: what is loaded with less.
  bool falls(const std::string& key, const Error& why);
  bool waits_for_less(const store::ModelFile& model, const Error& why) const;
  std::uint32_t asked_context(const Place& place) const;
  // fleet_expected.cc: what comes next.
  void stop_reading();
  void read_next();
  void on_read(const ExpectedModel& model, std::uint64_t bytes,
               const Result<gguf::ModelFacts>& facts);
  void load_expected();
  // fleet_watch.cc: whether runners get on.
  void watch();
  void look_after(const std::string& key);
  void look_at_memory();
  // fleet_heat.cc: whether the machine is hot.
  void look_at_heat();
  void on_heat(const process::HeatReading& reading);
  void cool(Place& place);
  Strain strain() const;
  // fleet_lease.cc: who computes.
  static LeaseRules lease_rules(const Options& options);
  bool on_lease(const std::string& key, const Runner::LeaseWord& word);
  void settle_lease();
  void end_lease(const std::string& key);
  // fleet_memory.cc: what runners really hold.
  std::string memory_path() const;
  void load_memory();
  void on_idle(const std::string& key);
  void note_memory(const std::string& key, const Runner& runner, const RunnerCounts& counts);
  void on_ready(const std::string& key);
  void on_end(const std::string& key);
  void forget_if_unused(const std::string& key);
  // Those that have a runner.
  std::vector<Place*> places_where(
      const std::function<bool(const std::string& key, const Place& place)>& is_meant);
  std::vector<Place*> find_places(const std::string& model);
  void end_places(const std::vector<Place*>& places, const std::string& model,
                  std::function<void(Result<void>)> done);
  void finish_shutdown_if_empty();

  boost::asio::io_context& loop_;
  metrics::Registry& registry_;
  Options options_;
  KnownCapabilities capabilities_;
  ObservedMemory memory_;
  Residency residency_;
  Recovery recovery_;
  WaitingRoom waiting_room_;
  CpuLease lease_;
  StrainGauge strain_gauge_;
  Strain strain_ = Strain::kNone;  // of memory
  HeatGauge heat_;
  boost::asio::steady_timer look_again_;
  boost::asio::steady_timer watch_;
  boost::asio::steady_timer lease_timer_;
  bool watching_ = false;
  bool settling_ = false;
  ExpectedModels expected_;
  base::CancelSource reading_;  // of the one that is read ahead
  boost::asio::thread_pool worker_{1};
  boost::asio::thread_pool reader_{1};   // at the lowest priority
  std::map<std::string, Place> places_;  // by file, and by how it is loaded
  std::function<void()> on_empty_;
  bool winding_down_ = false;
  bool sandbox_logged_ = false;
};

}  // namespace hearth::fleet
