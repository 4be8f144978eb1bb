// The whole vocabulary between daemon and runner. docs/formats/wire.md tells who may say what
// when; a message is named for what it is, and its numbers never change within a version.
//
// Threads: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/error.h"
#include "base/result.h"
#include "chat/event.h"
#include "chat/request.h"
#include "wire/figures.h"
#include "wire/frame.h"

namespace hearth::wire {

inline constexpr std::uint32_t kProtocolVersion = 8;
// How many events a runner may send ahead of the credit it was given.
inline constexpr std::uint32_t kCreditStart = 256;
inline constexpr std::uint32_t kAdaptersMax = 8;

// ---- daemon to runner ----

struct Hello {
  std::uint32_t protocol = kProtocolVersion;
  std::string daemon_version;
};

// One frame without pieces; the open model file and, behind it, those of the adapters travel with
// its first byte (SCM_RIGHTS).
struct Load {
  std::string model;            // for logs
  std::string cache_folder;     // nobody reads it: what a runner may write is fixed before it
                                // hears anyone, by its --cache-folder
  std::uint32_t context = 0;    // tokens of one request; 0 is the model's own
  std::uint32_t kv_tokens = 0;  // the pool of all requests; 0 is context
  std::uint32_t threads = 0;    // 0 is what the runner may use
  std::uint32_t sequences_max = 8;
  std::int32_t gpu_layers = -1;  // all that fit
  std::uint32_t gap_ms = 200;    // promised between two tokens of an answer
  bool strict_gap = false;       // also where prompts then get on at half the speed
  // Of beginnings of prompts that nobody uses; 0 keeps none.
  std::uint64_t prefix_memory_bytes = 1ULL << 30;
  std::uint64_t prefix_file_bytes = 4ULL << 30;
  bool trace = false;          // its cache folder gets a trace of what its scheduler decides
  std::string chat_template;   // in place of the model's own; empty is its own
  std::uint32_t adapters = 0;  // that change the model, at most kAdaptersMax
  bool leased = false;         // it computes only while it holds a lease of cores
};

struct Generate {
  chat::Request request;
};
struct Tokenize {
  chat::TokenizeRequest request;
};
struct Embed {
  chat::EmbedRequest request;
};
struct Cancel {};  // of the request in the frame
struct Credit {
  std::uint32_t events = 0;
};
struct StatsQuery {};
struct Shutdown {};
// With how many threads it computes from its next step on, at most those of its Load; 0 is all.
struct Threads {
  std::uint32_t count = 0;
};
struct LeaseGranted {
  std::uint32_t slice_ms = 0;  // that it may compute where others wait; one step in any case
};
struct LeaseWantedBack {};  // others wait: after the slice, or at once where nothing is computed

// ---- runner to daemon ----

struct HelloReply {
  std::uint32_t protocol = kProtocolVersion;
  std::string runner_version;
  std::string llama_version;
  std::string cpu_features;
  std::string sandbox;  // what holds, and what this kernel lacks
};

struct LoadProgress {
  float fraction = 0;
};

struct Loaded {
  std::string architecture;
  std::string description;  // "qwen2 0.5B Q4_K - Medium"
  std::uint32_t context_trained = 0;
  std::uint32_t context = 0;
  std::uint32_t kv_tokens = 0;
  std::uint32_t vocabulary = 0;
  std::uint32_t embedding_size = 0;
  std::uint64_t parameters = 0;
  std::uint64_t weight_bytes = 0;
  bool generates = false;
  bool embeds = false;
  bool has_chat_template = false;
  chat::Capabilities capabilities;
};

struct Said {  // an event of a Generate
  chat::Event event;
};
struct TokensReply {
  chat::Tokens tokens;
};
struct EmbeddingsReply {
  chat::Embeddings embeddings;
};
struct Stats {
  std::uint64_t requests_started = 0;
  std::uint64_t requests_finished = 0;
  std::uint64_t requests_cancelled = 0;
  std::uint64_t requests_failed = 0;
  std::uint64_t steps = 0;
  std::uint64_t steps_aborted = 0;
  std::uint64_t prompt_tokens = 0;
  std::uint64_t completion_tokens = 0;
  std::uint64_t graph_nodes = 0;  // progress, as the watchdog sees it
  std::uint32_t running = 0;
  std::uint32_t waiting = 0;
  std::uint32_t kv_tokens_used = 0;
  std::uint64_t resident_bytes = 0;
  std::uint32_t kv_tokens = 0;      // the whole pool
  std::uint64_t preempted = 0;      // times a request gave its place to another
  std::uint64_t cached_tokens = 0;  // of prompt_tokens, those that were not computed
  std::string prefix_cache;         // "on", or "off: why"
  std::uint64_t prefix_ram_bytes = 0;
  std::uint64_t prefix_disk_bytes = 0;
  std::uint64_t prefix_hits = 0;
  std::uint32_t threads = 0;  // that compute now
  Figures figures;
};
struct LeaseWish {
  std::uint32_t cores = 1;    // that it will compute on
  std::int32_t priority = 0;  // of the most urgent request that it is for
  bool operator==(const LeaseWish&) const = default;
};
struct LeaseWanted {
  LeaseWish wish;
};
struct LeaseReturned {
  std::optional<LeaseWish> next;  // it has more to compute
};
struct Refused {  // a Load, Tokenize, Embed or the connection itself
  Error error;
};

using Message =
    std::variant<Hello, Load, Generate, Tokenize, Embed, Cancel, Credit, StatsQuery, Shutdown,
                 HelloReply, LoadProgress, Loaded, Said, TokensReply, EmbeddingsReply, Stats,
                 Refused, LeaseGranted, LeaseWantedBack, LeaseWanted, LeaseReturned, Threads>;

// The bytes to send for a message of one request (0 for the connection as a whole);
// kInvalidArgument for a message above kMessageBytesMax.
Result<std::string> encode(std::uint32_t request, Message message);

// kCorrupt for an unknown type, missing or left-over bytes, or values out of their range.
Result<Message> decode(const Frame& frame);

}  // namespace hearth::wire
