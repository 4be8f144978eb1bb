// A chat completion as it goes over the wire between command line and daemon: the request as
// JSON, and what each event of the answer means. OpenAI's shapes. No sockets here.
//
// Threads: pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "chat/event.h"
#include "chat/request.h"

namespace hearth::cli {

struct CompletionRequest {
  std::string model;
  std::vector<chat::Message> messages;
  std::optional<double> temperature;
  std::optional<std::uint32_t> max_tokens;
  std::optional<std::uint64_t> seed;
  std::optional<double> top_p;
  std::optional<double> min_p;
  std::optional<std::uint32_t> top_k;
  std::optional<double> repeat_penalty;
  std::vector<std::string> stop;
  std::string keep_alive;  // how long the model stays, as people write it; empty leaves it open
  std::string overflow;    // "error", "truncate" or "shift"; empty leaves it open
  chat::Constraint constraint;
  std::string tools;        // a JSON array in OpenAI's shape; empty is none
  std::string tool_choice;  // "none"; empty leaves it open
  std::optional<bool> thinking;
  std::optional<std::uint32_t> thinking_tokens_max;
};

struct TokenCounts {
  std::int64_t prompt = 0;
  std::int64_t cached = 0;
  std::int64_t completion = 0;
  std::int64_t thinking = 0;  // of completion
};

// What one event adds to the answer.
struct CompletionPiece {
  std::string text;
  std::string thinking;
  std::vector<chat::ToolCallDelta> calls;
  std::string finish_reason;
  std::optional<TokenCounts> counts;
  std::optional<std::uint64_t> seed;             // that was used
  std::optional<double> decode_ms;               // from the first token to the last
  std::int64_t forced_tokens = 0;                // nothing else was allowed there
  std::optional<std::int64_t> dropped_tokens;    // of a prompt that was too long
  std::optional<std::int64_t> dropped_messages;  // of a history that was too long
  std::vector<std::string> warnings;
  bool done = false;  // "[DONE]"
};

std::string completion_body(const CompletionRequest& request);

// An event that carries an error is that Error, with the field at fault as its context.
Result<CompletionPiece> parse_completion_event(std::string_view data);

// The Error that a reply other than 2xx stands for, whatever its body holds; likewise.
Error reply_error(int status, std::string_view body);

}  // namespace hearth::cli
