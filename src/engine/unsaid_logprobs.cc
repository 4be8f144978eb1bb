#include "engine/unsaid_logprobs.h"

namespace hearth::engine {

void UnsaidLogprobs::add(std::size_t begin, chat::TokenLogprob logprob) {
  unsaid_.emplace_back(begin, std::move(logprob));
}

std::vector<chat::TokenLogprob> UnsaidLogprobs::take_before(std::size_t end) {
  std::vector<chat::TokenLogprob> taken;
  for (; !unsaid_.empty() && unsaid_.front().first < end; unsaid_.pop_front())
    taken.push_back(std::move(unsaid_.front().second));
  return taken;
}

}  // namespace hearth::engine
