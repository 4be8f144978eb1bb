#include "api/core/answers.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/post.hpp>

#include "access/inbound_key.h"
#include "api/core/client_metrics.h"
#include "api/core/meeting.h"
#include "api/core/reply.h"
#include "api/core/tool_wish.h"
#include "base/random.h"

namespace hearth::api {

namespace {

// What a client hears at once; the rest stands in the summary.
bool is_told(const chat::Event& event) {
  return is_output(event) || chat::ends_stream(event);
}

Tally::Keep kept_for(const AnswerJob& job) {
  if (job.form == AnswerJob::Form::kStream) return Tally::Keep::kNothing;
  return job.request.logprobs ? Tally::Keep::kTextAndLogprobs : Tally::Keep::kText;
}

// One answer under way, of one choice or several.
class Answer {
 public:
  struct Parts {
    net::HttpExchange& exchange;
    AnswerMetrics& metrics;
    AnswerWriter& writer;
    std::shared_ptr<EventReader> events;
    Tally tally;
    std::shared_ptr<std::deque<agent::CallNews>> news;  // of calls, not told yet
  };

  explicit Answer(Parts parts) : parts_(std::move(parts)) { parts_.metrics.streams_open.add(1); }
  ~Answer() { parts_.metrics.streams_open.add(-1); }
  Answer(const Answer&) = delete;
  Answer& operator=(const Answer&) = delete;

  asio::awaitable<void> send_whole();
  asio::awaitable<void> send_stream(base::Duration ping);
  const Tally& tally() const { return parts_.tally; }

 private:
  void note(const ChoiceEvent& event);
  // What is to be sent of the calls that were made meanwhile.
  std::string take_news();
  asio::awaitable<Result<void>> open();
  asio::awaitable<Result<void>> open_and_send(std::string bytes);
  asio::awaitable<Result<void>> send(std::string bytes);
  asio::awaitable<Result<void>> send_ping();
  asio::awaitable<Result<void>> send_event(const ChoiceEvent& event);
  asio::awaitable<Result<void>> send_failure(const Error& error);

  Parts parts_;
  std::string beginning_;  // of a stream, until something is sent
  const base::TimePoint begin_ = base::system_clock().now();
};

void Answer::note(const ChoiceEvent& event) {
  Tally& tally = parts_.tally;
  const bool first_output = is_output(event.event) && !tally.any_output();
  tally.note(event);
  if (first_output) {
    const base::Duration waited = base::system_clock().now() - begin_;
    parts_.metrics.first_token_seconds.record(base::to_ms(waited) / 1000);
  } else if (std::holds_alternative<chat::Finished>(event.event) && tally.complete()) {
    parts_.metrics.prompt_tokens.add(tally.prompt_tokens());
    parts_.metrics.completion_tokens.add(tally.completion_tokens());
  }
}

std::string Answer::take_news() {
  std::string bytes;
  for (const agent::CallNews& news : std::exchange(*parts_.news, {})) {
    parts_.tally.note(news);
    bytes += parts_.writer.own_call(news);
  }
  return bytes;
}

asio::awaitable<void> Answer::send_whole() {
  while (!parts_.tally.complete()) {
    std::optional<ChoiceEvent> event = co_await parts_.events->next_before(net::kNever);
    if (!event) co_return;  // the client has gone
    take_news();
    if (const auto* failed = std::get_if<chat::Failed>(&event->event)) {
      (void)co_await send_failure(failed->error);
      co_return;
    }
    note(*event);
  }
  std::string body = parts_.writer.whole(parts_.tally);
  co_await send_json(parts_.exchange, std::move(body));
}

asio::awaitable<void> Answer::send_stream(base::Duration ping) {
  base::TimePoint next_ping = base::system_clock().now() + ping;
  while (!parts_.tally.complete()) {
    const std::optional<ChoiceEvent> event = co_await parts_.events->next_before(next_ping);
    if (parts_.events->abandoned()) co_return;  // the client has gone
    std::string news = take_news();
    if (!news.empty()) {
      const auto told_news = co_await open_and_send(std::move(news));
      if (!told_news || parts_.events->abandoned()) co_return;
      next_ping = base::system_clock().now() + ping;
    }
    const bool told = event && is_told(event->event);
    if (event) note(*event);
    const base::TimePoint now = base::system_clock().now();
    if (!told && now < next_ping) continue;
    Result<void> sent;
    if (told) {
      sent = co_await send_event(*event);
    } else {
      sent = co_await send_ping();
    }
    if (!sent || parts_.events->abandoned()) co_return;
    next_ping = base::system_clock().now() + ping;
  }
}

// Where that has not been done. The writer says how it begins before it says anything else.
asio::awaitable<Result<void>> Answer::open() {
  net::HttpExchange& exchange = parts_.exchange;
  if (exchange.answered()) co_return Result<void>();
  std::string type(parts_.writer.stream_type());
  beginning_ = parts_.writer.begin(parts_.tally);
  co_return co_await begin_events(exchange, std::move(type));
}

// REQUIRES: the stream is open.
asio::awaitable<Result<void>> Answer::send(std::string bytes) {
  bytes.insert(0, std::exchange(beginning_, {}));
  if (bytes.empty()) co_return Result<void>();
  co_return co_await parts_.exchange.write(bytes);
}

asio::awaitable<Result<void>> Answer::open_and_send(std::string bytes) {
  auto opened = co_await open();
  if (!opened) co_return opened;
  co_return co_await send(std::move(bytes));
}

asio::awaitable<Result<void>> Answer::send_ping() {
  std::string waiting = parts_.writer.ping();
  co_return co_await open_and_send(std::move(waiting));
}

asio::awaitable<Result<void>> Answer::send_event(const ChoiceEvent& event) {
  if (const auto* failed = std::get_if<chat::Failed>(&event.event)) {
    co_return co_await send_failure(failed->error);
  }
  auto opened = co_await open();
  if (!opened) co_return opened;
  const bool finished = std::holds_alternative<chat::Finished>(event.event);
  std::string bytes =
      finished ? parts_.writer.finish(event.choice, parts_.tally) : parts_.writer.delta(event);
  auto sent = co_await send(std::move(bytes));
  if (!sent || !parts_.tally.complete()) co_return sent;
  co_return co_await parts_.exchange.end_stream();
}

// One choice that fails ends them all: half of what was asked for is no answer.
asio::awaitable<Result<void>> Answer::send_failure(const Error& error) {
  parts_.events->abandon();
  if (!parts_.exchange.answered()) {
    ErrorReply reply = parts_.writer.refusal(error);
    co_await send_error(parts_.exchange, std::move(reply));
    co_return Result<void>();
  }
  std::string last = parts_.writer.failure(error);
  auto sent = co_await send(std::move(last));
  if (!sent) co_return sent;
  co_return co_await parts_.exchange.end_stream();
}

// Who may have tools run speaks for the user; POST /tools/{name}/execute takes the same.
Result<void> check_tool_wish(const AnswerJob& job, const Caller& caller) {
  const std::string field(kToolsField);
  if (!access::includes(caller.scope, access::Scope::kAdmin)) {
    return fail(Code::kPermissionDenied, field + " takes an API key with the scope 'admin'", field);
  }
  if (job.request.raw_prompt || !job.prompts.empty())
    return fail(Code::kInvalidArgument, field + " takes a conversation, and no raw prompt", field);
  if (job.choices == 1) return {};
  return fail(Code::kInvalidArgument,
              field + " is not done several times over: leave out n, or send 1", field);
}

}  // namespace

AnswerMetrics::AnswerMetrics(metrics::Registry& registry)
    : first_token_seconds(registry.histogram(
          {"hearth_time_to_first_token_seconds", "From a whole request to its first text"})),
      streams_open(registry.gauge({"hearth_streams_open", "Answers being made now"})),
      disconnects(client_disconnects(registry)),
      prompt_tokens(registry.counter({"hearth_prompt_tokens_total", "Tokens of prompts answered"})),
      completion_tokens(
          registry.counter({"hearth_completion_tokens_total", "Tokens of finished answers"})) {}

Answers::Answers(const Parts& parts)
    : provider_(parts.provider),
      metrics_(parts.registry),
      ping_interval_(parts.ping_interval),
      open_tools_(parts.open_tools) {}

// The provider knows nothing of choices: each is a request of its own, with a seed of its own.
EventReader::Streams Answers::start(AnswerJob job) {
  if (job.choices > 1 && !job.request.sampling.seed) {
    job.request.sampling.seed = base::random_u32();
  }
  EventReader::Streams streams;
  if (job.prompts.empty()) start(std::move(job.request), job.choices, streams);
  for (RawPrompt& prompt : job.prompts) {
    chat::Request request = job.request;
    request.raw_prompt = std::move(prompt.text);
    request.raw_tokens = std::move(prompt.tokens);
    start(std::move(request), job.choices, streams);
  }
  return streams;
}

void Answers::start(chat::Request request, std::uint32_t choices, EventReader::Streams& streams) {
  for (std::uint32_t choice = 1; choice < choices; ++choice) {
    streams.push_back(provider_.generate(request));
    ++*request.sampling.seed;
  }
  streams.push_back(provider_.generate(std::move(request)));
}

std::unique_ptr<chat::EventStream> Answers::act(AnswerJob job, agent::OpenTools tools,
                                                const News& news, asio::any_io_executor executor) {
  agent::Hands hands;
  hands.ask = [this](chat::Request request) { return provider_.generate(std::move(request)); };
  hands.tell = [news](agent::CallNews one) { news->push_back(std::move(one)); };
  hands.post = [executor = std::move(executor)](std::function<void()> work) {
    asio::post(executor, std::move(work));
  };
  const agent::Limits limits{.rounds = job.own_tools->rounds};
  return std::make_unique<agent::ActingStream>(std::move(job.request), std::move(tools), limits,
                                               std::move(hands));
}

asio::awaitable<Result<agent::OpenTools>> Answers::open(Call& call, const AnswerJob& job) {
  auto may = check_tool_wish(job, call.caller);
  if (may && !open_tools_) may = fail(Code::kUnimplemented, "there are no tools here");
  if (!may) co_return fail(may.error());
  const auto executor = co_await asio::this_coro::executor;
  const auto meeting = std::make_shared<Meeting<agent::OpenTools>>(executor);
  CallOff leave = open_tools_(*job.own_tools, arrive_at(meeting));
  co_await attend(meeting, call.exchange, std::move(leave));
  co_return std::move(*meeting->result);
}

asio::awaitable<void> Answers::give(Call& call, AnswerJob job, AnswerWriter& writer) {
  Result<void> is_his = play(call.role, job.request);
  call.note.model = job.request.model;
  job.request.id = call.request_id;
  if (is_his) is_his = sign(job.request, call.caller);
  if (!is_his) {
    ErrorReply reply = writer.refusal(is_his.error());
    co_await send_error(call.exchange, std::move(reply));
    co_return;
  }
  Result<agent::OpenTools> tools = agent::OpenTools();
  if (job.own_tools) tools = co_await open(call, job);
  if (call.exchange.disconnected()) co_return;
  if (!tools) {
    ErrorReply reply = writer.refusal(tools.error());
    co_await send_error(call.exchange, std::move(reply));
    co_return;
  }
  const std::size_t prompts = std::max<std::size_t>(1, job.prompts.size());
  const Tally tally(prompts * job.choices, kept_for(job), prompts);
  const AnswerJob::Form form = job.form;
  const auto executor = co_await asio::this_coro::executor;
  const News news = std::make_shared<std::deque<agent::CallNews>>();
  EventReader::Streams streams;
  if (job.own_tools) {
    streams.push_back(act(std::move(job), *std::move(tools), news, executor));
  } else {
    streams = start(std::move(job));
  }
  const auto events = std::make_shared<EventReader>(executor, std::move(streams));
  std::function<void()> leave = [events, &disconnects = metrics_.disconnects] {
    disconnects.add();
    events->abandon();
  };
  call.exchange.on_disconnect(std::move(leave));
  Answer answer({call.exchange, metrics_, writer, events, tally, news});
  if (form == AnswerJob::Form::kStream) {
    co_await answer.send_stream(ping_interval_);
  } else {
    co_await answer.send_whole();
  }
  call.note.prompt_tokens = answer.tally().prompt_tokens();
  call.note.completion_tokens = answer.tally().completion_tokens();
}

}  // namespace hearth::api
