// What happens while a request is answered. A stream is Started, then any of Progress, the deltas,
// Warning and Usage, and ends with exactly one of Finished and Failed.
//
// Threads: values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.h"

namespace hearth::chat {

struct Started {
  std::uint64_t seed = 0;
  std::uint32_t prompt_tokens = 0;     // without the dropped ones
  std::uint32_t dropped_tokens = 0;    // of a prompt that was too long; see Overflow
  std::uint32_t dropped_messages = 0;  // see History
  bool operator==(const Started&) const = default;
};

struct Progress {
  enum class Phase : std::uint8_t { kQueue = 0, kLoad = 1, kPrefill = 2 };
  Phase phase = Phase::kPrefill;
  std::uint32_t done = 0;
  std::uint32_t total = 0;
  bool operator==(const Progress&) const = default;
};

struct TokenChance {
  std::int32_t token = 0;
  std::string bytes;  // not always whole characters
  float logprob = 0;  // of the model's own distribution, before anything of Sampling
  bool operator==(const TokenChance&) const = default;
};

struct TokenLogprob {
  TokenChance chosen;
  std::vector<TokenChance> alternatives;  // the likeliest, in this order; often the chosen too
  bool operator==(const TokenLogprob&) const = default;
};

// Text is whole UTF-8 characters, never a part of a stop sequence.
struct TextDelta {
  std::string text;
  std::uint32_t tokens = 1;  // how many generated tokens it stands for
  // When asked for: of the tokens whose first byte is in this text, in order. Control tokens and
  // those of a stop sequence are in none.
  std::vector<TokenLogprob> logprobs = {};
  bool operator==(const TextDelta&) const = default;
};

// Of what the model thinks before it answers, without the marks around it.
struct ThinkingDelta {
  std::string text;
  std::uint32_t tokens = 1;
  bool operator==(const ThinkingDelta&) const = default;
};

// A piece of a call. The first of a call has its id and name, and maybe arguments; the others add
// to the arguments, which are JSON when the answer is Finished{kToolCalls}.
struct ToolCallDelta {
  std::uint32_t index = 0;  // of the call in this answer
  std::string id = {};
  std::string name = {};
  std::string arguments = {};
  std::uint32_t tokens = 1;
  bool operator==(const ToolCallDelta&) const = default;
};

// Something about the answer that its reader should know, in words; the answer goes on.
struct Warning {
  std::string text;
  bool operator==(const Warning&) const = default;
};

struct Usage {
  std::uint32_t prompt_tokens = 0;
  std::uint32_t cached_tokens = 0;
  std::uint32_t completion_tokens = 0;
  double queue_ms = 0;
  double prefill_ms = 0;
  double decode_ms = 0;
  std::uint32_t shifted_tokens = 0;   // that left the context meanwhile; see Overflow
  std::uint32_t thinking_tokens = 0;  // of completion_tokens
  std::uint32_t forced_tokens = 0;    // of completion_tokens: nothing else was allowed there
  bool operator==(const Usage&) const = default;
};

struct Finished {
  enum class Reason : std::uint8_t { kStop = 0, kLength = 1, kToolCalls = 2 };
  Reason reason = Reason::kStop;
  std::string stop_sequence = {};  // which of the request's ended it, if one did
  bool operator==(const Finished&) const = default;
};

struct Failed {
  Error error;
};

using Event = std::variant<Started, Progress, TextDelta, Usage, Finished, Failed, ThinkingDelta,
                           ToolCallDelta, Warning>;

inline bool ends_stream(const Event& event) {
  return std::holds_alternative<Finished>(event) || std::holds_alternative<Failed>(event);
}

}  // namespace hearth::chat
