// The engine's loop: take what came, admit, then schedule → decode → sample.
#include <algorithm>
#include <utility>

#include "base/log.h"
#include "engine/embedder.h"
#include "engine/engine.h"
#include "engine/guarded.h"
#include "engine/limits.h"
#include "engine/llama_log.h"

namespace hearth::engine {

namespace {

// What llama_decode answers; see llama.h.
constexpr int kDecodeNoRoom = 1;
constexpr int kDecodeThrew = -100;

// That compute from now on.
std::int32_t threads_now(const EngineOptions& options) {
  const bool all = options.thread_wish == nullptr;
  return static_cast<std::int32_t>(all ? options.threads
                                       : options.thread_wish->of(options.threads));
}

}  // namespace

void Engine::run() {
  Work work = Work::kNone;
  while (take_commands(work)) {
    drop_ended();
    admit();
    work = step();
    if (embed_next() == Work::kSome) work = Work::kSome;
    if (work == Work::kNone && options_.permit != nullptr) options_.permit->rest();
    publish_load();
    keep_costs_in_time();
  }
}

// What came; waits for something to do when the last step found nothing.
std::deque<Engine::Command> Engine::wait_for_commands(Work last_step) {
  const auto deadline = nearest_deadline();
  const base::Lock lock(mutex_);
  bool waits = last_step == Work::kNone;
  while (waits && !poked_ && !stopping_ && inbox_.empty()) {
    if (deadline) {
      waits = wake_.wait_until(mutex_, *deadline);
    } else {
      wake_.wait(mutex_);
    }
  }
  poked_ = false;
  work_came_ = false;
  return std::exchange(inbox_, {});
}

bool Engine::take_commands(Work last_step) {
  for (Command& command : wait_for_commands(last_step))
    handle(std::move(command));
  return !stopping_;
}

void Engine::handle(Command command) {
  if (auto* sequence = std::get_if<std::unique_ptr<Sequence>>(&command)) {
    Sequence& arrived = *waiting_.emplace_back(std::move(*sequence));
    if (prefixes_) arrived.known = prefixes_->known(arrived.asked.cache_scope, arrived.tokens);
  } else if (auto* embedding = std::get_if<Embedding>(&command)) {
    embeddings_.push_back(std::move(*embedding));
  } else if (const auto* credit = std::get_if<Credit>(&command)) {
    for (auto& running : running_) {
      if (running->request == credit->request) running->credit += credit->events;
    }
    for (auto& waiting : waiting_) {
      if (waiting->request == credit->request) waiting->credit += credit->events;
    }
  } else if (const auto* report = std::get_if<prefix::Cache::Report>(&command)) {
    (*report)();
  }
}

std::optional<base::TimePoint> Engine::nearest_deadline() const {
  std::optional<base::TimePoint> nearest;
  const auto consider = [&](const auto& list) {
    for (const auto& sequence : list) {
      if (sequence->deadline && (!nearest || *sequence->deadline < *nearest)) {
        nearest = sequence->deadline;
      }
    }
  };
  consider(waiting_);
  consider(running_);
  return nearest;
}

// Sequences that are cancelled, late or done give their places back. Ending one looks at all
// others, so none is taken out before every end was said.
void Engine::drop_ended() {
  const auto now = base::system_clock().now();
  for (Sequence* sequence : unended()) {
    if (sequence->cancel.cancelled()) {
      end_with(*sequence, make_error(Code::kCancelled, "cancelled"));
    } else if (sequence->deadline && now >= *sequence->deadline) {
      end_with(*sequence, make_error(Code::kDeadlineExceeded,
                                     "not done within the deadline of " +
                                         std::to_string(sequence->asked.deadline_ms) + " ms"));
    }
  }
  const auto ended = [](const auto& sequence) { return sequence->ended; };
  std::erase_if(waiting_, ended);
  std::erase_if(running_, ended);
}

std::vector<Sequence*> Engine::unended() const {
  std::vector<Sequence*> list;
  for (const auto& sequence : waiting_)
    list.push_back(sequence.get());
  for (const auto& sequence : running_) {
    if (!sequence->ended) list.push_back(sequence.get());  // else its end came with the last step
  }
  return list;
}

Engine::Work Engine::step() {
  const Work given_way = keep_within_pool();
  const std::vector<Share> shares = plan();
  if (shares.empty()) return given_way;  // who gave way may be admitted in another's place
  if (!may_compute()) return Work::kNone;
  ++step_;
  fill_batch(shares);
  llama_set_n_threads(context_.get(), threads_now(options_), threads_now(options_));
  const auto begin = base::system_clock().now();
  const int code = decode();
  expect_no_abort();
  if (code == 0) {
    decided_.ms = base::to_ms(base::system_clock().now() - begin);
    learn(shares);
    record_step();
    sample(shares);
  } else {
    record_step();
    recover(code);
  }
  in_step_.clear();
  return Work::kSome;
}

// Without its permit it waits as if there were nothing to do, and so hears whatever comes.
bool Engine::may_compute() {
  if (options_.permit == nullptr) return true;
  ComputeWish wish{.cores = options_.threads};
  if (!running_.empty()) wish.priority = running_.front()->asked.priority;
  for (const auto& sequence : running_)
    wish.priority = std::max(wish.priority, sequence->asked.priority);
  return options_.permit->take(wish);
}

// What a step that went well tells: how far everybody is, who had how much, what it cost.
void Engine::learn(const std::vector<Share>& shares) {
  const auto now = base::system_clock().now();
  for (const Share& share : shares) {
    Sequence& sequence = *running_[share.candidate];
    sequence.computed += share.tokens;
    sequence.last_step = step_;
    clients_.add(chat::client_of(sequence.asked), share.tokens, now);
  }
  learn_step(cost_, decided_);
}

std::vector<Share> Engine::plan() {
  const auto now = base::system_clock().now();
  decided_ = {.tokens_max = kStepTokensMax, .pace = options_.pace};
  std::vector<Candidate>& candidates = decided_.candidates;
  std::uint32_t depth = 0;
  for (const auto& sequence : running_) {
    const bool decoding = sequence->decoding();
    candidates.push_back({.tokens_pending = static_cast<std::uint32_t>(sequence->pending()),
                          .decoding = decoding,
                          .reader_ready = sequence->credit > 0,
                          .computed = static_cast<std::uint32_t>(sequence->computed),
                          .last_step = sequence->last_step,
                          .rank = decoding ? 0 : rank_as_leader(*sequence, now)});
    depth = std::max(depth, candidates.back().computed);
  }
  if (options_.permit != nullptr && options_.permit->contended())
    decided_.tokens_max = tokens_beside_others(depth, cost_, options_.pace);
  decided_.shares = plan_step(candidates, decided_.tokens_max, cost_, options_.pace);
  return decided_.shares;
}

void Engine::fill_batch(const std::vector<Share>& shares) {
  batch_.n_tokens = 0;
  for (const Share& share : shares) {
    Sequence& sequence = *running_[share.candidate];
    in_step_.push_back(&sequence);
    for (std::uint32_t i = 0; i < share.tokens; ++i) {
      const std::size_t position = sequence.computed + i;
      const std::int32_t at = batch_.n_tokens++;
      batch_.token[at] = sequence.tokens[position];
      batch_.pos[at] = static_cast<llama_pos>(position);
      batch_.n_seq_id[at] = 1;
      batch_.seq_id[at][0] = sequence.slot;
      batch_.logits[at] = position + 1 == sequence.tokens.size() ? 1 : 0;
    }
  }
}

int Engine::decode() {
  const auto code = guarded("decode", [&] { return llama_decode(context_.get(), batch_); });
  if (code && *code == 0) shift_pending_ = false;
  if (!code) log::error(code.error().message);
  return code.value_or(kDecodeThrew);
}

// Choosing looks at every token of the vocabulary, and nobody waits for the others with it; what
// comes of it is said in turn.
void Engine::sample(const std::vector<Share>& shares) {
  std::vector<std::pair<Sequence*, std::int32_t>> choosing;  // and the place of its logits
  std::int32_t last = -1;  // the place in the batch of the share's last token
  for (const Share& share : shares) {
    last += static_cast<std::int32_t>(share.tokens);
    Sequence& sequence = *running_[share.candidate];
    if (sequence.pending() > 0) {
      report_prefill(sequence);
    } else if (!sequence.cancel.cancelled()) {
      choosing.emplace_back(&sequence, last);
    }
  }
  std::vector<Result<Choice>> choices(choosing.size());
  crew_->run(choosing.size(),
             [&](std::size_t i) { choices[i] = choose(*choosing[i].first, choosing[i].second); });
  for (std::size_t i = 0; i < choosing.size(); ++i) {
    if (!choices[i]) {
      end_with(*choosing[i].first, choices[i].error());
    } else {
      take(*choosing[i].first, *std::move(choices[i]));
    }
  }
}

// One input in a turn of the loop, so that streams go on beside a request with thousands, and
// clients with few inputs beside one.
Engine::Work Engine::embed_next() {
  if (embeddings_.empty()) return Work::kNone;
  const auto place = embeddings_.begin() + static_cast<std::ptrdiff_t>(next_of(
                                               embeddings_, clients_, base::system_clock().now()));
  Embedding& next = *place;
  if (next.cancel.cancelled()) {
    refuse(next.request, make_error(Code::kCancelled, "cancelled"));
    embeddings_.erase(place);
    return Work::kSome;
  }
  if (!may_compute()) return Work::kNone;
  if (next.done < next.inputs.size()) {
    in_embedding_ = &next;
    clients_.add(next.client, static_cast<double>(next.inputs[next.done].size()),
                 base::system_clock().now());
    embedder_->compute_with(threads_now(options_));
    const auto vector = embedder_->embed(std::move(next.inputs[next.done]), next.result.dimensions);
    in_embedding_ = nullptr;
    if (stopping_) return Work::kSome;  // it ends with everything else
    if (!vector) {
      refuse(next.request, vector.error());
      embeddings_.erase(place);
      return Work::kSome;
    }
    next.result.values.insert(next.result.values.end(), vector->begin(), vector->end());
    if (++next.done < next.inputs.size()) return Work::kSome;
  }
  forget(next.request);
  sink_(next.request, wire::EmbeddingsReply{std::move(next.result)});
  embeddings_.erase(place);
  return Work::kSome;
}

// After a step that did not complete, the cache holds again what it held before; a step that
// failed for good takes only its own sequences with it.
void Engine::recover(int code) {
  for (Sequence* sequence : in_step_)
    cut_to_computed(*sequence);
  if (code == kDecodeAborted) {
    const base::Lock lock(mutex_);
    ++stats_.steps_aborted;
    return;
  }
  if (code == kDecodeNoRoom && running_.size() > 1) {
    preempt_least();
    return;
  }
  for (Sequence* sequence : in_step_) {
    end_with(*sequence,
             code == kDecodeNoRoom
                 ? make_error(Code::kResourceExhausted, "the context memory is full")
                 : make_error(Code::kInternal,
                              "llama.cpp could not compute this: code " + std::to_string(code)));
  }
}

// What cannot be cut is computed again.
void Engine::cut_to_computed(Sequence& sequence) {
  if (pool_.cut(sequence.slot, sequence.computed)) return;
  sequence.computed = 0;
  sequence.shared.clear();
}

void Engine::publish_load() {
  const auto running = std::count_if(running_.begin(), running_.end(),
                                     [](const auto& sequence) { return !sequence->ended; });
  const std::size_t used = cells_when([](const Sequence& one) { return one.computed; });
  const base::Lock lock(mutex_);
  stats_.running = static_cast<std::uint32_t>(running);
  stats_.waiting = static_cast<std::uint32_t>(waiting_.size());
  stats_.kv_tokens_used = static_cast<std::uint32_t>(used);
  if (!prefixes_) return;
  stats_.prefix_ram_bytes = prefixes_->memory_bytes();
  stats_.prefix_disk_bytes = prefixes_->file_bytes();
}

// Called between graph nodes on the engine's thread: stops a step that nobody waits for.
bool Engine::abort_step(void* self) {
  auto* engine = static_cast<Engine*>(self);
  engine->graph_nodes_.fetch_add(1, std::memory_order_relaxed);
  const auto cancelled = [](const Sequence* sequence) { return sequence->cancel.cancelled(); };
  if (engine->shift_pending_) return false;  // half a shift would be done again
  const bool nobody_waits =
      engine->stopping_.load(std::memory_order_relaxed) ||
      (engine->closing_turn_ && engine->work_came_.load(std::memory_order_relaxed)) ||
      (!engine->in_step_.empty() &&
       std::all_of(engine->in_step_.begin(), engine->in_step_.end(), cancelled)) ||
      (engine->in_embedding_ != nullptr && engine->in_embedding_->cancel.cancelled());
  if (nobody_waits) expect_abort();
  return nobody_waits;
}

}  // namespace hearth::engine
