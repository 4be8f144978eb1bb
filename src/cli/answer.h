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
enum class Display : std::uint8_t { kStreamed, kCollected };

// Of one call: {"name":…,"arguments":…}, with the id unless it is empty.
void write_call(json::Writer& json, const chat::ToolCall& call);

Result<Answer> fetch_answer(const DaemonApi& daemon, const CompletionRequest& request,
                            Console& console, const Interrupt& interrupt, Display display);

// "12 prompt tokens (4 cached), 34 tokens in 1.2 s: 28.3 tokens/s; first after 0.35 s; seed 7"; of
// an answer of one token there is no rate.
std::string stats_text(const CompletionSummary& summary);

}  // namespace hearth::cli
