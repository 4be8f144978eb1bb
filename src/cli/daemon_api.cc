#include "cli/daemon_api.h"

#include <chrono>
#include <limits>
#include <utility>

#include "base/clock.h"
#include "chat/capability_words.h"
#include "cli/sse_reader.h"
#include "json/node.h"
#include "json/parse.h"
#include "json/writer.h"
#include "net/target.h"
#include "store/holder_words.h"

namespace hearth::cli {

namespace {

constexpr std::int64_t kTokenLeast = std::numeric_limits<std::int32_t>::min();
constexpr std::int64_t kTokenMost = std::numeric_limits<std::int32_t>::max();
constexpr std::int64_t kTokensMax = std::numeric_limits<std::uint32_t>::max();

double ms_since(base::TimePoint start) {
  return std::chrono::duration<double, std::milli>(base::system_clock().now() - start).count();
}

// Reads fields that may be absent: an older or newer daemon is no reason to fail a listing.
class Fields {
 public:
  explicit Fields(const json::Node& object) : object_(object) {}
  std::string text(std::string_view key) const {
    const auto field = object_.is_object() ? object_.find(key) : std::nullopt;
    return field && field->is_string() ? std::string(*field->text()) : std::string();
  }
  std::int64_t number(std::string_view key) const {
    const auto field = object_.is_object() ? object_.find(key) : std::nullopt;
    if (!field) return 0;
    return field->integer(0, std::numeric_limits<std::int64_t>::max()).value_or(0);
  }
  bool flag(std::string_view key) const {
    const auto field = object_.is_object() ? object_.find(key) : std::nullopt;
    return field && field->boolean().value_or(false);
  }

 private:
  const json::Node& object_;
};

Result<std::vector<json::Node>> list_of(const json::Node& body, std::string_view key) {
  const auto list = body.find(key);
  if (!list) return std::vector<json::Node>();
  return list->elements();
}

DaemonRoom read_room(const json::Node& body) {
  const auto number = [&](std::string_view part, std::string_view key) -> std::int64_t {
    const auto node = body.find(part);
    return node ? Fields(*node).number(key) : 0;
  };
  return {number("memory", "budget_bytes"), number("memory", "reserved_bytes"),
          number("waiting", "requests"), number("waiting", "bytes")};
}

std::optional<chat::Capabilities> read_capabilities(const json::Node& model) {
  const auto node = model.is_object() ? model.find("capabilities") : std::nullopt;
  if (!node || !node->is_object()) return std::nullopt;
  const Fields fields(*node);
  chat::Capabilities capabilities;
  for (const chat::CapabilityWord& word : chat::kCapabilityWords)
    capabilities.*word.member = fields.flag(word.name);
  return capabilities;
}

KnownModel read_known(const json::Node& node) {
  const Fields fields(node);
  return {fields.text("name"),
          static_cast<std::uint64_t>(fields.number("size_bytes")),
          fields.number("modified_ms"),
          fields.flag("loaded"),
          read_capabilities(node),
          fields.flag("built_in"),
          store::holder_of(fields.text("held_by"))};
}

MemoryKinds read_kinds(const json::Node& model) {
  const auto bytes = [&](std::string_view object, std::string_view field) -> std::uint64_t {
    const auto node = model.is_object() ? model.find(object) : std::nullopt;
    return node ? static_cast<std::uint64_t>(Fields(*node).number(field)) : 0;
  };
  return {.planned_weights = bytes("planned", "weight_bytes"),
          .planned_kv = bytes("planned", "kv_bytes"),
          .planned_compute = bytes("planned", "compute_bytes"),
          .planned_program = bytes("planned", "program_bytes"),
          .mapped = bytes("used", "mapped_bytes"),
          .anonymous = bytes("used", "anonymous_bytes")};
}

LoadedModel read_loaded(const json::Node& node) {
  const Fields fields(node);
  LoadedModel model;
  model.model = fields.text("model");
  model.state = fields.text("state");
  model.runner = fields.text("runner");
  model.pid = fields.number("pid");
  model.resident_bytes = static_cast<std::uint64_t>(fields.number("resident_bytes"));
  model.reserved_bytes = static_cast<std::uint64_t>(fields.number("reserved_bytes"));
  model.kinds = read_kinds(node);
  model.pinned = fields.flag("pinned");
  model.lowered = fields.text("lowered");
  model.context = fields.number("context");
  model.threads = fields.number("threads");
  model.requests_running = fields.number("requests_running");
  model.restarts = fields.number("restarts");
  model.last_used_ms = fields.number("last_used_ms");
  model.cpu_wait_ms = fields.number("cpu_wait_ms");
  model.cpu_wait_longest_ms = fields.number("cpu_wait_longest_ms");
  return model;
}

// Follows one streamed answer from its bytes to its summary.
class AnswerReader {
 public:
  explicit AnswerReader(const PartHandler& on_part)
      : on_part_(on_part), start_(base::system_clock().now()) {}

  net::ChunkAction take(std::string_view bytes) {
    auto events = sse_.feed(bytes);
    if (!events) return stop_with(std::move(events).error());
    for (const SseEvent& event : *events) {
      auto piece = parse_completion_event(event.data);
      if (!piece) return stop_with(std::move(piece).error());
      if (take_piece(*piece) == net::ChunkAction::kStop) return net::ChunkAction::kStop;
    }
    return net::ChunkAction::kContinue;
  }

  Result<CompletionSummary> finish(bool interrupted) {
    if (error_) return fail(std::move(*error_));
    summary_.interrupted = summary_.interrupted || interrupted;
    if (!done_ && !summary_.interrupted) {
      return fail(Code::kUnavailable, "the answer broke off: the daemon closed the stream early");
    }
    summary_.total_ms = ms_since(start_);
    return std::move(summary_);
  }

 private:
  net::ChunkAction stop_with(Error error) {
    error_ = std::move(error);
    return net::ChunkAction::kStop;
  }

  net::ChunkAction take_piece(const CompletionPiece& piece) {
    if (piece.done) {
      done_ = true;
      return net::ChunkAction::kStop;
    }
    if (!piece.finish_reason.empty()) summary_.finish_reason = piece.finish_reason;
    if (piece.counts) summary_.counts = *piece.counts;
    if (piece.seed) summary_.seed = piece.seed;
    if (piece.dropped_tokens) summary_.dropped_tokens = *piece.dropped_tokens;
    if (piece.decode_ms) summary_.decode_ms = *piece.decode_ms;
    summary_.forced_tokens += piece.forced_tokens;
    if (piece.dropped_messages) summary_.dropped_messages = *piece.dropped_messages;
    summary_.warnings.insert(summary_.warnings.end(), piece.warnings.begin(), piece.warnings.end());
    for (const chat::ToolCallDelta& call : piece.calls)
      summary_.calls.add(call);
    if (!piece.calls.empty()) note_output();
    for (const AnswerPart& part : {AnswerPart{AnswerPart::Kind::kThinking, piece.thinking},
                                   AnswerPart{AnswerPart::Kind::kText, piece.text}}) {
      if (part.text.empty()) continue;
      note_output();
      if (on_part_(part) == net::ChunkAction::kContinue) continue;
      summary_.interrupted = true;
      return net::ChunkAction::kStop;
    }
    return net::ChunkAction::kContinue;
  }

  void note_output() {
    if (summary_.first_text_ms == 0) summary_.first_text_ms = ms_since(start_);
  }

  const PartHandler& on_part_;
  const base::TimePoint start_;
  SseReader sse_;
  CompletionSummary summary_;
  std::optional<Error> error_;
  bool done_ = false;
};

}  // namespace

Result<net::HttpReply> DaemonApi::send(net::HttpCall call, const net::ChunkHandler& on_chunk,
                                       int interrupt_fd) const {
  if (!key_.empty()) call.headers.emplace_back("Authorization", "Bearer " + key_);
  return client_.send(call, on_chunk, interrupt_fd);
}

Result<std::string> DaemonApi::call(const std::string& method, const std::string& target,
                                    std::string body, int timeout_ms) const {
  net::HttpCall call{method, target, {}, std::move(body), timeout_ms};
  if (!call.body.empty()) call.headers.emplace_back("Content-Type", "application/json");
  net::HttpReply reply = HEARTH_TRY(send(std::move(call)));
  if (reply.status / 100 != 2) return fail(reply_error(reply.status, reply.body));
  return std::move(reply.body);
}

Result<DaemonModels> DaemonApi::models() const {
  const std::string body = HEARTH_TRY(call("GET", "/hearth/v1/models", ""));
  const auto value = HEARTH_TRY(json::parse(body));
  const json::Node root(value);
  if (!root.is_object()) return fail(Code::kUpstream, "the daemon's list of models is no object");
  DaemonModels models;
  for (const json::Node& node : HEARTH_TRY(list_of(root, "models"))) {
    models.known.push_back(read_known(node));
  }
  for (const json::Node& node : HEARTH_TRY(list_of(root, "loaded"))) {
    models.loaded.push_back(read_loaded(node));
  }
  for (const json::Node& node : HEARTH_TRY(list_of(root, "expected"))) {
    const Fields fields(node);
    models.expected.push_back({fields.text("model"),
                               static_cast<std::uint64_t>(fields.number("size_bytes")),
                               static_cast<std::uint64_t>(fields.number("read_bytes"))});
  }
  models.room = read_room(root);
  models.heat = Fields(root).text("heat");
  models.damaged = HEARTH_TRY(read_damaged(root));
  return models;
}

Result<DaemonVersion> DaemonApi::version() const {
  const std::string body = HEARTH_TRY(call("GET", "/hearth/v1/version", ""));
  const auto value = HEARTH_TRY(json::parse(body));
  const json::Node root(value);
  const Fields fields(root);
  return DaemonVersion{fields.text("version"), fields.number("protocol"), fields.text("url")};
}

Result<std::string> DaemonApi::stats_json(const std::string& model) const {
  return call("GET", "/hearth/v1/stats?model=" + net::query_encoded(model), "");
}

Result<std::string> DaemonApi::inquire(const std::string& about, std::string body) const {
  return call("POST", "/hearth/v1/models/" + about, std::move(body), kNoTimeout);
}

Result<chat::Tokens> DaemonApi::tokenize(const chat::TokenizeRequest& request) const {
  json::Writer body;
  body.open('{').key("model").text(request.model).key("text").text(request.text);
  const bool count_only = request.result == chat::TokenizeRequest::Result::kCount;
  body.key("count_only").boolean(count_only).close('}');
  const std::string reply =
      HEARTH_TRY(call("POST", "/hearth/v1/tokenize", body.take(), kNoTimeout));
  const auto value = HEARTH_TRY(json::parse(reply));
  const json::Node root(value);
  const json::Node count = HEARTH_TRY(root.require("count"));
  chat::Tokens tokens;
  tokens.count = static_cast<std::uint32_t>(HEARTH_TRY(count.integer(0, kTokensMax)));
  for (const json::Node& id : HEARTH_TRY(list_of(root, "tokens"))) {
    tokens.ids.push_back(
        static_cast<std::int32_t>(HEARTH_TRY(id.integer(kTokenLeast, kTokenMost))));
  }
  return tokens;
}

Result<void> DaemonApi::load(const LoadWish& wish) const {
  json::Writer body;
  body.open('{').key("model").text(wish.model);
  if (!wish.keep_alive.empty()) body.key("keep_alive").text(wish.keep_alive);
  if (!wish.then.empty()) {
    body.key("then").open('[');
    for (const std::string& model : wish.then)
      body.text(model);
    body.close(']');
  }
  HEARTH_TRY(call("POST", "/hearth/v1/models/load", body.close('}').take(), kLoadTimeoutMs));
  return {};
}

Result<void> DaemonApi::tell_model(const std::string& what, const std::string& model) const {
  json::Writer body;
  body.open('{').key("model").text(model).close('}');
  HEARTH_TRY(call("POST", "/hearth/v1/models/" + what, body.take(), kLoadTimeoutMs));
  return {};
}

Result<void> DaemonApi::pull(const PullWish& wish, const LineHandler& on_line,
                             int interrupt_fd) const {
  json::Writer body;
  body.open('{').key("model").text(wish.model);
  if (!wish.digest.empty()) body.key("digest").text(wish.digest);
  if (wish.insecure) body.key("insecure").boolean(true);
  return follow("/hearth/v1/models/pull", body.close('}').take(), on_line, interrupt_fd);
}

Result<void> DaemonApi::follow(const std::string& target, std::string body,
                               const LineHandler& on_line, int interrupt_fd) const {
  const net::HttpCall call{"POST", target, {{"Content-Type", "application/json"}}, std::move(body)};
  Result<void> taken;
  std::string line;  // that has not ended yet
  const auto take = [&](std::string_view bytes) {
    for (const char byte : bytes) {
      if (byte != '\n') {
        line += byte;
        continue;
      }
      taken = on_line(line);
      line.clear();
      if (!taken) return net::ChunkAction::kStop;
    }
    return net::ChunkAction::kContinue;
  };
  const net::HttpReply reply = HEARTH_TRY(send(call, take, interrupt_fd));
  if (reply.status / 100 != 2) return fail(reply_error(reply.status, reply.body));
  return taken;
}

Result<std::string> DaemonApi::log_json(std::size_t lines) const {
  return call("GET", "/hearth/v1/logs?lines=" + std::to_string(lines), "");
}

Result<std::string> DaemonApi::task(const std::string& method, const std::string& rest,
                                    std::string body) const {
  return call(method, "/hearth/v1/tasks" + rest, std::move(body));
}

Result<void> DaemonApi::follow_log(std::size_t lines, const EventHandler& on_event,
                                   int interrupt_fd) const {
  return follow_events("/hearth/v1/logs?lines=" + std::to_string(lines), on_event, interrupt_fd);
}

Result<void> DaemonApi::follow_events(const std::string& target, const EventHandler& on_event,
                                      int interrupt_fd) const {
  const net::HttpCall call{"GET", target, {{"Accept", "text/event-stream"}}, ""};
  SseReader reader;
  Result<void> taken;
  const auto take_all = [&](std::string_view bytes) -> Result<void> {
    for (const SseEvent& event : HEARTH_TRY(reader.feed(bytes)))
      HEARTH_TRY(on_event(event));
    return {};
  };
  const auto take = [&](std::string_view bytes) {
    taken = take_all(bytes);
    return taken ? net::ChunkAction::kContinue : net::ChunkAction::kStop;
  };
  const net::HttpReply reply = HEARTH_TRY(send(call, take, interrupt_fd));
  if (reply.status / 100 != 2) return fail(reply_error(reply.status, reply.body));
  return taken;
}

Result<RemovedFiles> DaemonApi::call_removal(const std::string& target, std::string body) const {
  const std::string reply = HEARTH_TRY(call("POST", target, std::move(body), kNoTimeout));
  const auto value = HEARTH_TRY(json::parse(reply));
  const json::Node root(value);
  const Fields fields(root);
  return RemovedFiles{fields.number("files"),
                      static_cast<std::uint64_t>(fields.number("freed_bytes")),
                      fields.flag("files_stay"), fields.flag("was_damaged")};
}

Result<RemovedFiles> DaemonApi::remove(const std::string& model) const {
  json::Writer body;
  body.open('{').key("model").text(model).close('}');
  return call_removal("/hearth/v1/models/remove", body.take());
}

Result<RemovedFiles> DaemonApi::collect() const {
  return call_removal("/hearth/v1/models/collect", "{}");
}

Result<std::string> DaemonApi::neighbours_json() const {
  return call("GET", "/hearth/v1/neighbours", "", kNeighboursTimeoutMs);
}

Result<void> DaemonApi::unload_neighbour(const std::string& model) const {
  json::Writer body;
  body.open('{').key("model").text(model).close('}');
  HEARTH_TRY(call("POST", "/hearth/v1/neighbours/unload", body.take()));
  return {};
}

Result<void> DaemonApi::shutdown() const {
  HEARTH_TRY(call("POST", "/hearth/v1/shutdown", "{}"));
  return {};
}

Result<CompletionSummary> DaemonApi::complete(const CompletionRequest& request,
                                              const PartHandler& on_part, int interrupt_fd) const {
  const net::HttpCall call{"POST",
                           "/v1/chat/completions",
                           {{"Content-Type", "application/json"}, {"Accept", "text/event-stream"}},
                           completion_body(request)};
  AnswerReader reader(on_part);
  auto reply = send(call, [&](std::string_view bytes) { return reader.take(bytes); }, interrupt_fd);
  if (!reply && reply.error().code != Code::kCancelled) return fail(std::move(reply).error());
  if (reply && reply->status / 100 != 2) return fail(reply_error(reply->status, reply->body));
  return reader.finish(!reply);
}

}  // namespace hearth::cli
