#include "agent/call_news.h"

#include "base/utf8.h"

namespace hearth::agent {

std::string beginning_of(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return base::repair_utf8(text);
  text = text.substr(0, bytes_max);
  text.remove_suffix(base::unfinished_utf8_suffix(text));
  return base::repair_utf8(text) + "…";
}

CallNews begun(std::uint32_t round, const chat::ToolCall& call) {
  return {round, call.id, beginning_of(call.name, kNewsBytesMax),
          beginning_of(call.arguments, kNewsBytesMax)};
}

CallNews ended(std::uint32_t round, const chat::ToolCall& call, const tool::Outcome& outcome) {
  CallNews news = begun(round, call);
  news.status = outcome.status;
  news.output = beginning_of(outcome.output, kNewsBytesMax);
  news.error = beginning_of(outcome.error, kNewsBytesMax);
  return news;
}

}  // namespace hearth::agent
