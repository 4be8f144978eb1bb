#include "engine/prompt_fit.h"

#include <algorithm>
#include <numeric>

#include "engine/limits.h"
#include "engine/prompt.h"

namespace hearth::engine {

namespace {

// The place of the last user message, or of the last one where there is no user.
std::size_t last_question(const std::vector<chat::Message>& messages) {
  for (std::size_t i = messages.size(); i > 0; --i) {
    if (messages[i - 1].role == chat::Role::kUser) return i - 1;
  }
  return messages.empty() ? 0 : messages.size() - 1;
}

template <typename T>
void erase_at(std::vector<T>& list, const std::vector<std::size_t>& places) {
  for (auto place = places.rbegin(); place != places.rend(); ++place)
    list.erase(list.begin() + static_cast<std::ptrdiff_t>(*place));
}

Result<std::vector<std::size_t>> measure(const Model& model,
                                         const std::vector<chat::Message>& messages) {
  std::vector<std::size_t> sizes;
  for (const chat::Message& message : messages) {
    const auto tokens =
        HEARTH_TRY(model.tokenize(message.content, SpecialText::kPlain, SpecialEnds::kNone));
    sizes.push_back(tokens.size());
  }
  return sizes;
}

// The template's own tokens are shared out among the messages; what that misjudges is put right by
// dropping again until the whole fits.
Result<std::vector<Token>> fit_messages(const Model& model, chat::Request request,
                                        std::vector<Token> tokens, std::size_t room) {
  auto sizes = HEARTH_TRY(measure(model, request.messages));
  const std::size_t content = std::accumulate(sizes.begin(), sizes.end(), std::size_t{0});
  const std::size_t around = tokens.size() > content ? (tokens.size() - content) / sizes.size() : 0;
  for (std::size_t& size : sizes)
    size += around;
  while (tokens.size() > room) {
    const auto dropped = choose_dropped(request.messages, sizes, tokens.size() - room);
    if (dropped.empty()) break;
    erase_at(request.messages, dropped);
    erase_at(sizes, dropped);
    tokens = HEARTH_TRY(tokenize_request(model, request));
  }
  return tokens;
}

}  // namespace

std::size_t room_for_prompt(const chat::Request& request, std::uint32_t context) {
  const std::uint32_t answer =
      std::clamp(context / kAnswerShare, 1U, std::max(request.max_tokens, 1U));
  return context - std::min(answer, context);
}

std::vector<std::size_t> choose_dropped(const std::vector<chat::Message>& messages,
                                        const std::vector<std::size_t>& sizes, std::size_t excess) {
  std::vector<std::size_t> dropped;
  const std::size_t end = last_question(messages);
  std::size_t gone = 0;
  for (std::size_t i = 0; i < end; ++i) {
    if (messages[i].role == chat::Role::kSystem) continue;
    const bool begins_turn = messages[i].role == chat::Role::kUser;
    if (gone >= excess && begins_turn) break;
    dropped.push_back(i);
    gone += sizes[i];
  }
  return dropped;
}

std::vector<Token> drop_oldest(const std::vector<Token>& tokens, std::size_t keep,
                               std::size_t room) {
  const auto begin = tokens.begin();
  std::vector<Token> kept(begin, begin + static_cast<std::ptrdiff_t>(keep));
  kept.insert(kept.end(), tokens.end() - static_cast<std::ptrdiff_t>(room - keep), tokens.end());
  return kept;
}

Result<FittedPrompt> fit_prompt(const Model& model, const chat::Request& request,
                                std::uint32_t context) {
  FittedPrompt fitted{HEARTH_TRY(tokenize_request(model, request)), 0};
  const std::size_t before = fitted.tokens.size();
  const std::size_t room = room_for_prompt(request, context);
  if (request.overflow == chat::Overflow::kError || before <= room) return fitted;
  if (request.raw_prompt) {
    const bool begins = model.begin_token() && fitted.tokens.front() == *model.begin_token();
    fitted.tokens = drop_oldest(fitted.tokens, std::min<std::size_t>(begins ? 1 : 0, room), room);
  } else {
    fitted.tokens = HEARTH_TRY(fit_messages(model, request, std::move(fitted.tokens), room));
  }
  fitted.dropped = before - fitted.tokens.size();
  return fitted;
}

}  // namespace hearth::engine
