#include "wire/messages.h"

#include <cmath>
#include <limits>
#include <utility>

#include "wire/codec.h"

namespace hearth::base {

template <typename Archive>
void fields(Archive& archive, Error& error) {
  auto code = static_cast<std::uint8_t>(error.code);
  archive(code, error.message, error.context);
  error.code = code_from_number(code);
}

}  // namespace hearth::base

namespace hearth::chat {

// Values of an enum that no sender of this version has make the reader fail.
template <typename Archive, typename Enum>
void bounded(Archive& archive, Enum& value, Enum lowest, Enum highest) {
  archive(value);
  if constexpr (Archive::kReading) {
    if (value < lowest || value > highest) archive.fail();
  }
}

template <typename Archive>
void fields(Archive& archive, ToolCall& call) {
  archive(call.id, call.name, call.arguments);
}

template <typename Archive>
void fields(Archive& archive, Message& m) {
  bounded(archive, m.role, Role::kSystem, Role::kTool);
  archive(m.content, m.thinking, m.tool_calls, m.tool_call_id, m.tool_name);
}

template <typename Archive>
void fields(Archive& archive, Tool& tool) {
  archive(tool.name, tool.description, tool.parameters);
}

template <typename Archive>
void fields(Archive& archive, ToolChoice& choice) {
  bounded(archive, choice.kind, ToolChoice::Kind::kAuto, ToolChoice::Kind::kNamed);
  archive(choice.name);
}

template <typename Archive>
void fields(Archive& archive, Constraint& constraint) {
  bounded(archive, constraint.kind, Constraint::Kind::kNone, Constraint::Kind::kSchema);
  archive(constraint.text);
}

template <typename Archive>
void fields(Archive& archive, Thinking& thinking) {
  bounded(archive, thinking.mode, Thinking::Mode::kDefault, Thinking::Mode::kOn);
  archive(thinking.tokens_max, thinking.effort);
}

template <typename Archive>
void fields(Archive& archive, TemplateArgument& argument) {
  archive(argument.name, argument.value);
}

template <typename Archive>
void fields(Archive& archive, Capabilities& c) {
  archive(c.system, c.tools, c.parallel_calls, c.thinking);
}

template <typename Archive>
void fields(Archive& archive, LogitBias& bias) {
  archive(bias.token, bias.bias);
}

template <typename Archive>
void fields(Archive& archive, Sampling& s) {
  archive(s.temperature, s.top_p, s.top_k, s.min_p, s.typical_p, s.repeat_penalty,
          s.frequency_penalty, s.presence_penalty, s.repeat_last_n);
  archive(s.dry_multiplier, s.dry_base, s.dry_allowed_length, s.dry_penalty_last_n,
          s.dry_sequence_breakers, s.xtc_probability, s.xtc_threshold);
  bounded(archive, s.mirostat, Mirostat::kOff, Mirostat::kV2);
  archive(s.mirostat_tau, s.mirostat_eta, s.logit_bias, s.seed, s.ignore_eos);
}

template <typename Archive>
void fields(Archive& archive, Request& r) {
  archive(r.id, r.model, r.messages, r.raw_prompt, r.sampling, r.max_tokens, r.stop, r.logprobs);
  bounded(archive, r.overflow, Overflow::kError, Overflow::kShift);
  bounded(archive, r.history, History::kKeep, History::kMiddleOut);
  archive(r.tools, r.tool_choice, r.parallel_tool_calls, r.constraint, r.thinking, r.continue_last,
          r.template_arguments);
  archive(r.cache_scope, r.deadline_ms, r.priority, r.client, r.suffix, r.raw_tokens);
}

template <typename Archive>
void fields(Archive& archive, TokenizeRequest& r) {
  using Kind = TokenizeRequest::Result;
  archive(r.model, r.text, r.conversation, r.add_special, r.parse_special, r.tokens);
  bounded(archive, r.result, Kind::kTokens, Kind::kText);
}

template <typename Archive>
void fields(Archive& archive, EmbedRequest& r) {
  archive(r.model, r.texts, r.token_lists, r.dimensions, r.truncate, r.client);
}

template <typename Archive>
void fields(Archive& archive, Tokens& tokens) {
  archive(tokens.count, tokens.ids, tokens.pieces, tokens.text);
}

template <typename Archive>
void fields(Archive& archive, Embeddings& e) {
  archive(e.dimensions, e.prompt_tokens, e.values);
}

template <typename Archive>
void fields(Archive& archive, Started& e) {
  archive(e.seed, e.prompt_tokens, e.dropped_tokens, e.dropped_messages);
}

template <typename Archive>
void fields(Archive& archive, Progress& e) {
  bounded(archive, e.phase, Progress::Phase::kQueue, Progress::Phase::kPrefill);
  archive(e.done, e.total);
}

template <typename Archive>
void fields(Archive& archive, TokenChance& chance) {
  archive(chance.token, chance.bytes, chance.logprob);
}

template <typename Archive>
void fields(Archive& archive, TokenLogprob& one) {
  archive(one.chosen, one.alternatives);
}

template <typename Archive>
void fields(Archive& archive, TextDelta& e) {
  archive(e.text, e.tokens, e.logprobs);
}

template <typename Archive>
void fields(Archive& archive, Usage& e) {
  archive(e.prompt_tokens, e.cached_tokens, e.completion_tokens, e.queue_ms, e.prefill_ms,
          e.decode_ms, e.shifted_tokens, e.thinking_tokens, e.forced_tokens);
}

template <typename Archive>
void fields(Archive& archive, ThinkingDelta& e) {
  archive(e.text, e.tokens);
}

template <typename Archive>
void fields(Archive& archive, ToolCallDelta& e) {
  archive(e.index, e.id, e.name, e.arguments, e.tokens);
}

template <typename Archive>
void fields(Archive& archive, Warning& e) {
  archive(e.text);
}

template <typename Archive>
void fields(Archive& archive, Finished& e) {
  bounded(archive, e.reason, Finished::Reason::kStop, Finished::Reason::kToolCalls);
  archive(e.stop_sequence);
}

template <typename Archive>
void fields(Archive& archive, Failed& e) {
  archive(e.error);
}

// The variant as its index and its value.
template <typename Archive, std::size_t... I>
void event_fields(Archive& archive, Event& event, std::index_sequence<I...>) {
  auto kind = static_cast<std::uint8_t>(event.index());
  archive(kind);
  if constexpr (Archive::kReading) {
    if (kind >= sizeof...(I)) archive.fail();
    ((kind == I ? void(event.emplace<I>()) : void()), ...);
  }
  std::visit([&](auto& value) { archive(value); }, event);
}

template <typename Archive>
void fields(Archive& archive, Event& event) {
  event_fields(archive, event, std::make_index_sequence<std::variant_size_v<Event>>());
}

}  // namespace hearth::chat

namespace hearth::metrics {

namespace {

struct FilledBucket {
  std::uint16_t place = 0;
  std::uint64_t count = 0;
};

template <typename Archive>
void fields(Archive& archive, FilledBucket& bucket) {
  archive(bucket.place, bucket.count);
}

std::vector<FilledBucket> filled_buckets(const HistogramSnapshot& shot) {
  std::vector<FilledBucket> filled;
  for (std::size_t i = 0; i < shot.buckets.size(); ++i) {
    if (shot.buckets[i] > 0) filled.push_back({static_cast<std::uint16_t>(i), shot.buckets[i]});
  }
  return filled;
}

// False when no histogram could have these buckets.
bool fill_buckets(HistogramSnapshot& shot, const std::vector<FilledBucket>& filled) {
  shot.buckets.assign(kBuckets, 0);
  std::size_t next = 0;
  shot.count = 0;
  for (const FilledBucket& bucket : filled) {
    if (bucket.place < next || bucket.place >= kBuckets || bucket.count == 0) return false;
    if (bucket.count > std::numeric_limits<std::uint64_t>::max() - shot.count) return false;
    shot.buckets[bucket.place] = bucket.count;
    shot.count += bucket.count;
    next = std::size_t{bucket.place} + 1;
  }
  const auto usable = [](double value) { return std::isfinite(value) && value >= 0; };
  return usable(shot.sum) && usable(shot.least) && usable(shot.most);
}

}  // namespace

// Few of its buckets hold anything; their counts add up to its own.
template <typename Archive>
void fields(Archive& archive, HistogramSnapshot& shot) {
  std::vector<FilledBucket> filled;
  if constexpr (!Archive::kReading) filled = filled_buckets(shot);
  archive(shot.sum, shot.least, shot.most, filled);
  if constexpr (Archive::kReading) {
    if (!fill_buckets(shot, filled)) archive.fail();
  }
}

}  // namespace hearth::metrics

namespace hearth::wire {

template <typename A>
void fields(A& a, LeaseWish& wish) {
  a(wish.cores, wish.priority);
}

namespace {

template <typename T, std::uint8_t kNumber>
struct Type {
  using Value = T;
  static constexpr std::uint8_t kType = kNumber;
};

// The numbers on the wire. Append; never reuse within a protocol version.
template <typename Visitor>
bool for_each_type(Visitor visit) {
  return visit(Type<Hello, 1>()) || visit(Type<Load, 2>()) || visit(Type<Generate, 3>()) ||
         visit(Type<Tokenize, 4>()) || visit(Type<Embed, 5>()) || visit(Type<Cancel, 6>()) ||
         visit(Type<Credit, 7>()) || visit(Type<StatsQuery, 8>()) || visit(Type<Shutdown, 9>()) ||
         visit(Type<LeaseGranted, 10>()) || visit(Type<LeaseWantedBack, 11>()) ||
         visit(Type<HelloReply, 64>()) || visit(Type<LoadProgress, 65>()) ||
         visit(Type<Loaded, 66>()) || visit(Type<Said, 67>()) || visit(Type<TokensReply, 68>()) ||
         visit(Type<EmbeddingsReply, 69>()) || visit(Type<Stats, 70>()) ||
         visit(Type<Refused, 71>()) || visit(Type<LeaseWanted, 72>()) ||
         visit(Type<LeaseReturned, 73>()) || visit(Type<Threads, 12>());
}

template <typename A>
void fields(A& a, Hello& m) {
  a(m.protocol, m.daemon_version);
}
template <typename A>
void fields(A& a, Load& m) {
  a(m.model, m.cache_folder, m.context, m.kv_tokens, m.threads, m.sequences_max, m.gpu_layers,
    m.gap_ms, m.strict_gap, m.prefix_memory_bytes, m.prefix_file_bytes, m.trace, m.chat_template,
    m.adapters, m.leased);
}
template <typename A>
void fields(A& a, Generate& m) {
  a(m.request);
}
template <typename A>
void fields(A& a, Tokenize& m) {
  a(m.request);
}
template <typename A>
void fields(A& a, Embed& m) {
  a(m.request);
}
template <typename A>
void fields(A&, Cancel&) {}
template <typename A>
void fields(A& a, Credit& m) {
  a(m.events);
}
template <typename A>
void fields(A&, StatsQuery&) {}
template <typename A>
void fields(A&, Shutdown&) {}
template <typename A>
void fields(A& a, Threads& m) {
  a(m.count);
}
template <typename A>
void fields(A& a, LeaseGranted& m) {
  a(m.slice_ms);
}
template <typename A>
void fields(A&, LeaseWantedBack&) {}
template <typename A>
void fields(A& a, LeaseWanted& m) {
  a(m.wish);
}
template <typename A>
void fields(A& a, LeaseReturned& m) {
  a(m.next);
}
template <typename A>
void fields(A& a, HelloReply& m) {
  a(m.protocol, m.runner_version, m.llama_version, m.cpu_features, m.sandbox);
}
template <typename A>
void fields(A& a, LoadProgress& m) {
  a(m.fraction);
}
template <typename A>
void fields(A& a, Loaded& m) {
  a(m.architecture, m.description, m.context_trained, m.context, m.kv_tokens, m.vocabulary,
    m.embedding_size, m.parameters, m.weight_bytes, m.generates, m.embeds, m.has_chat_template,
    m.capabilities);
}
template <typename A>
void fields(A& a, Said& m) {
  a(m.event);
}
template <typename A>
void fields(A& a, TokensReply& m) {
  a(m.tokens);
}
template <typename A>
void fields(A& a, EmbeddingsReply& m) {
  a(m.embeddings);
}
template <typename A>
void fields(A& a, Stats& m) {
  a(m.requests_started, m.requests_finished, m.requests_cancelled, m.requests_failed, m.steps,
    m.steps_aborted, m.prompt_tokens, m.completion_tokens, m.graph_nodes, m.running, m.waiting,
    m.kv_tokens_used, m.resident_bytes, m.kv_tokens, m.preempted, m.cached_tokens, m.prefix_cache,
    m.prefix_ram_bytes, m.prefix_disk_bytes, m.prefix_hits, m.threads);
  for (const FigureField& field : kFigureFields)
    a(m.figures.*field.member);
}
template <typename A>
void fields(A& a, Refused& m) {
  a(m.error);
}

}  // namespace

Result<std::string> encode(std::uint32_t request, Message message) {
  Writer writer;
  std::uint8_t type = 0;
  for_each_type([&](auto candidate) {
    using Value = typename decltype(candidate)::Value;
    Value* value = std::get_if<Value>(&message);
    if (value == nullptr) return false;
    fields(writer, *value);
    type = candidate.kType;
    return true;
  });
  return encode_frames(type, request, writer.take());
}

Result<Message> decode(const Frame& frame) {
  Reader reader(frame.payload);
  Message message;
  const bool known = for_each_type([&](auto candidate) {
    if (candidate.kType != frame.type) return false;
    fields(reader, message.emplace<typename decltype(candidate)::Value>());
    return true;
  });
  if (!known) return fail(Code::kCorrupt, "unknown message type " + std::to_string(frame.type));
  if (!reader.complete()) {
    return fail(Code::kCorrupt, "malformed message of type " + std::to_string(frame.type));
  }
  return message;
}

}  // namespace hearth::wire
