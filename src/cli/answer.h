// One answer brought to the user: asked for, shown as it arrives, stopped by Ctrl-C.
//
// Threads: confined to the main thread.
#pragma once

#include <string>

#include "base/result.h"
#include "cli/completion.h"
#include "cli/console.h"
#include "cli/daemon_api.h"
#include "cli/interrupt.h"
#include "json/writer.h"

namespace hearth::cli {

struct Answer {
  std::string text;
  std::string thinking;
  CompletionSummary summary;
};

// kStreamed: written to the console's output as it comes, with a newline at its end; after it the
// calls of tools, each a line of JSON.
// kText: the same without the calls. kCollected: nothing is written.
enum class Display : std::uint8_t { kStreamed, kText, kCollected };

// Of one call: {"name":…,"arguments":…}, with the id unless it is empty.
void write_call(json::Writer& json, const chat::ToolCall& call);

Result<Answer> fetch_answer(const DaemonApi& daemon, const CompletionRequest& request,
                            Console& console, const Interrupt& interrupt, Display display);

// "12 prompt tokens (4 cached), 34 tokens in 1.2 s: 28.3 tokens/s; first after 0.35 s; seed 7". The
// rate is that of the tokens that were chosen: those that are forced cost next to nothing. It is
// left out where fewer than two were, or within kRateMsLeast.
inline constexpr double kRateMsLeast = 5;  // what takes less is no measure
std::string stats_text(const CompletionSummary& summary);

}  // namespace hearth::cli
