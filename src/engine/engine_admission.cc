// Who runs: what waits is admitted when the pool has room for it, and gives its place back to the
// others when it has not.
#include <algorithm>
#include <tuple>
#include <utility>

#include "engine/engine.h"
#include "engine/limits.h"

namespace hearth::engine {

namespace {

// The room in the pool that a sequence is promised: what it has and some more, up to its end.
std::size_t reservation(const Sequence& sequence, std::size_t context) {
  return std::min({sequence.tokens.size() + kReserveTokens, context,
                   sequence.prompt_size + sequence.answer_max - sequence.shifted});
}

}  // namespace

double Engine::rank(const Sequence& sequence, base::TimePoint now) const {
  return rank_of({.tokens_left = static_cast<std::uint32_t>(sequence.expected_work()),
                  .waited_s = base::to_ms(now - sequence.arrived) / 1000,
                  .priority = sequence.asked.priority,
                  .client_tokens = clients_.recent(chat::client_of(sequence.asked), now)});
}

// Who computes for others, too, is as urgent as the most urgent of them.
double Engine::rank_as_leader(const Sequence& sequence, base::TimePoint now) const {
  double first = rank(sequence, now);
  for (const auto& waiting : waiting_) {
    if (waiting->waits_for == sequence.request) first = std::min(first, rank(*waiting, now));
  }
  return first;
}

std::size_t Engine::cells_when(const TokensOf& tokens) const {
  std::vector<Holding> held;
  for (const auto& sequence : running_) {
    if (!sequence->ended) held.push_back(sequence->holding(tokens(*sequence)));
  }
  return cells(held);
}

bool Engine::fits(const Sequence& next, const Beginning& beginning) const {
  if (free_slots_.empty()) return false;
  if (running_.empty()) return true;
  const std::size_t promised =
      cells_when([this](const Sequence& one) { return reservation(one, options_.context); });
  const std::size_t own = reservation(next, options_.context) - beginning.shared;
  return promised + own <= options_.kv_tokens;
}

// Of those whose prompt is not just being read from a file or computed by somebody else.
Sequence* Engine::next_in_rank(base::TimePoint now) {
  if (prefixes_ && !prefixes_->ready()) return nullptr;
  Sequence* first = nullptr;
  const auto standing = [&](const Sequence& one) {
    return std::tuple(one.credit <= 0, rank(one, now));
  };
  for (const auto& waiting : waiting_) {
    const Sequence* leader = whom_to_wait_for(*waiting);
    waiting->waits_for = leader == nullptr ? 0 : leader->request;
    if (waiting->ended || waiting->fetching || leader != nullptr) continue;
    if (first == nullptr || standing(*waiting) < standing(*first)) first = waiting.get();
  }
  return first;
}

// The next in rank, when there is room for it; whose reader is behind makes room. Smaller ones do
// not slip past it: a long prompt would never find the room that they keep taking.
void Engine::admit() {
  const auto now = base::system_clock().now();
  while (Sequence* next = next_in_rank(now)) {
    if (next->credit <= 0) return;
    const Beginning beginning = find_beginning(*next);
    if (!fits(*next, beginning)) {
      if (!make_room()) return;
      continue;  // who made room may be whose beginning it was
    }
    if (!fetch_beginning(*next, beginning)) start(*next, beginning);
  }
}

bool Engine::make_room() {
  const auto behind = std::find_if(running_.begin(), running_.end(),
                                   [](const auto& one) { return !one->ended && one->credit <= 0; });
  if (behind == running_.end()) return false;
  preempt(behind);
  return true;
}

void Engine::start(Sequence& next, const Beginning& beginning) {
  next.slot = free_slots_.back();
  free_slots_.pop_back();
  take_beginning(next, beginning);
  const auto place = std::find_if(waiting_.begin(), waiting_.end(),
                                  [&](const auto& one) { return one.get() == &next; });
  running_.push_back(std::move(*place));
  waiting_.erase(place);
  if (!next.admitted) greet(next);  // else it goes on
}

void Engine::greet(Sequence& next) {
  next.admitted = base::system_clock().now();
  next.cached = next.computed;
  say(next, chat::Started{next.seed, static_cast<std::uint32_t>(next.prompt_size),
                          next.dropped_tokens, next.dropped_messages});
  for (std::string& warning : next.warnings)
    say(next, chat::Warning{std::move(warning)});
  const base::Lock lock(mutex_);
  ++stats_.requests_started;
  if (next.cached > 0) ++stats_.prefix_hits;
}

// Answers grow beyond what was reserved for them. Whose reader is behind gives way first.
Engine::Work Engine::keep_within_pool() {
  const auto all_known = [](const Sequence& one) { return one.tokens.size(); };
  Work work = Work::kNone;
  while (running_.size() > 1 && cells_when(all_known) > options_.kv_tokens) {
    if (!make_room()) preempt_least();
    work = Work::kSome;
  }
  return work;
}

// The least urgent, and of those the youngest, gives its room to the others and goes on when there
// is some.
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
  give_back(*sequence);
  sequence->known = std::exchange(sequence->computed, 0);
  sequence->shared.clear();
  sequence->fetched = false;
  waiting_.push_front(std::move(sequence));
  const base::Lock lock(mutex_);
  ++stats_.preempted;
}

}  // namespace hearth::engine
