// g++ 12 with sanitizers falsely finds uninitialised memory inside of std::regex (GCC PR 105562).
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#include "dialogue/tool_trigger.h"

#include <algorithm>

#include "dialogue/library_call.h"

namespace hearth::dialogue {

namespace {

// A name that ends: what follows it is no part of one.
constexpr std::string_view kNamed = R"(([\w.\-]{1,128})[^\w.\-])";
constexpr auto kSyntax = std::regex::ECMAScript | std::regex::optimize;

// Where a window of what is new begins: a finding that ends in the new part cannot begin before.
std::size_t window_begin(std::size_t from, std::size_t longest) {
  return from > longest ? from - longest : 0;
}

template <typename Match>
std::size_t place_of(const Match& match) {
  for (std::size_t group = 1; group < match.size(); ++group) {
    if (match.length(group) > 0) return static_cast<std::size_t>(match.position(group));
  }
  return static_cast<std::size_t>(match.position(0));
}

std::optional<std::size_t> earlier(std::optional<std::size_t> a, std::optional<std::size_t> b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

}  // namespace

Result<std::shared_ptr<const ToolTrigger>> ToolTrigger::create(const Source& source) {
  const auto make = [&]() -> std::shared_ptr<const ToolTrigger> {
    auto trigger = std::make_shared<ToolTrigger>();
    trigger->words_ = source.words;
    for (const std::string& pattern : source.patterns)
      trigger->patterns_.emplace_back(pattern, kSyntax);
    for (const std::string& head : source.heads)
      trigger->heads_.emplace_back("(?:" + head + ")" + std::string(kNamed), kSyntax);
    trigger->names_ = {source.names.begin(), source.names.end()};
    return trigger;
  };
  return library_call(Code::kInternal, "read a trigger of tool calls", make);
}

std::optional<std::size_t> ToolTrigger::find_word(std::string_view answer, std::size_t from) const {
  std::optional<std::size_t> found;
  for (const std::string& word : words_) {
    const std::size_t at = answer.find(word, window_begin(from, word.size()));
    if (at != std::string_view::npos) found = earlier(found, at);
  }
  return found;
}

std::optional<std::size_t> ToolTrigger::find_pattern(std::string_view answer,
                                                     std::size_t from) const {
  std::optional<std::size_t> found;
  // Windows overlap by what a pattern can find at most, so that none is cut in two.
  for (std::size_t begin = window_begin(from, kPatternBytesMax); begin < answer.size() && !found;
       begin += kPatternBytesMax) {
    const std::string_view window = answer.substr(begin, 2 * kPatternBytesMax);
    auto flags = std::regex_constants::match_default;
    if (begin > 0) flags |= std::regex_constants::match_not_bol;
    if (begin + window.size() < answer.size()) flags |= std::regex_constants::match_not_eol;
    if (const auto place = find_in(window, flags)) found = begin + *place;
  }
  return found;
}

std::optional<std::size_t> ToolTrigger::find_in(std::string_view window,
                                                std::regex_constants::match_flag_type flags) const {
  std::optional<std::size_t> found;
  for (const std::regex& pattern : patterns_) {
    Match match;
    if (std::regex_search(window.begin(), window.end(), match, pattern, flags))
      found = earlier(found, place_of(match));
  }
  for (const std::regex& head : heads_)
    found = earlier(found, find_head(window, head));
  return found;
}

std::optional<std::size_t> ToolTrigger::find_head(std::string_view window,
                                                  const std::regex& head) const {
  auto from = window.begin();
  Match match;
  while (std::regex_search(from, window.end(), match, head)) {
    const std::string_view name(match[1].first, match[1].second);
    if (names_.contains(name)) return static_cast<std::size_t>(match[0].first - window.begin());
    from = match[0].first + 1;
  }
  return std::nullopt;
}

std::optional<std::size_t> ToolTrigger::find(std::string_view answer, std::size_t from) const {
  return earlier(find_word(answer, from), find_pattern(answer, from));
}

std::optional<std::size_t> find_trigger(const ToolTrigger& trigger, std::string_view answer,
                                        std::size_t from) {
  return trigger.find(answer, from);
}

}  // namespace hearth::dialogue
