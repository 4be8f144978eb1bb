// What comes next in an answer: the token that is chosen, and what is certain behind it. Each
// answer for itself, so that several are chosen side by side.
#include <algorithm>

#include "engine/engine.h"
#include "engine/logprobs.h"

namespace hearth::engine {

// From the logits at this place in the batch. Touches nothing but the sequence.
Result<Engine::Choice> Engine::choose(Sequence& sequence, std::int32_t place) const {
  Guide* guide = sequence.guide.get();
  const std::uint32_t left = sequence.tokens_left();
  Choice choice;
  if (guide != nullptr && sequence.generated() == 0) {
    choice.tokens = HEARTH_TRY(guide->begin(left));
    choice.certain = static_cast<std::uint32_t>(choice.tokens.size());
    for (const Token token : choice.tokens)
      sequence.sampler->accept(token);
    if (choice.certain > 0 || guide->ended()) return choice;
  }
  const std::span<float> logits(llama_get_logits_ith(context_.get(), place),
                                static_cast<std::size_t>(model_->vocabulary()));
  Allowed allowed;
  if (guide != nullptr) allowed = HEARTH_TRY(guide->allowed());
  const Token token = HEARTH_TRY(sequence.sampler->choose(logits, allowed));
  choice.logprob = logprob_of(sequence, token, logits);
  choice.tokens = {token};
  if (guide == nullptr || model_->ends_answer(token)) return choice;
  choice.tokens = HEARTH_TRY(guide->take(token, left));
  if (choice.tokens.empty()) return choice;  // it ends here
  const bool kept = choice.tokens.front() == token;
  if (!kept) choice.logprob.reset();  // it is of no token of the answer
  for (std::size_t i = kept ? 1 : 0; i < choice.tokens.size(); ++i) {
    sequence.sampler->accept(choice.tokens[i]);
    ++choice.certain;
  }
  return choice;
}

std::optional<chat::TokenLogprob> Engine::logprob_of(const Sequence& sequence, Token token,
                                                     std::span<const float> logits) const {
  if (!sequence.asked.logprobs) return std::nullopt;
  chat::TokenLogprob logprob = find_logprobs(logits, token, *sequence.asked.logprobs);
  const auto name = [this](chat::TokenChance& chance) {
    chance.bytes = model_->piece(chance.token).value_or(std::string());
  };
  name(logprob.chosen);
  std::for_each(logprob.alternatives.begin(), logprob.alternatives.end(), name);
  return logprob;
}

}  // namespace hearth::engine
