#include "cli/answer.h"

#include <fmt/format.h>

namespace hearth::cli {

Result<Answer> fetch_answer(const DaemonApi& daemon, const CompletionRequest& request,
                            Console& console, const Interrupt& interrupt, Display display) {
  Answer answer;
  const TextHandler on_text = [&](std::string_view piece) {
    answer.text += piece;
    if (display == Display::kStreamed) console.stream(piece);
    return console.is_gone() ? net::ChunkAction::kStop : net::ChunkAction::kContinue;
  };
  auto summary = daemon.complete(request, on_text, interrupt.fd());
  if (display == Display::kStreamed) {
    console.end_stream();
    const bool open_line = !answer.text.empty() && !answer.text.ends_with('\n');
    if (open_line) console.print("\n");
  }
  answer.summary = HEARTH_TRY(std::move(summary));
  if (answer.summary.dropped_tokens > 0) {
    console.notice(fmt::format(
        "hearth: the prompt was too long for the context; its oldest {} tokens were left out",
        answer.summary.dropped_tokens));
  }
  return answer;
}

std::string stats_text(const CompletionSummary& summary) {
  if (summary.interrupted) {
    return fmt::format("stopped after {:.2f} s; first after {:.2f} s", summary.total_ms / 1000,
                       summary.first_text_ms / 1000);
  }
  const TokenCounts& counts = summary.counts;
  // The first token belongs to the prompt's time.
  const double rate = counts.completion > 1 && summary.decode_ms > 0
                          ? static_cast<double>(counts.completion - 1) * 1000 / summary.decode_ms
                          : 0;
  return fmt::format(
      "{} prompt tokens ({} cached), {} tokens in {:.2f} s: {:.1f} tokens/s; first after {:.2f} s; "
      "seed {}",
      counts.prompt, counts.cached, counts.completion, summary.total_ms / 1000, rate,
      summary.first_text_ms / 1000, summary.seed.value_or(0));
}

}  // namespace hearth::cli
