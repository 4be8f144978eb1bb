#include "api/openai/chat_completions.h"

#include <memory>
#include <optional>

#include "api/core/client_metrics.h"
#include "api/core/errors.h"
#include "api/core/event_reader.h"
#include "api/core/reply.h"
#include "api/openai/completion_body.h"
#include "api/openai/tally.h"
#include "base/ids.h"
#include "base/random.h"

namespace hearth::api::openai {

namespace {

// What a client hears at once; the rest stands in the summary.
bool is_told(const chat::Event& event) {
  return is_output(event) || chat::ends_stream(event);
}

// REQUIRES: is_output.
std::string chunk_of(const ChunkWriter& chunks, const ChoiceEvent& event) {
  if (const auto* thought = std::get_if<chat::ThinkingDelta>(&event.event)) {
    return chunks.thinking(event.choice, *thought);
  }
  if (const auto* call = std::get_if<chat::ToolCallDelta>(&event.event)) {
    return chunks.tool_call(event.choice, *call);
  }
  return chunks.text(event.choice, std::get<chat::TextDelta>(event.event));
}

// One answer under way, of one choice or several.
class Answer {
 public:
  Answer(net::HttpExchange& exchange, ChatMetrics& metrics, std::shared_ptr<EventReader> events,
         FieldNames names, Tally tally)
      : exchange_(exchange),
        metrics_(metrics),
        events_(std::move(events)),
        names_(std::move(names)),
        tally_(std::move(tally)) {
    metrics_.streams_open.add(1);
  }
  ~Answer() { metrics_.streams_open.add(-1); }
  Answer(const Answer&) = delete;
  Answer& operator=(const Answer&) = delete;

  asio::awaitable<void> send_whole(const CompletionName& name);
  asio::awaitable<void> send_stream(const ChunkWriter& chunks, base::Duration ping);
  // As far as it is known.
  const chat::Usage& usage() const { return tally_.summary().usage; }

 private:
  void note(const ChoiceEvent& event);
  asio::awaitable<Result<void>> open_stream(const ChunkWriter& chunks);
  asio::awaitable<Result<void>> send_event(const ChunkWriter& chunks, const ChoiceEvent& event);
  asio::awaitable<Result<void>> send_finish(const ChunkWriter& chunks, std::size_t choice);
  asio::awaitable<Result<void>> send_failure(Error error);

  net::HttpExchange& exchange_;
  ChatMetrics& metrics_;
  std::shared_ptr<EventReader> events_;
  const FieldNames names_;
  Tally tally_;
  const base::TimePoint begin_ = base::system_clock().now();
};

void Answer::note(const ChoiceEvent& event) {
  const bool first_output = is_output(event.event) && !tally_.any_output();
  tally_.note(event);
  if (first_output) {
    const base::Duration waited = base::system_clock().now() - begin_;
    metrics_.first_token_seconds.record(base::to_ms(waited) / 1000);
  } else if (std::holds_alternative<chat::Finished>(event.event) && tally_.complete()) {
    metrics_.prompt_tokens.add(tally_.summary().usage.prompt_tokens);
    metrics_.completion_tokens.add(tally_.summary().usage.completion_tokens);
  }
}

asio::awaitable<void> Answer::send_whole(const CompletionName& name) {
  while (!tally_.complete()) {
    std::optional<ChoiceEvent> event = co_await events_->next_before(net::kNever);
    if (!event) co_return;  // the client has gone
    if (auto* failed = std::get_if<chat::Failed>(&event->event)) {
      co_await send_failure(std::move(failed->error));
      co_return;
    }
    note(*event);
  }
  const std::string body = whole_completion(name, tally_.choices(), tally_.summary());
  co_await send_json(exchange_, body);
}

asio::awaitable<void> Answer::send_stream(const ChunkWriter& chunks, base::Duration ping) {
  base::TimePoint next_ping = base::system_clock().now() + ping;
  while (!tally_.complete()) {
    const std::optional<ChoiceEvent> event = co_await events_->next_before(next_ping);
    if (events_->abandoned()) co_return;  // the client has gone
    const bool told = event && is_told(event->event);
    if (event) note(*event);
    const base::TimePoint now = base::system_clock().now();
    if (!told && now < next_ping) continue;
    Result<void> sent;
    if (!told) {
      sent = co_await open_stream(chunks);
      if (sent) sent = co_await exchange_.write(ChunkWriter::ping());
    } else {
      sent = co_await send_event(chunks, *event);
    }
    if (!sent || events_->abandoned()) co_return;
    next_ping = base::system_clock().now() + ping;
  }
}

asio::awaitable<Result<void>> Answer::open_stream(const ChunkWriter& chunks) {
  if (exchange_.answered()) co_return Result<void>();
  exchange_.add_header("Cache-Control", "no-cache");
  exchange_.add_header("X-Accel-Buffering", "no");  // a proxy must not collect a stream
  auto begun = co_await exchange_.begin_stream(200, "text/event-stream; charset=utf-8");
  if (!begun) co_return begun;
  std::string roles;
  for (std::size_t choice = 0; choice < tally_.choices().size(); ++choice)
    roles += chunks.role(choice);
  co_return co_await exchange_.write(roles);
}

asio::awaitable<Result<void>> Answer::send_event(const ChunkWriter& chunks,
                                                 const ChoiceEvent& event) {
  if (const auto* failed = std::get_if<chat::Failed>(&event.event)) {
    co_return co_await send_failure(failed->error);
  }
  auto open = co_await open_stream(chunks);
  if (!open) co_return open;
  if (std::holds_alternative<chat::Finished>(event.event)) {
    co_return co_await send_finish(chunks, event.choice);
  }
  const std::string chunk = chunk_of(chunks, event);
  co_return co_await exchange_.write(chunk);
}

asio::awaitable<Result<void>> Answer::send_finish(const ChunkWriter& chunks, std::size_t choice) {
  const Summary* summary = tally_.complete() ? &tally_.summary() : nullptr;
  std::string last = chunks.finish(choice, tally_.choices()[choice].reason, summary);
  if (summary != nullptr) {
    if (chunks.with_usage()) last += chunks.usage(summary->usage);
    last += ChunkWriter::done();
  }
  auto sent = co_await exchange_.write(last);
  if (!sent || summary == nullptr) co_return sent;
  co_return co_await exchange_.end_stream();
}

// One choice that fails ends them all: half of what was asked for is no answer.
asio::awaitable<Result<void>> Answer::send_failure(Error error) {
  events_->abandon();
  std::string param = field_at_fault(error, names_);
  if (!exchange_.answered()) {
    co_await send_error(exchange_, std::move(error), std::move(param));
    co_return Result<void>();
  }
  const std::string chunk = ChunkWriter::error(error, param);
  auto sent = co_await exchange_.write(chunk);
  if (!sent) co_return sent;
  co_return co_await exchange_.end_stream();
}

}  // namespace

ChatMetrics::ChatMetrics(metrics::Registry& registry)
    : first_token_seconds(registry.histogram(
          {"hearth_time_to_first_token_seconds", "From a whole request to its first text"})),
      streams_open(registry.gauge({"hearth_streams_open", "Answers being made now"})),
      disconnects(client_disconnects(registry)),
      prompt_tokens(registry.counter({"hearth_prompt_tokens_total", "Tokens of prompts answered"})),
      completion_tokens(
          registry.counter({"hearth_completion_tokens_total", "Tokens of finished answers"})) {}

ChatCompletions::ChatCompletions(provider::Provider& provider, metrics::Registry& registry,
                                 base::Duration ping_interval)
    : provider_(provider), metrics_(registry), ping_interval_(ping_interval) {}

// The provider knows nothing of choices: each is a request of its own, with a seed of its own.
EventReader::Streams ChatCompletions::start(ChatCall call) {
  EventReader::Streams streams;
  chat::Request& request = call.request;
  if (call.choices > 1 && !request.sampling.seed) request.sampling.seed = base::random_u32();
  for (std::uint32_t choice = 1; choice < call.choices; ++choice) {
    streams.push_back(provider_.generate(request));
    ++*request.sampling.seed;
  }
  streams.push_back(provider_.generate(std::move(request)));
  return streams;
}

asio::awaitable<void> ChatCompletions::handle(Call& call) {
  auto parsed = parse_chat_call(call.exchange.request().body, [this](const std::string& model) {
    return provider_.blank(model);
  });
  if (!parsed) {
    std::string param = parsed.error().context;
    co_await send_error(call.exchange, std::move(parsed).error(), std::move(param));
    co_return;
  }
  name_ignored(call.exchange, parsed->ignored);
  call.note.model = parsed->request.model;
  parsed->request.id = call.request_id;
  const CompletionName name{base::make_id("chatcmpl"), base::system_clock().wall_ms() / 1000,
                            parsed->request.model};
  const bool stream = parsed->stream;
  const bool logprobs = parsed->request.logprobs.has_value();
  const auto keep = stream     ? Tally::Keep::kNothing
                    : logprobs ? Tally::Keep::kTextAndLogprobs
                               : Tally::Keep::kText;
  const Tally tally(parsed->choices, keep);
  const ChunkWriter chunks(
      name,
      parsed->include_usage ? ChunkWriter::UsageField::kPresent : ChunkWriter::UsageField::kAbsent,
      logprobs ? ChunkWriter::LogprobsField::kPresent : ChunkWriter::LogprobsField::kNull);
  FieldNames names = std::move(parsed->names);
  const auto executor = co_await asio::this_coro::executor;
  const auto events = std::make_shared<EventReader>(executor, start(std::move(*parsed)));
  std::function<void()> leave = [events, &disconnects = metrics_.disconnects] {
    disconnects.add();
    events->abandon();
  };
  call.exchange.on_disconnect(std::move(leave));
  Answer answer(call.exchange, metrics_, events, std::move(names), tally);
  if (stream) {
    co_await answer.send_stream(chunks, ping_interval_);
  } else {
    co_await answer.send_whole(name);
  }
  call.note.prompt_tokens = answer.usage().prompt_tokens;
  call.note.completion_tokens = answer.usage().completion_tokens;
}

}  // namespace hearth::api::openai
