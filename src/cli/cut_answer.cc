#include "cli/cut_answer.h"

#include <fmt/format.h>

namespace hearth::cli {

namespace {

constexpr std::string_view kLength = "length";

}  // namespace

bool is_cut(const CompletionSummary& summary) {
  return !summary.interrupted && summary.finish_reason == kLength;
}

bool is_broken(const CompletionRequest& request, const CompletionSummary& summary) {
  const bool whole_only =
      request.constraint.kind != chat::Constraint::Kind::kNone || !summary.calls.empty();
  return is_cut(summary) && whole_only;
}

std::string cut_notice(const CompletionRequest& request, const CompletionSummary& summary) {
  const std::int64_t tokens = summary.counts.completion;
  const std::int64_t allowed = request.max_tokens.value_or(chat::kMaxTokensDefault);
  const bool by_limit = tokens >= allowed;
  // A call that was closed because its tokens ran out may have left some, and a model may have a
  // limit of its own where the user names none.
  const bool by_context = request.max_tokens.has_value() && !by_limit && summary.calls.empty();
  const char* advice = "allow more with --max-tokens, or set a larger model.context";
  if (by_limit) advice = "allow more with --max-tokens";
  if (by_context) advice = "shorten the prompt, or set a larger model.context";
  return fmt::format("hearth: the answer was cut after {} token{}{}{}; {}", tokens,
                     tokens == 1 ? "" : "s", by_context ? ", where the context is full" : "",
                     is_broken(request, summary) ? ", and what was asked for is not whole" : "",
                     advice);
}

}  // namespace hearth::cli
