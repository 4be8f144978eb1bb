// Who runs: what waits is admitted when the pool has room for it, and gives its place back to the
// others when it has not.
#include <algorithm>
#include <utility>

#include "engine/engine.h"
#include "engine/limits.h"

namespace hearth::engine {

namespace {

// The room in the pool that a sequence is promised: what it has and some more, up to its end.
std::size_t reservation(const Sequence& sequence) {
  return std::min<std::size_t>(sequence.tokens.size() + kReserveTokens,
                               sequence.prompt_size + sequence.answer_max);
}

}  // namespace

std::size_t Engine::reserved_tokens() const {
  std::size_t reserved = 0;
  for (const auto& sequence : running_) {
    reserved += reservation(*sequence);
  }
  return reserved;
}

double Engine::rank(const Sequence& sequence, base::TimePoint now) const {
  return rank_of({.tokens_left = static_cast<std::uint32_t>(sequence.pending()),
                  .waited_s = base::to_ms(now - sequence.arrived) / 1000,
                  .priority = sequence.asked.priority,
                  .client_tokens = clients_.recent(sequence.asked.cache_scope, now)});
}

bool Engine::fits(const Sequence& next) const {
  if (free_slots_.empty()) return false;
  return running_.empty() || reserved_tokens() + reservation(next) <= options_.kv_tokens;
}

// The next in rank, when there is room for it; whose reader is behind makes room. Smaller ones do
// not slip past it: a long prompt would never find the room that they keep taking.
void Engine::admit() {
  const auto now = base::system_clock().now();
  const auto ranks_lower = [&](const auto& a, const auto& b) {
    if ((a->credit > 0) != (b->credit > 0)) return a->credit > 0;
    return rank(*a, now) < rank(*b, now);
  };
  while (!waiting_.empty()) {
    const auto first = std::min_element(waiting_.begin(), waiting_.end(), ranks_lower);
    Sequence& next = **first;
    if (next.credit <= 0) return;
    if (!fits(next)) {
      const auto behind = std::find_if(running_.begin(), running_.end(), [](const auto& one) {
        return !one->ended && one->credit <= 0;
      });
      if (behind == running_.end()) return;
      preempt(behind);
      continue;
    }
    next.slot = free_slots_.back();
    free_slots_.pop_back();
    if (!next.admitted) {
      next.admitted = now;
      say(next, chat::Started{next.seed, static_cast<std::uint32_t>(next.prompt_size),
                              next.dropped_tokens});
      const base::Lock lock(mutex_);
      ++stats_.requests_started;
    }
    running_.push_back(std::move(*first));
    waiting_.erase(first);
  }
}

// The least urgent, and of those the youngest, gives its room to the others and is computed again
// when there is some.
void Engine::preempt_least() {
  const auto least =
      std::max_element(running_.begin(), running_.end(), [](const auto& a, const auto& b) {
        return std::pair(-a->asked.priority, a->arrived) <
               std::pair(-b->asked.priority, b->arrived);
      });
  preempt(least);
}

void Engine::preempt(Running::iterator at) {
  std::unique_ptr<Sequence> sequence = std::move(*at);
  running_.erase(at);
  llama_memory_seq_rm(llama_get_memory(context_.get()), sequence->slot, -1, -1);
  free_slots_.push_back(std::exchange(sequence->slot, kNoSlot));
  sequence->computed = 0;
  waiting_.push_front(std::move(sequence));
}

}  // namespace hearth::engine
