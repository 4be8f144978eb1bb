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

namespace hearth::chat {

enum class Role : std::uint8_t { kSystem = 1, kUser = 2, kAssistant = 3, kTool = 4 };
std::string_view role_name(Role role);
std::optional<Role> find_role(std::string_view name);  // "developer" is a system role

struct Message {
  Role role = Role::kUser;
  std::string content;
  bool operator==(const Message&) const = default;
};

// DESIGN section 6: the defaults of everything that a request leaves open.
struct Sampling {
  float temperature = 0.7F;  // 0 is greedy
  float top_p = 0.95F;
  std::uint32_t top_k = 40;  // 0 is all
  float min_p = 0.05F;
  float repeat_penalty = 1.0F;
  float frequency_penalty = 0.0F;
  float presence_penalty = 0.0F;
  std::optional<std::uint64_t> seed;  // random, and reported, when empty
  bool ignore_eos = false;
  bool operator==(const Sampling&) const = default;
};

inline constexpr std::uint32_t kMaxTokensDefault = 2048;
inline constexpr std::size_t kStopsMax = 16;
inline constexpr std::size_t kStopBytesMax = 1024;

inline constexpr std::int32_t kPriorityMax = 10;

struct Request {
  std::string id;     // for logs and replies: "req-…"
  std::string model;  // as the client wrote it
  // Either messages, rendered by the model's own template, or one raw prompt.
  std::vector<Message> messages;
  std::optional<std::string> raw_prompt;
  Sampling sampling;
  std::uint32_t max_tokens = kMaxTokensDefault;  // the context is the hard limit
  std::vector<std::string> stop;
  std::string cache_scope;        // who may share prefixes; the API key by default
  std::uint32_t deadline_ms = 0;  // from arrival; 0 is none
  std::int32_t priority = 0;      // -kPriorityMax to kPriorityMax, the higher the sooner
  bool operator==(const Request&) const = default;
};

struct TokenizeRequest {
  enum class Result : std::uint8_t { kTokens = 0, kCount = 1 };
  std::string model;
  std::string text;
  Result result = Result::kTokens;
  bool add_special = false;    // the model's own begin and end tokens
  bool parse_special = false;  // "<|im_start|>" in the text becomes a control token
  bool operator==(const TokenizeRequest&) const = default;
};

struct EmbedRequest {
  std::string model;
  std::vector<std::string> texts;
  bool operator==(const EmbedRequest&) const = default;
};

struct Tokens {
  std::uint32_t count = 0;
  std::vector<std::int32_t> ids;  // empty when only the count was asked for
  bool operator==(const Tokens&) const = default;
};

struct Embeddings {
  std::uint32_t dimensions = 0;
  std::uint32_t prompt_tokens = 0;
  std::vector<float> values;  // dimensions × texts, in the order of the texts
  bool operator==(const Embeddings&) const = default;
};

}  // namespace hearth::chat
