// What the command line asks of the daemon: each call one HTTP request, its reply as values. It
// starts no daemon and prints nothing.
//
// Threads: thread-compatible.
// Errors:  the daemon's own, with its code; kUnavailable when it is not there.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "chat/gathered_calls.h"
#include "cli/completion.h"
#include "cli/damaged_manifests.h"
#include "cli/sse_reader.h"
#include "net/http_client.h"
#include "store/model_file.h"

namespace hearth::cli {

// What a daemon that lives answers within, unless it computes.
inline constexpr int kReplyTimeoutMs = 30'000;
// A large model from a slow disk, behind others that have to leave first.
inline constexpr int kLoadTimeoutMs = 60 * 60 * 1000;
inline constexpr int kNoTimeout = 0;
inline constexpr int kNeighboursTimeoutMs = 500;

struct KnownModel {
  std::string name;
  std::uint64_t size_bytes = 0;
  std::int64_t modified_ms = 0;
  bool loaded = false;
  std::optional<chat::Capabilities> capabilities;  // empty while the daemon knows none
  bool built_in = false;                           // it ships with Hearth
  store::Holder holder = store::Holder::kNobody;
};

// What was counted for a model, and what it holds, by kind.
struct MemoryKinds {
  std::uint64_t planned_weights = 0;
  std::uint64_t planned_kv = 0;
  std::uint64_t planned_compute = 0;
  std::uint64_t planned_program = 0;
  std::uint64_t mapped = 0;     // weights that are read from their file
  std::uint64_t anonymous = 0;  // all that no file stands for
};

struct LoadedModel {
  std::string model;
  std::string state;
  std::string runner;
  std::int64_t pid = 0;
  std::uint64_t resident_bytes = 0;
  std::uint64_t reserved_bytes = 0;  // counted for it, or needed by one that waits for room
  MemoryKinds kinds;
  bool pinned = false;
  std::string lowered;  // how it is loaded with less than planned
  std::int64_t context = 0;
  std::int64_t threads = 0;
  std::int64_t requests_running = 0;
  std::int64_t restarts = 0;
  std::int64_t last_used_ms = 0;
  // That it had to compute and others did on the same cores: altogether, and the longest time.
  std::int64_t cpu_wait_ms = 0;
  std::int64_t cpu_wait_longest_ms = 0;
};

// A model that comes next, and how much of its file was read ahead.
struct ExpectedModel {
  std::string model;
  std::uint64_t size_bytes = 0;
  std::uint64_t read_bytes = 0;
};

// What all models together hold and may hold, in bytes, and the requests that wait for them.
struct DaemonRoom {
  std::int64_t budget_bytes = 0;  // 0: nobody knows
  std::int64_t reserved_bytes = 0;
  std::int64_t waiting_requests = 0;
  std::int64_t waiting_bytes = 0;
};

struct DaemonModels {
  std::vector<KnownModel> known;
  std::vector<LoadedModel> loaded;
  std::vector<ExpectedModel> expected;
  DaemonRoom room;
  std::string heat;  // "none", "hot", "critical"
  std::vector<DamagedManifest> damaged;
};

struct DaemonVersion {
  std::string version;
  std::int64_t protocol = 0;
  std::string url;  // of its port; empty where it has none
};

// How an answer went. Times are what this side saw.
struct CompletionSummary {
  std::string finish_reason;  // "stop", "length", "tool_calls"; empty when interrupted
  chat::GatheredCalls calls;
  TokenCounts counts;
  std::optional<std::uint64_t> seed;
  std::int64_t dropped_tokens = 0;    // of a prompt that was too long
  std::int64_t dropped_messages = 0;  // of a history that was too long
  std::vector<std::string> warnings;
  double decode_ms = 0;            // of the engine
  std::int64_t forced_tokens = 0;  // of counts.completion; they came with the ones before them
  double first_text_ms = 0;        // also of a thought or a call
  double total_ms = 0;
  bool interrupted = false;
};

struct PullWish {
  std::string model;
  std::string digest;     // empty: what its hub says
  bool insecure = false;  // http:// is allowed
};
struct LoadWish {
  std::string model;
  std::string keep_alive = {};         // as people write it; empty leaves it open
  std::vector<std::string> then = {};  // that come after it
};
// What the daemon tells, line by line; an error ends it.
using LineHandler = std::function<Result<void>(std::string_view line)>;

using EventHandler = std::function<Result<void>(const SseEvent& event)>;

struct RemovedFiles {
  std::int64_t files = 0;
  std::uint64_t freed_bytes = 0;
  bool files_stay = false;   // because something is being pulled
  bool was_damaged = false;  // the manifest, so that nobody knows its files
};

// What comes while it is written.
struct AnswerPart {
  enum class Kind : std::uint8_t { kText, kThinking };
  Kind kind = Kind::kText;
  std::string_view text;
};
using PartHandler = std::function<net::ChunkAction(const AnswerPart& part)>;

class DaemonApi {
 public:
  // Every call brings the key, if there is one. REQUIRES: it is made of visible ASCII characters.
  explicit DaemonApi(net::HttpClient client, std::string key = {})
      : client_(std::move(client)), key_(std::move(key)) {}

  Result<DaemonModels> models() const;
  Result<DaemonVersion> version() const;
  // Of a loaded model, as the daemon writes it.
  Result<std::string> stats_json(const std::string& model) const;
  // What is known of models (show, fit, search): the daemon's answer as it writes it.
  Result<std::string> inquire(const std::string& about, std::string body) const;
  // Loads the model if need be.
  Result<chat::Tokens> tokenize(const chat::TokenizeRequest& request) const;
  // Returns when it is loaded.
  Result<void> load(const LoadWish& wish) const;
  // What is done with a loaded model, or one to be loaded: "load", "unload", "pin", "unpin".
  Result<void> tell_model(const std::string& what, const std::string& model) const;
  Result<void> unload(const std::string& model) const { return tell_model("unload", model); }
  // kCancelled when the descriptor became readable.
  Result<void> pull(const PullWish& wish, const LineHandler& on_line, int interrupt_fd) const;
  // Work that tells line by line how far it is; likewise.
  Result<void> follow(const std::string& target, std::string body, const LineHandler& on_line,
                      int interrupt_fd) const;
  // The last lines of its log, as it writes them.
  Result<std::string> log_json(std::size_t lines) const;
  // The same, and those that come. Returns when the daemon ends.
  Result<void> follow_log(std::size_t lines, const EventHandler& on_event, int interrupt_fd) const;
  // About tasks, below /hearth/v1/tasks: the daemon's answer as it writes it.
  Result<std::string> task(const std::string& method, const std::string& rest,
                           std::string body = {}) const;
  // Server-sent events, until they end.
  Result<void> follow_events(const std::string& target, const EventHandler& on_event,
                             int interrupt_fd) const;
  Result<RemovedFiles> remove(const std::string& model) const;
  Result<RemovedFiles> collect() const;
  // As the daemon writes it, and soon or not at all.
  Result<std::string> neighbours_json() const;
  // At a running Ollama.
  Result<void> unload_neighbour(const std::string& model) const;
  Result<void> shutdown() const;
  // An answer that was interrupted, by the descriptor or the handler, is a summary and no error:
  // its text has been seen.
  Result<CompletionSummary> complete(const CompletionRequest& request, const PartHandler& on_part,
                                     int interrupt_fd) const;

 private:
  Result<RemovedFiles> call_removal(const std::string& target, std::string body) const;
  Result<std::string> call(const std::string& method, const std::string& target, std::string body,
                           int timeout_ms = kReplyTimeoutMs) const;

  Result<net::HttpReply> send(net::HttpCall call, const net::ChunkHandler& on_chunk = nullptr,
                              int interrupt_fd = -1) const;

  net::HttpClient client_;
  std::string key_;
};

}  // namespace hearth::cli
