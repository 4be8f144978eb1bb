// GET /hearth/v1/logs: the last lines of the daemon's log, and as server-sent events those that
// come. GET /hearth/v1/config: its settings, each with its origin.
#include <atomic>
#include <charconv>
#include <memory>
#include <optional>

#include <boost/asio/post.hpp>

#include "access/key_secret.h"
#include "api/core/reply.h"
#include "api/hearth/event_stream.h"
#include "api/hearth/routes.h"
#include "base/log_tail.h"
#include "json/writer.h"
#include "net/target.h"

namespace hearth::api {

namespace {

constexpr std::size_t kLinesUsual = 100;

// By rule no line has a key in it; what looks like one is taken out all the same.
void write_line(json::Writer& json, const log::TailLine& line) {
  json.open('{').key("id").number(line.number).key("time_ms").number(line.wall_ms);
  json.key("level").text(log::level_name(line.level));
  json.key("line").text(access::without_secrets(line.text)).close('}');
}

Result<std::size_t> lines_wanted(const net::HttpRequest& request) {
  const std::string text = net::query_value(request.query, "lines");
  if (text.empty()) return kLinesUsual;
  std::size_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error == std::errc() && rest == end && number <= log::kTailLines) return number;
  return fail(Code::kInvalidArgument,
              "lines must be a whole number from 0 to " + std::to_string(log::kTailLines), "lines");
}

bool wants_events(const net::HttpRequest& request) {
  const std::string accept(request.find_header("Accept").value_or(""));
  return accept.find("text/event-stream") != std::string::npos;
}

// Listens as long as it lives. Lines come from any thread, and many of them are told as one.
class Watch {
 public:
  Watch(log::Tail& tail, const asio::any_io_executor& executor)
      : tail_(tail), signal_(std::make_shared<net::Signal>(executor)) {
    const auto told = std::make_shared<std::atomic<bool>>(false);
    listener_ = tail_.listen([executor, told, signal = signal_] {
      if (told->exchange(true)) return;
      asio::post(executor, [told, signal] {
        told->store(false);
        signal->notify();
      });
    });
  }
  ~Watch() { tail_.leave(listener_); }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  const std::shared_ptr<net::Signal>& signal() const { return signal_; }

 private:
  log::Tail& tail_;
  std::shared_ptr<net::Signal> signal_;
  log::Tail::ListenerId listener_ = 0;
};

// All that came after `number`, which it raises.
std::string take_lines(const log::Tail& tail, std::uint64_t& number) {
  std::string text;
  if (tail.missed_after(number)) {
    number = tail.last_number();
    return missed_event(number);
  }
  for (const log::TailLine& line : tail.after(number)) {
    json::Writer json;
    write_line(json, line);
    text += event_text({line.number, "line", json.take()});
    number = line.number;
  }
  return text;
}

asio::awaitable<void> follow_log(Call& call, log::Tail& tail, std::uint64_t after) {
  const auto number = std::make_shared<std::uint64_t>(after);
  const Watch watch(tail, co_await asio::this_coro::executor);
  EventSource source;
  source.take = [&tail, number] { return take_lines(tail, *number); };
  source.has_more = [&tail, number] { return tail.last_number() != *number; };
  source.ended = [&tail] { return tail.ended(); };
  co_await stream_events(call, watch.signal(), std::move(source));
}

}  // namespace

asio::awaitable<void> show_log(Call& call, OwnRoutes parts) {
  const net::HttpRequest& request = call.exchange.request();
  const auto lines = lines_wanted(request);
  const auto heard = last_heard(request);
  if (!lines || !heard) {
    const Error error = lines ? heard.error() : lines.error();
    co_await send_error(call.exchange, error, error.context);
    co_return;
  }
  log::Tail& tail = *parts.control.log_tail;
  const std::uint64_t after = heard->value_or(tail.before_last(*lines));
  if (wants_events(request)) {
    co_await follow_log(call, tail, after);
    co_return;
  }
  json::Writer json;
  json.open('{').key("lines").open('[');
  for (const log::TailLine& line : tail.after(after))
    write_line(json, line);
  co_await send_json(call.exchange, json.close(']').close('}').take());
}

asio::awaitable<void> show_config(Call& call, OwnRoutes parts) {
  co_await send_json(call.exchange, parts.control.config());
}

}  // namespace hearth::api
