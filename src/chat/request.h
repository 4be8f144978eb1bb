// What somebody asks of a model, in the one form that every dialect is turned into and every
// provider understands. Pure values; nothing here knows HTTP, llama.cpp or a file.
//
// Threads: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace hearth::chat {

enum class Role : std::uint8_t { kSystem = 1, kUser = 2, kAssistant = 3, kTool = 4 };
std::string_view role_name(Role role);
std::optional<Role> find_role(std::string_view name);  // "developer" is a system role

// A call of a tool: by a model in its answer, and in the history of a conversation.
struct ToolCall {
  std::string id;         // "call_…"; names the call in the message with its result
  std::string name;       // of the tool
  std::string arguments;  // JSON text, whatever the model made of it
  bool operator==(const ToolCall&) const = default;
};

struct Message {
  Role role = Role::kUser;
  std::string content;
  std::string thinking = {};              // of an assistant, before the content
  std::vector<ToolCall> tool_calls = {};  // of an assistant, after it
  std::string tool_call_id = {};          // of a tool: whose result the content is
  std::string tool_name = {};             // of a tool, where the client says it
  bool operator==(const Message&) const = default;
};

inline constexpr std::size_t kToolsMax = 512;

// What a model may ask its client to do.
struct Tool {
  std::string name;
  std::string description;
  std::string parameters;  // a JSON schema; empty is no parameters
  bool operator==(const Tool&) const = default;
};

struct ToolChoice {
  enum class Kind : std::uint8_t {
    kAuto = 0,      // the model decides
    kNone = 1,      // it is told of the tools and calls none
    kRequired = 2,  // it calls at least one
    kNamed = 3      // it calls this one
  };
  Kind kind = Kind::kAuto;
  std::string name = {};
  bool operator==(const ToolChoice&) const = default;
};

// What the text of an answer must be; it does not bind tool calls and thinking.
struct Constraint {
  enum class Kind : std::uint8_t {
    kNone = 0,
    kGrammar = 1,    // in llama.cpp's notation (GBNF)
    kAnyObject = 2,  // a JSON object
    kSchema = 3      // a document of a JSON schema
  };
  Kind kind = Kind::kNone;
  std::string text = {};  // the grammar or the schema
  bool operator==(const Constraint&) const = default;
};

// Whether a model that can think aloud does so before it answers.
struct Thinking {
  enum class Mode : std::uint8_t { kDefault = 0, kOff = 1, kOn = 2 };  // the default is the model's
  Mode mode = Mode::kDefault;
  std::optional<std::uint32_t> tokens_max = {};  // then it is made to answer; 0 at once
  std::string effort = {};  // a word that some templates know, like "low"; empty is the template's
  bool operator==(const Thinking&) const = default;
};

// A variable of the model's own template that no other field stands for.
struct TemplateArgument {
  std::string name;
  std::string value;  // JSON
  bool operator==(const TemplateArgument&) const = default;
};
inline constexpr std::size_t kTemplateArgumentsMax = 64;

inline constexpr float kLogitBiasMost = 100;  // and -kLogitBiasMost is the least
inline constexpr std::size_t kLogitBiasesMax = 1024;

struct LogitBias {
  std::int32_t token = 0;
  float bias = 0;  // added to the logit; -infinity forbids the token
  bool operator==(const LogitBias&) const = default;
};

enum class Mirostat : std::uint8_t { kOff = 0, kV1 = 1, kV2 = 2 };

inline constexpr std::int32_t kWholeContext = -1;  // for how far back penalties look
inline constexpr std::size_t kDryBreakersMax = 16;
inline constexpr std::size_t kDryBreakerBytesMax = 40;  // llama.cpp cuts longer ones

// DESIGN section 6: the defaults of everything that a request leaves open; where it names none,
// llama-server's.
struct Sampling {
  float temperature = 0.7F;  // 0 is greedy
  float top_p = 0.95F;
  std::uint32_t top_k = 40;  // 0 is all
  float min_p = 0.05F;
  float typical_p = 1.0F;  // 1 is off
  float repeat_penalty = 1.0F;
  float frequency_penalty = 0.0F;
  float presence_penalty = 0.0F;
  std::int32_t repeat_last_n = 64;  // tokens these three look at; 0 is off, or kWholeContext
  // DRY: what would continue a repetition longer than the allowed length is punished by
  // multiplier × base^(length - allowed); a breaker ends a repetition.
  float dry_multiplier = 0.0F;  // 0 is off
  float dry_base = 1.75F;
  std::uint32_t dry_allowed_length = 2;
  std::int32_t dry_penalty_last_n = kWholeContext;  // tokens it looks at; 0 is off
  std::vector<std::string> dry_sequence_breakers = {"\n", ":", "\"", "*"};
  // XTC: with this probability, all but the least of the tokens above the threshold are left out.
  float xtc_probability = 0.0F;
  float xtc_threshold = 0.1F;
  Mirostat mirostat = Mirostat::kOff;  // in place of everything between penalties and temperature
  float mirostat_tau = 5.0F;
  float mirostat_eta = 0.1F;
  std::vector<LogitBias> logit_bias;
  std::optional<std::uint64_t> seed;  // random, and reported, when empty
  bool ignore_eos = false;
  bool operator==(const Sampling&) const = default;
};

// What becomes of a prompt or an answer that the context has no room for: an error; a prompt
// without its oldest part, which the answer tells; or that, and a context from which the oldest
// part goes while the answer grows.
enum class Overflow : std::uint8_t { kError = 0, kTruncate = 1, kShift = 2 };

// Which messages of a conversation that is too long go, whole and with what belongs to them; the
// system's and the last ones always stay. Where none may, Overflow decides.
enum class History : std::uint8_t {
  kKeep = 0,  // all stay, unless Overflow lets the prompt be cut: then the oldest go
  kDropOldest = 1,
  kMiddleOut = 2  // those in the middle, so that the beginning and the latest stay
};

inline constexpr std::uint32_t kTopLogprobsMax = 20;

inline constexpr std::uint32_t kMaxTokensDefault = 2048;
inline constexpr std::size_t kStopsMax = 16;
inline constexpr std::size_t kStopBytesMax = 1024;

inline constexpr std::int32_t kPriorityMax = 10;

struct Request {
  std::string id;     // for logs and replies: "req-…"
  std::string model;  // as the client wrote it
  // Either messages, rendered by the model's own template, or one raw prompt: a text, or tokens.
  std::vector<Message> messages;
  std::optional<std::string> raw_prompt;
  Sampling sampling;
  std::uint32_t max_tokens = kMaxTokensDefault;  // the context is the hard limit
  std::vector<std::string> stop;
  // How many likely tokens are told beside each chosen one; nothing is told when empty.
  std::optional<std::uint32_t> logprobs;
  Overflow overflow = Overflow::kError;
  History history = History::kKeep;
  std::vector<Tool> tools = {};
  ToolChoice tool_choice = {};
  bool parallel_tool_calls = true;
  Constraint constraint = {};
  Thinking thinking = {};
  // The last message is the assistant's, and the answer goes on where it stops.
  bool continue_last = false;
  std::vector<TemplateArgument> template_arguments = {};
  // Who may share prefixes: a name, never a secret, because it is written to disk.
  std::string cache_scope;
  std::uint32_t deadline_ms = 0;  // from arrival; 0 is none
  std::int32_t priority = 0;      // -kPriorityMax to kPriorityMax, the higher the sooner
  // What comes after the gap that the answer fills; the raw prompt is what comes before it. Only
  // models that were taught this can.
  std::optional<std::string> suffix = {};
  // How long the model stays loaded after this answer; below zero for ever. Where it is empty, what
  // was said last holds, or the settings. Runners do not hear it.
  std::optional<base::Duration> keep_alive = {};
  // Who is one client to the scheduler: a name. Empty where it is who shares prefixes.
  std::string client = {};
  // The raw prompt, in place of its text, which is empty then; they are taken as they are.
  std::vector<std::int32_t> raw_tokens = {};
  bool operator==(const Request&) const = default;
};
inline const std::string& client_of(const Request& request) {
  return request.client.empty() ? request.cache_scope : request.client;
}

struct TokenizeRequest {
  // kPieces: the tokens, and the bytes of each; kText: a conversation's prompt, or of the tokens.
  enum class Result : std::uint8_t { kTokens = 0, kCount = 1, kPieces = 2, kText = 3 };
  std::string model;
  std::string text;
  // In place of the text: all that the prompt of a conversation depends on, to count or read it.
  std::optional<Request> conversation = {};
  Result result = Result::kTokens;
  bool add_special = false;               // the model's own begin and end tokens
  bool parse_special = false;             // "<|im_start|>" in the text becomes a control token
  std::vector<std::int32_t> tokens = {};  // in place of the text, where that is the result
  bool operator==(const TokenizeRequest&) const = default;
};

// One vector for each input. The inputs are texts, or all of them tokens.
struct EmbedRequest {
  std::string model;
  std::vector<std::string> texts;
  std::vector<std::vector<std::int32_t>> token_lists = {};  // in place of texts; taken as they are
  std::uint32_t dimensions = 0;  // each vector is cut to so many; 0 leaves it whole
  bool truncate = false;         // of an input that is too long, the end is left out
  std::optional<base::Duration> keep_alive = {};  // as in Request
  std::string client = {};                        // as in Request
  std::size_t inputs() const { return texts.size() + token_lists.size(); }
  bool operator==(const EmbedRequest&) const = default;
};

// What a model's template can express; an answer never needs more than was asked for.
struct Capabilities {
  bool system = false;
  bool tools = false;           // it is told of tools and calls them
  bool parallel_calls = false;  // several at once
  bool thinking = false;
  bool operator==(const Capabilities&) const = default;
};

struct Tokens {
  std::uint32_t count = 0;
  std::vector<std::int32_t> ids;         // empty when only the count or a text was asked for
  std::vector<std::string> pieces = {};  // of kPieces: not always whole characters
  std::string text = {};                 // of kText
  bool operator==(const Tokens&) const = default;
};

struct Embeddings {
  std::uint32_t dimensions = 0;
  std::uint32_t prompt_tokens = 0;
  std::vector<float> values;  // dimensions × inputs, in their order; each vector of length 1
  bool operator==(const Embeddings&) const = default;
};

}  // namespace hearth::chat
