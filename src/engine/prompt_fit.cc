#include "engine/prompt_fit.h"

#include <algorithm>
#include <functional>
#include <numeric>

#include "dialogue/history.h"
#include "engine/limits.h"

namespace hearth::engine {

namespace {

using MakePrompt = std::function<Result<Prompt>(const chat::Request&)>;

Result<std::vector<std::uint32_t>> measure(const Model& model,
                                           const std::vector<chat::Message>& messages) {
  std::vector<std::uint32_t> sizes;
  for (const chat::Message& message : messages) {
    std::string text = message.content + message.thinking;
    for (const chat::ToolCall& call : message.tool_calls)
      text += call.name + call.arguments;
    const auto tokens = HEARTH_TRY(model.tokenize(text, SpecialText::kPlain, SpecialEnds::kNone));
    sizes.push_back(static_cast<std::uint32_t>(tokens.size()));
  }
  return sizes;
}

chat::History what_goes(const chat::Request& asked) {
  const bool keeps = asked.history == chat::History::kKeep;
  return keeps && asked.overflow != chat::Overflow::kError ? chat::History::kDropOldest
                                                           : asked.history;
}

// The messages at these places, and no others.
std::vector<chat::Message> only(const std::vector<chat::Message>& messages,
                                const std::vector<std::size_t>& places) {
  std::vector<chat::Message> kept;
  for (const std::size_t place : places)
    kept.push_back(messages[place]);
  return kept;
}

// The template's own tokens are shared out among the messages; what that misjudges is put right by
// dropping again, until the whole fits or no more can go.
Result<Prompt> fit_messages(const Model& model, const chat::Request& asked, FittedPrompt& fitted,
                            std::size_t room, const MakePrompt& make) {
  auto sizes = HEARTH_TRY(measure(model, asked.messages));
  const std::size_t content = std::accumulate(sizes.begin(), sizes.end(), std::size_t{0});
  const std::size_t whole = fitted.prompt.tokens.size();
  const std::size_t around = whole > content ? (whole - content) / sizes.size() : 0;
  for (std::uint32_t& size : sizes)
    size += static_cast<std::uint32_t>(around);
  chat::Request request = asked;
  Prompt prompt = std::move(fitted.prompt);
  auto budget = static_cast<std::uint32_t>(room);
  while (prompt.tokens.size() > room) {
    const auto kept = dialogue::fewer_messages(asked.messages, sizes, request.messages.size(),
                                               what_goes(asked), budget);
    if (!kept) break;
    request.messages = only(asked.messages, *kept);
    prompt = HEARTH_TRY(make(request));
    fitted.dropped_messages = asked.messages.size() - kept->size();
    const std::size_t excess = prompt.tokens.size() - std::min(prompt.tokens.size(), room);
    budget -= static_cast<std::uint32_t>(std::min<std::size_t>(budget, excess));
  }
  return prompt;
}

}  // namespace

std::size_t room_for_prompt(const chat::Request& request, std::uint32_t context) {
  const std::uint32_t answer =
      std::clamp(context / kAnswerShare, 1U, std::max(request.max_tokens, 1U));
  return context - std::min(answer, context);
}

std::vector<Token> drop_oldest(const std::vector<Token>& tokens, std::size_t keep,
                               std::size_t room) {
  const auto begin = tokens.begin();
  std::vector<Token> kept(begin, begin + static_cast<std::ptrdiff_t>(keep));
  kept.insert(kept.end(), tokens.end() - static_cast<std::ptrdiff_t>(room - keep), tokens.end());
  return kept;
}

Result<FittedPrompt> fit_prompt(const Model& model, const dialogue::ChatTemplate* chat_template,
                                const chat::Request& request, std::uint32_t context,
                                const base::CancelToken& cancel) {
  const MakePrompt make = [&](const chat::Request& one) {
    return make_prompt(model, chat_template, one, cancel);
  };
  FittedPrompt fitted{HEARTH_TRY(make(request))};
  std::vector<Token>& tokens = fitted.prompt.tokens;
  const std::size_t before = tokens.size();
  const std::size_t room = room_for_prompt(request, context);
  if (before <= room) return fitted;
  if (request.raw_prompt) {
    // Without its beginning, what is around a gap would be something else.
    if (request.overflow == chat::Overflow::kError || request.suffix) return fitted;
    const bool begins = model.begin_token() && tokens.front() == *model.begin_token();
    tokens = drop_oldest(tokens, std::min<std::size_t>(begins ? 1 : 0, room), room);
  } else if (what_goes(request) != chat::History::kKeep) {
    fitted.prompt = HEARTH_TRY(fit_messages(model, request, fitted, room, make));
  }
  fitted.dropped = before - tokens.size();
  return fitted;
}

}  // namespace hearth::engine
