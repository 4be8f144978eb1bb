#include "engine/kv_pool.h"

#include "engine/guarded.h"

namespace hearth::engine {

KvPool::KvPool(llama_context* context, llama_seq_id spare)
    : context_(context), memory_(llama_get_memory(context)), spare_(spare) {}

void KvPool::share(llama_seq_id from, llama_seq_id to, std::size_t tokens) {
  llama_memory_seq_cp(memory_, from, to, 0, static_cast<llama_pos>(tokens));
}

prefix::State KvPool::save(llama_seq_id slot, std::size_t first, std::size_t count) {
  llama_memory_seq_cp(memory_, slot, spare_, static_cast<llama_pos>(first),
                      static_cast<llama_pos>(first + count));
  auto state = guarded("save a prefix", [&]() -> prefix::State {
    std::string bytes(llama_state_seq_get_size(context_, spare_), '\0');
    auto* const data = reinterpret_cast<std::uint8_t*>(bytes.data());
    if (llama_state_seq_get_data(context_, data, bytes.size(), spare_) != bytes.size() ||
        bytes.empty()) {
      return nullptr;
    }
    return std::make_shared<const std::string>(std::move(bytes));
  });
  clear(spare_);
  return state.value_or(nullptr);
}

bool KvPool::read_into(llama_seq_id slot, const std::string& state) {
  const auto read = guarded("restore a prefix", [&] {
    return llama_state_seq_set_data(context_, reinterpret_cast<const std::uint8_t*>(state.data()),
                                    state.size(), slot);
  });
  return read.value_or(0) == state.size();
}

bool KvPool::restore(llama_seq_id slot, const prefix::Piece& piece, std::size_t held) {
  const bool whole = read_into(spare_, *piece.node->state);
  if (whole) {
    llama_memory_seq_cp(memory_, spare_, slot, static_cast<llama_pos>(held),
                        static_cast<llama_pos>(piece.node->first + piece.tokens));
  }
  clear(spare_);
  return whole;
}

bool KvPool::cut(llama_seq_id slot, std::size_t tokens) {
  if (llama_memory_seq_rm(memory_, slot, static_cast<llama_pos>(tokens), -1)) return true;
  clear(slot);
  return false;
}

void KvPool::clear(llama_seq_id slot) {
  llama_memory_seq_rm(memory_, slot, -1, -1);
}

bool KvPool::make_own(llama_seq_id slot, std::size_t tokens) {
  const prefix::State state = save(slot, 0, tokens);
  clear(slot);
  if (state && read_into(slot, *state)) return true;
  clear(slot);
  return false;
}

bool KvPool::move_up(llama_seq_id slot, std::size_t first, std::size_t count) {
  const auto from = static_cast<llama_pos>(first);
  const auto to = static_cast<llama_pos>(first + count);
  if (!llama_memory_can_shift(memory_) || !llama_memory_seq_rm(memory_, slot, from, to)) {
    return false;
  }
  llama_memory_seq_add(memory_, slot, to, -1, from - to);
  return true;
}

const char* why_no_prefixes(const llama_model* model) {
  if (llama_model_is_recurrent(model)) return "the model is recurrent";
  if (llama_model_is_hybrid(model)) return "the model is partly recurrent";
  if (llama_model_n_swa(model) > 0) return "the model attends through a sliding window";
  return "";
}

}  // namespace hearth::engine
