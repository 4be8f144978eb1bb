// What the engine writes down about its steps: their decisions, and the costs it learned. All of it
// may fail and nothing depends on it.
#include <chrono>
#include <utility>

#include "base/log.h"
#include "engine/cost_table.h"
#include "engine/engine.h"

namespace hearth::engine {

namespace {

constexpr auto kKeepInterval = std::chrono::minutes(3);

std::string cost_table_path(const std::string& folder) {
  return folder + "/cost-table";
}

// Of other circumstances the costs are others.
std::string cost_key(const Model& model, const EngineOptions& options) {
  std::string key = std::string("hearth ") + HEARTH_VERSION + ", llama.cpp " + llama_version() +
                    ", " + llama_print_system_info() + ", " + std::to_string(options.threads) +
                    " threads, " + std::to_string(options.gpu_layers) + " GPU layers, " +
                    model.description() + ", " + std::to_string(llama_model_size(model.raw())) +
                    " bytes";
  for (char& c : key) {
    if (c == '\n') c = ' ';
  }
  return key;
}

void keep(const std::string& path, const std::string& key, const CostModel& cost) {
  const auto kept = keep_cost_table(path, key, cost);
  if (!kept) log::warning("the cost table is not kept", {{"error", kept.error().to_string()}});
}

}  // namespace

void Engine::record_step() {
  recorder_.step(decided_);
  if (trace_) trace_->add(decided_, cost_);
  const base::Lock lock(mutex_);
  ++stats_.steps;
}

void Engine::open_trace() {
  if (!options_.trace || options_.cache_folder.empty()) return;
  auto trace = TraceFile::create(options_.cache_folder + "/schedule-trace", cost_);
  if (!trace) {
    log::warning("the scheduler is not traced", {{"error", trace.error().to_string()}});
    return;
  }
  trace_ = std::move(*trace);
}

void Engine::load_costs() {
  if (options_.cache_folder.empty()) return;
  cost_key_ = cost_key(*model_, options_);
  costs_kept_ = base::system_clock().now();
  auto cost = load_cost_table(cost_table_path(options_.cache_folder), cost_key_);
  if (cost) {
    cost_ = std::move(*cost);
  } else if (cost.error().code != Code::kNotFound) {
    log::info("costs are learned anew", {{"why", cost.error().to_string()}});
  }
}

void Engine::keep_costs() {
  if (options_.cache_folder.empty()) return;
  keep(cost_table_path(options_.cache_folder), cost_key_, cost_);
}

// On a worker, because a disk may take its time.
void Engine::keep_costs_in_time() {
  const auto now = base::system_clock().now();
  if (options_.cache_folder.empty() || now - costs_kept_ < kKeepInterval) return;
  costs_kept_ = now;
  counts_.post(0, [path = cost_table_path(options_.cache_folder), key = cost_key_, cost = cost_] {
    keep(path, key, cost);
  });
}

}  // namespace hearth::engine
