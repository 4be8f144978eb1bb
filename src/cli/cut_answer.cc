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
  return fmt::format("hearth: the answer was cut after {} token{}{}{}; {}", tokens,
                     tokens == 1 ? "" : "s", by_limit ? "" : ", where the context is full",
                     is_broken(request, summary) ? ", and what was asked for is not whole" : "",
                     by_limit ? "allow more with --max-tokens"
                              : "shorten the prompt, or set a larger model.context");
}

}  // namespace hearth::cli
