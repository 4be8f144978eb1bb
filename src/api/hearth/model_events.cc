// GET /hearth/v1/models/events: what becomes of models, as server-sent events. Who was away sends
// the last id it has heard, as browsers do by themselves, or as ?after=.
#include <charconv>
#include <memory>
#include <optional>

#include "api/core/answers.h"
#include "api/core/reply.h"
#include "api/hearth/routes.h"
#include "json/writer.h"
#include "net/signal.h"
#include "net/target.h"

namespace hearth::api {

namespace {

constexpr std::string_view kPing = ": waiting\n\n";

std::string event_of(const fleet::ModelNews& news) {
  json::Writer json;
  json.open('{').key("model").text(news.model).key("time_ms").number(news.wall_ms);
  json.key("detail").text(news.detail).close('}');
  return "id: " + std::to_string(news.number) + "\nevent: " + std::string(news_word(news.what)) +
         "\ndata: " + json.take() + "\n\n";
}

// Some are not kept any more: who counts on all of them has to look anew.
std::string missed_event(std::uint64_t last) {
  return "id: " + std::to_string(last) + "\nevent: missed\ndata: {}\n\n";
}

// Nothing where none is said.
Result<std::optional<std::uint64_t>> last_heard(const net::HttpRequest& request) {
  std::string text = net::query_value(request.query, "after");
  if (text.empty()) text = request.find_header("Last-Event-ID").value_or("");
  if (text.empty()) return std::optional<std::uint64_t>();
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error == std::errc() && rest == end) return std::optional(number);
  return fail(Code::kInvalidArgument,
              "after is no id of an event; leave it out to hear what is new", "after");
}

// Listens as long as it lives.
class Watch {
 public:
  Watch(fleet::NewsBoard& board, const asio::any_io_executor& executor)
      : board_(board), signal_(std::make_shared<net::Signal>(executor)) {
    listener_ = board_.listen([signal = signal_] { signal->notify(); });
  }
  ~Watch() { board_.leave(listener_); }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  const std::shared_ptr<net::Signal>& signal() const { return signal_; }

 private:
  fleet::NewsBoard& board_;
  std::shared_ptr<net::Signal> signal_;
  fleet::NewsBoard::ListenerId listener_ = 0;
};

// All that came after `number`, which it raises; a ping where nothing did.
std::string take_news(const fleet::NewsBoard& board, std::uint64_t& number) {
  std::string text;
  if (board.missed_after(number)) {
    number = board.last_number();
    return missed_event(number);
  }
  for (const fleet::ModelNews& news : board.after(number)) {
    text += event_of(news);
    number = news.number;
  }
  return text.empty() ? std::string(kPing) : text;
}

}  // namespace

asio::awaitable<void> show_model_events(Call& call, OwnRoutes parts) {
  net::HttpExchange& exchange = call.exchange;
  const auto heard = last_heard(exchange.request());
  if (!heard) {
    co_await send_error(exchange, heard.error(), heard.error().context);
    co_return;
  }
  fleet::NewsBoard& board = *parts.control.news;
  std::uint64_t number = heard->value_or(board.last_number());
  const Watch watch(board, co_await asio::this_coro::executor);
  exchange.on_disconnect([signal = watch.signal()] { signal->notify(); });
  auto sent = co_await begin_events(exchange, "text/event-stream; charset=utf-8");
  while (sent && !exchange.disconnected() && call.is_welcome()) {
    const std::string text = take_news(board, number);
    sent = co_await exchange.write(text);
    if (!sent || board.ended()) break;
    if (board.last_number() != number) continue;
    co_await watch.signal()->wait_until(base::system_clock().now() + kPingInterval);
  }
  if (sent) (void)co_await exchange.end_stream();
}

}  // namespace hearth::api
