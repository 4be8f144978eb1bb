// What is known of a prompt before it is computed: in the pool, because another one begins the same
// way; parked in memory or in a file, because an earlier one did; or just being computed.
#include <algorithm>

#include "engine/engine.h"
#include "engine/limits.h"
#include "engine/llama_log.h"

namespace hearth::engine {

namespace {

// What may be known of a prompt: not its last token, whose logits are wanted.
std::span<const Token> knowable(const Sequence& sequence) {
  return std::span(sequence.tokens).first(sequence.tokens.size() - 1);
}

std::size_t common_beginning(const Sequence& one, const Sequence& next) {
  const auto tokens = knowable(next);
  const auto apart =
      std::mismatch(tokens.begin(), tokens.end(), one.tokens.begin(), one.tokens.end());
  return static_cast<std::size_t>(apart.first - tokens.begin());
}

}  // namespace

// A state depends on the weights, which the folder stands for, and on what is named here: context
// sizes change how some models count positions.
void Engine::open_prefixes() {
  pool_ = KvPool(context_.get(), static_cast<llama_seq_id>(options_.sequences_max));
  std::string why_not = why_no_prefixes(model_->raw());
  if (options_.prefix_memory_bytes == 0) why_not = "model.prefix_memory is 0";
  {
    const base::Lock lock(mutex_);
    stats_.prefix_cache = why_not.empty() ? "on" : "off: " + why_not;
  }
  if (!why_not.empty()) return;
  prefix::Cache::Options options;
  options.memory_bytes = options_.prefix_memory_bytes;
  options.file_bytes = options_.prefix_file_bytes;
  options.folder = options_.cache_folder;
  options.model = std::string(llama_version()) + "; " + model_->description() + "; context " +
                  std::to_string(llama_n_ctx(context_.get()));
  prefixes_.emplace(std::move(options),
                    [this](prefix::Cache::Report report) { post(std::move(report)); });
}

bool Engine::shares_with(const Sequence& one, const Sequence& other) const {
  return prefixes_ && !one.ended && !one.moved && one.asked.cache_scope == other.asked.cache_scope;
}

Engine::Beginning Engine::find_beginning(const Sequence& next) {
  Beginning beginning;
  if (!prefixes_) return beginning;
  for (const auto& one : running_) {
    if (!shares_with(*one, next)) continue;
    const std::size_t common = std::min(common_beginning(*one, next), one->computed);
    if (common <= beginning.shared) continue;
    beginning.donor = one.get();
    beginning.shared = common;
  }
  beginning.path = prefixes_->find(next.asked.cache_scope, knowable(next));
  return beginning;
}

// One that is computing what this one would compute too. It goes on whatever comes, save when its
// own reader is behind, and then nobody waits for it.
const Sequence* Engine::whom_to_wait_for(const Sequence& next) const {
  if (!prefixes_) return nullptr;
  for (const auto& one : running_) {
    if (!shares_with(*one, next) || one->pending() <= 1 || one->credit <= 0) continue;
    const std::size_t common = common_beginning(*one, next);
    const std::size_t have = std::max(one->computed, next.known);
    if (common >= have + kWorthWaiting) return one.get();
  }
  return nullptr;
}

// True when the request has to wait for files to be read.
bool Engine::fetch_beginning(Sequence& next, const Beginning& beginning) {
  if (next.fetched || prefix::length(beginning.path) <= beginning.shared ||
      prefix::Cache::in_memory(beginning.path)) {
    return false;
  }
  next.fetching = true;
  next.fetched = true;
  prefixes_->fetch(beginning.path, [this, request = next.request] {
    for (const auto& waiting : waiting_) {
      if (waiting->request == request) waiting->fetching = false;
    }
  });
  return true;
}

void Engine::take_beginning(Sequence& next, const Beginning& beginning) {
  next.origin = ++last_origin_;
  next.computed = 0;
  next.moved = false;
  if (beginning.donor != nullptr) {
    pool_.share(beginning.donor->slot, next.slot, beginning.shared);
    next.shared = first_of(beginning.donor->holding(beginning.donor->computed), beginning.shared);
    next.computed = beginning.shared;
  }
  for (const prefix::Piece& piece : beginning.path) {
    const std::size_t end = piece.node->first + piece.tokens;
    if (end <= next.computed) continue;
    if (!piece.node->state || !pool_.restore(next.slot, piece, next.computed)) break;
    next.computed = end;
  }
  next.known = next.computed;
}

// What was computed stays known when its sequence goes.
void Engine::park(const Sequence& sequence) {
  if (!prefixes_ || sequence.moved) return;
  prefixes_->park(sequence.asked.cache_scope, std::span(sequence.tokens).first(sequence.computed),
                  [&](std::size_t first, std::size_t count) {
                    return pool_.save(sequence.slot, first, count);
                  });
}

}  // namespace hearth::engine
