#include "api/hearth/task_routes.h"

#include <charconv>

#include "api/core/meeting.h"
#include "api/core/reply.h"
#include "api/hearth/event_stream.h"
#include "api/hearth/task_body.h"
#include "api/hearth/task_request.h"
#include "net/target.h"

namespace hearth::api {

namespace {

using access::Scope;

constexpr std::size_t kListUsual = 50;

template <typename T>
using Told = std::shared_ptr<Meeting<T>>;

template <typename T>
Told<T> make_told(const asio::any_io_executor& executor) {
  return std::make_shared<Meeting<T>>(executor);
}

// Listens as long as it lives.
class Watch {
 public:
  Watch(std::shared_ptr<flow::Feed> feed, const asio::any_io_executor& executor)
      : feed_(std::move(feed)), signal_(std::make_shared<net::Signal>(executor)) {
    listener_ = feed_->listen([signal = signal_] { signal->notify(); });
  }
  ~Watch() { feed_->leave(listener_); }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  const std::shared_ptr<net::Signal>& signal() const { return signal_; }

 private:
  const std::shared_ptr<flow::Feed> feed_;
  const std::shared_ptr<net::Signal> signal_;
  flow::Feed::ListenerId listener_ = 0;
};

std::string text_of(const flow::FeedItem& item, const std::string& run) {
  const std::string data = item_json(item, run);
  if (item.number > 0) return event_text({item.number, item.name, data});
  return "event: " + item.name + "\ndata: " + data + "\n\n";
}

std::string take_items(const flow::Feed& feed, std::size_t& place, const std::string& run) {
  std::string text;
  for (; place < feed.size(); ++place)
    text += text_of(feed.at(place), run);
  return text;
}

asio::awaitable<void> stream_task(Call& call, const Tasks& tasks, TaskName name,
                                  std::uint64_t after) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  const auto told = make_told<std::shared_ptr<flow::Feed>>(executor);
  tasks.watch(name, arrive_at(told));
  co_await wait_for(told);
  if (!*told->result) {
    co_await send_error(call.exchange, told->result->error());
    co_return;
  }
  const std::shared_ptr<flow::Feed> feed = **told->result;
  const auto place = std::make_shared<std::size_t>(feed->behind(after));
  const Watch watch(feed, executor);
  EventSource source;
  source.take = [feed, place, run = name.id] { return take_items(*feed, *place, run); };
  source.has_more = [feed, place] { return *place < feed->size(); };
  source.ended = [feed, place] { return feed->ended() && *place == feed->size(); };
  co_await stream_events(call, watch.signal(), std::move(source));
}

asio::awaitable<void> send_head(Call& call, const flow::RunHead& head) {
  json::Writer json;
  json.open('{');
  write_head(json, head);
  co_await send_json(call.exchange, json.close('}').take());
}

asio::awaitable<void> start_task(Call& call, const Tasks& tasks) {
  const auto request = read_task_request(call.body());
  if (!request) {
    co_await send_error(call.exchange, request.error(), request.error().context);
    co_return;
  }
  const auto told = make_told<flow::RunHead>(co_await asio::this_coro::executor);
  tasks.start(request->wish, call.caller.key_id, arrive_at(told));
  co_await wait_for(told);
  const Result<flow::RunHead>& head = *told->result;
  if (!head) {
    co_await send_error(call.exchange, head.error(), head.error().context);
  } else if (request->stream) {
    const TaskName name{head->id, call.caller.key_id};
    co_await stream_task(call, tasks, name, 0);
  } else {
    co_await send_head(call, *head);
  }
}

Result<std::size_t> list_limit(const net::HttpRequest& request) {
  const std::string text = net::query_value(request.query, "limit");
  if (text.empty()) return kListUsual;
  std::size_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error == std::errc() && rest == end && number <= flow::kListMost) return number;
  return fail(Code::kInvalidArgument,
              "limit must be a whole number up to " + std::to_string(flow::kListMost), "limit");
}

asio::awaitable<void> list_tasks(Call& call, const Tasks& tasks) {
  const auto limit = list_limit(call.exchange.request());
  if (!limit) {
    co_await send_error(call.exchange, limit.error(), limit.error().context);
    co_return;
  }
  const auto told = make_told<std::vector<flow::RunHead>>(co_await asio::this_coro::executor);
  tasks.list(call.caller.key_id, *limit, arrive_at(told));
  co_await wait_for(told);
  const Result<std::vector<flow::RunHead>>& heads = *told->result;
  if (!heads) {
    co_await send_error(call.exchange, heads.error());
    co_return;
  }
  json::Writer json;
  json.open('{').key("tasks").open('[');
  for (const flow::RunHead& head : *heads) {
    json.open('{');
    write_head(json, head);
    json.close('}');
  }
  co_await send_json(call.exchange, json.close(']').close('}').take());
}

Error no_such_route(std::string_view what) {
  return make_error(Code::kNotFound, "a task has no '" + std::string(what.substr(0, 64)) + "'");
}

asio::awaitable<void> show_task(Call& call, const Tasks& tasks) {
  const std::size_t slash = call.rest.find('/');
  const TaskName name{call.rest.substr(0, slash), call.caller.key_id};
  const std::string what = slash == std::string::npos ? "" : call.rest.substr(slash + 1);
  if (what == "events") {
    const auto after = last_heard(call.exchange.request());
    if (after) {
      co_await stream_task(call, tasks, name, after->value_or(0));
    } else {
      co_await send_error(call.exchange, after.error(), after.error().context);
    }
    co_return;
  }
  if (!what.empty()) {
    co_await send_error(call.exchange, no_such_route(what));
    co_return;
  }
  const auto found = make_told<TaskSheet>(co_await asio::this_coro::executor);
  tasks.find(name, arrive_at(found));
  co_await wait_for(found);
  const Result<TaskSheet>& sheet = *found->result;
  if (sheet) {
    co_await send_json(call.exchange, sheet_json(*sheet));
  } else {
    co_await send_error(call.exchange, sheet.error());
  }
}

// What is done with a task, and then the task as it is.
asio::awaitable<void> change_task(Call& call, const Tasks& tasks, const TaskName& name,
                                  std::string_view what) {
  Result<TaskAnswer> answer;
  if (what == "approve") answer = read_task_answer(call.body());
  Result<TaskResumption> resumption;
  if (what == "resume") resumption = read_task_resumption(call.body());
  if (!answer || !resumption) {
    const Error& wrong = answer ? resumption.error() : answer.error();
    co_await send_error(call.exchange, wrong, wrong.context);
    co_return;
  }
  const auto told = make_told<void>(co_await asio::this_coro::executor);
  if (what == "approve") {
    tasks.answer(name, *answer, arrive_at(told));
  } else if (what == "cancel") {
    tasks.cancel(name, arrive_at(told));
  } else if (what == "pause") {
    tasks.pause(name, arrive_at(told));
  } else {
    tasks.resume(name, *resumption, arrive_at(told));
  }
  co_await wait_for(told);
  const Result<void>& changed = *told->result;
  if (!changed) {
    co_await send_error(call.exchange, changed.error(), changed.error().context);
    co_return;
  }
  const auto found = make_told<TaskSheet>(co_await asio::this_coro::executor);
  tasks.find(name, arrive_at(found));
  co_await wait_for(found);
  const Result<TaskSheet>& sheet = *found->result;
  if (sheet) {
    co_await send_head(call, sheet->head);
  } else {
    co_await send_error(call.exchange, sheet.error());
  }
}

asio::awaitable<void> fork_task(Call& call, const Tasks& tasks, const TaskName& name,
                                std::uint64_t events) {
  const auto told = make_told<flow::RunHead>(co_await asio::this_coro::executor);
  tasks.fork(name, events, arrive_at(told));
  co_await wait_for(told);
  const Result<flow::RunHead>& head = *told->result;
  if (head) {
    co_await send_head(call, *head);
  } else {
    co_await send_error(call.exchange, head.error(), head.error().context);
  }
}

asio::awaitable<void> use_task(Call& call, const Tasks& tasks) {
  const std::size_t slash = call.rest.find('/');
  const TaskName name{call.rest.substr(0, slash), call.caller.key_id};
  const std::string what = slash == std::string::npos ? "" : call.rest.substr(slash + 1);
  if (what == "approve" || what == "cancel" || what == "pause" || what == "resume") {
    co_await change_task(call, tasks, name, what);
  } else if (what == "retry") {
    co_await fork_task(call, tasks, name, 0);
  } else if (what == "fork") {
    const auto events = read_fork_request(call.body());
    if (events) {
      co_await fork_task(call, tasks, name, *events);
    } else {
      co_await send_error(call.exchange, events.error(), events.error().context);
    }
  } else {
    co_await send_error(call.exchange, no_such_route(what));
  }
}

}  // namespace

void add_task_routes(Router& router, const Tasks& tasks) {
  router.add(
      "POST", "/hearth/v1/tasks", [&tasks](Call& call) { return start_task(call, tasks); },
      Scope::kAdmin);
  router.add(
      "GET", "/hearth/v1/tasks", [&tasks](Call& call) { return list_tasks(call, tasks); },
      Scope::kAdmin);
  router.add(
      "GET", "/hearth/v1/tasks/*", [&tasks](Call& call) { return show_task(call, tasks); },
      Scope::kAdmin);
  router.add(
      "POST", "/hearth/v1/tasks/*", [&tasks](Call& call) { return use_task(call, tasks); },
      Scope::kAdmin);
}

}  // namespace hearth::api
