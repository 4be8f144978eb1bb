#include "dialogue/history.h"

#include <algorithm>
#include <numeric>
#include <string_view>
#include <unordered_map>

#include "base/result.h"

namespace hearth::dialogue {

namespace {

using chat::Message;
using chat::Role;

// Messages that stay or go together. Those of the system between them do not count: they stay.
struct Group {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::uint64_t tokens = 0;
};

std::uint64_t less(std::uint64_t room, std::uint64_t tokens) {
  return room - std::min(room, tokens);
}

class Cut {
 public:
  Cut(std::span<const Message> messages, std::span<const std::uint32_t> tokens);

  void keep(const Group& group);
  // The last group, and as many as fit from the end, or from both ends in turn.
  void keep_ends(std::span<const Group> groups, std::uint64_t room, chat::History history);

  // The conversation as questions, each with all that was said to it.
  std::vector<Group> turns() const { return groups({0, messages_.size()}, Role::kUser, 0); }
  // A turn as its question and what the model said to it, each with the results of its calls.
  std::vector<Group> steps(const Group& turn) const;
  bool has_question(const Group& group) const;

  std::uint64_t system_tokens() const { return system_tokens_; }
  std::vector<std::size_t> kept() const;

 private:
  // A group begins with each message of `role` that stands at `from` or later, save where that
  // would part a result from its call.
  std::vector<Group> groups(const Group& within, Role role, std::size_t from) const;

  std::span<const Message> messages_;
  std::span<const std::uint32_t> tokens_;
  std::vector<std::size_t> called_at_;  // of a result: where its call stands; else its own place
  std::vector<bool> stays_;
  std::uint64_t system_tokens_ = 0;
};

Cut::Cut(std::span<const Message> messages, std::span<const std::uint32_t> tokens)
    : messages_(messages), tokens_(tokens), called_at_(messages.size()), stays_(messages.size()) {
  std::unordered_map<std::string_view, std::size_t> calls;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    for (const auto& call : messages[i].tool_calls)
      calls[call.id] = i;
    const auto call = calls.find(messages[i].tool_call_id);
    const bool result = messages[i].role == Role::kTool && call != calls.end();
    called_at_[i] = result ? call->second : i;
    stays_[i] = messages[i].role == Role::kSystem;
    if (stays_[i]) system_tokens_ += tokens[i];
  }
}

void Cut::keep(const Group& group) {
  std::fill(stays_.begin() + static_cast<std::ptrdiff_t>(group.begin),
            stays_.begin() + static_cast<std::ptrdiff_t>(group.end), true);
}

void Cut::keep_ends(std::span<const Group> groups, std::uint64_t room, chat::History history) {
  keep(groups.back());
  room = less(room, groups.back().tokens);
  const auto keep_if_it_fits = [&](const Group& group) {
    if (group.tokens > room) return false;
    room -= group.tokens;
    keep(group);
    return true;
  };
  std::size_t first = 0;
  std::size_t last = groups.size() - 1;
  bool more_in_front = history == chat::History::kMiddleOut;
  bool more_behind = true;
  while ((more_in_front || more_behind) && first < last) {
    more_in_front = more_in_front && keep_if_it_fits(groups[first]);
    if (more_in_front) ++first;
    more_behind = more_behind && first < last && keep_if_it_fits(groups[last - 1]);
    if (more_behind) --last;
  }
}

std::vector<Group> Cut::groups(const Group& within, Role role, std::size_t from) const {
  std::vector<Group> found;
  for (std::size_t i = within.begin; i < within.end; ++i) {
    if (messages_[i].role == Role::kSystem) continue;
    const bool begins = messages_[i].role == role && i >= from;
    if (found.empty() || begins) found.push_back({i, i, 0});
    while (found.size() > 1 && found.back().begin > called_at_[i]) {
      found[found.size() - 2].tokens += found.back().tokens;
      found.pop_back();
    }
    found.back().end = i + 1;
    found.back().tokens += tokens_[i];
  }
  return found;
}

std::vector<Group> Cut::steps(const Group& turn) const {
  std::size_t said = turn.end;  // after the last question: calls may hold several in one turn
  while (said > turn.begin && messages_[said - 1].role != Role::kUser)
    --said;
  return groups(turn, Role::kAssistant, said);
}

bool Cut::has_question(const Group& group) const {
  const auto messages = messages_.subspan(group.begin, group.end - group.begin);
  return std::any_of(messages.begin(), messages.end(),
                     [](const Message& message) { return message.role == Role::kUser; });
}

std::vector<std::size_t> Cut::kept() const {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < stays_.size(); ++i) {
    if (stays_[i]) places.push_back(i);
  }
  return places;
}

std::vector<std::size_t> all_of(std::span<const Message> messages) {
  std::vector<std::size_t> places(messages.size());
  std::iota(places.begin(), places.end(), std::size_t{0});
  return places;
}

}  // namespace

std::vector<std::size_t> kept_messages(std::span<const Message> messages,
                                       std::span<const std::uint32_t> tokens,
                                       std::uint32_t tokens_max, chat::History history) {
  HEARTH_ASSERT(messages.size() == tokens.size());
  const auto total = std::accumulate(tokens.begin(), tokens.end(), std::uint64_t{0});
  if (history == chat::History::kKeep || total <= tokens_max) return all_of(messages);

  Cut cut(messages, tokens);
  auto room = less(tokens_max, cut.system_tokens());
  auto groups = cut.turns();
  if (groups.size() > 1 && !cut.has_question(groups.front())) groups.erase(groups.begin());
  if (!groups.empty() && groups.back().tokens > room) {
    groups = cut.steps(groups.back());
    if (groups.size() > 1 && cut.has_question(groups.front())) {
      cut.keep(groups.front());
      room = less(room, groups.front().tokens);
      groups.erase(groups.begin());
    }
  }
  if (!groups.empty()) cut.keep_ends(groups, room, history);
  return cut.kept();
}

std::optional<std::vector<std::size_t>> fewer_messages(std::span<const Message> messages,
                                                       std::span<const std::uint32_t> tokens,
                                                       std::size_t count, chat::History history,
                                                       std::uint32_t& budget) {
  auto kept = kept_messages(messages, tokens, budget, history);
  if (kept.size() < count) return kept;
  std::uint32_t too_much = budget;
  budget = 0;
  kept = kept_messages(messages, tokens, budget, history);
  if (kept.size() >= count) return std::nullopt;
  while (too_much - budget > 1) {
    const std::uint32_t middle = budget + (too_much - budget) / 2;
    auto some = kept_messages(messages, tokens, middle, history);
    if (some.size() >= count) {
      too_much = middle;
    } else {
      budget = middle;
      kept = std::move(some);
    }
  }
  return kept;
}

}  // namespace hearth::dialogue
