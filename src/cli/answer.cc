#include "cli/answer.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/answer_display.h"
#include "json/parse.h"
#include "json/value_text.h"

namespace hearth::cli {

namespace {

void print_calls(const std::vector<chat::ToolCall>& calls, Console& console) {
  for (const chat::ToolCall& call : calls) {
    json::Writer json;
    write_call(json, call);
    console.print(json.take() + "\n");
  }
}

// What the user should know of an answer beside itself.
void notice_oddities(const CompletionSummary& summary, Console& console) {
  if (summary.dropped_messages > 0) {
    console.notice(fmt::format(
        "hearth: the conversation was too long for the context; {} of its messages were left out",
        summary.dropped_messages));
  }
  if (summary.dropped_tokens > 0) {
    console.notice(fmt::format(
        "hearth: the prompt was too long for the context; its oldest {} tokens were left out",
        summary.dropped_tokens));
  }
  for (const std::string& warning : summary.warnings)
    console.notice("hearth: " + warning);
}

}  // namespace

// Arguments that are no JSON, because the answer broke off, are a string.
void write_call(json::Writer& json, const chat::ToolCall& call) {
  json.open('{');
  if (!call.id.empty()) json.key("id").text(call.id);
  json.key("name").text(call.name).key("arguments");
  if (const auto arguments = json::parse(call.arguments)) {
    json.verbatim(json::value_text(*arguments));
  } else {
    json.text(call.arguments);
  }
  json.close('}');
}

Result<Answer> fetch_answer(const DaemonApi& daemon, const CompletionRequest& request,
                            Console& console, const Interrupt& interrupt, Display display) {
  Answer answer;
  AnswerDisplay shown(console);
  const bool is_shown = display != Display::kCollected;
  const PartHandler on_part = [&](const AnswerPart& part) {
    (part.kind == AnswerPart::Kind::kText ? answer.text : answer.thinking) += part.text;
    if (is_shown) shown.add(part);
    return console.is_gone() ? net::ChunkAction::kStop : net::ChunkAction::kContinue;
  };
  auto summary = daemon.complete(request, on_part, interrupt.fd());
  if (is_shown) shown.finish();
  answer.summary = HEARTH_TRY(std::move(summary));
  if (display == Display::kStreamed) print_calls(answer.summary.calls.calls(), console);
  notice_oddities(answer.summary, console);
  return answer;
}

namespace {

// ": 28.3 tokens/s", or nothing. The first token belongs to the prompt's time.
std::string rate_text(const CompletionSummary& summary) {
  const std::int64_t chosen = summary.counts.completion - summary.forced_tokens - 1;
  if (chosen < 1 || summary.decode_ms < kRateMsLeast) return {};
  return fmt::format(": {:.1f} tokens/s", static_cast<double>(chosen) * 1000 / summary.decode_ms);
}

// " (5 of thinking, 20 forced)", or nothing.
std::string kinds_text(const CompletionSummary& summary) {
  std::vector<std::string> kinds;
  if (summary.counts.thinking > 0) {
    kinds.push_back(fmt::format("{} of thinking", summary.counts.thinking));
  }
  if (summary.forced_tokens > 0) kinds.push_back(fmt::format("{} forced", summary.forced_tokens));
  return kinds.empty() ? "" : fmt::format(" ({})", fmt::join(kinds, ", "));
}

}  // namespace

std::string stats_text(const CompletionSummary& summary) {
  if (summary.interrupted) {
    return fmt::format("stopped after {:.2f} s; first after {:.2f} s", summary.total_ms / 1000,
                       summary.first_text_ms / 1000);
  }
  const TokenCounts& counts = summary.counts;
  return fmt::format(
      "{} prompt tokens ({} cached), {} tokens{} in {:.2f} s{}; first after {:.2f} s; seed {}",
      counts.prompt, counts.cached, counts.completion, kinds_text(summary), summary.total_ms / 1000,
      rate_text(summary), summary.first_text_ms / 1000, summary.seed.value_or(0));
}

}  // namespace hearth::cli
