// GET /hearth/v1/models/events: what becomes of models, as server-sent events.
#include <memory>
#include <optional>

#include "api/core/reply.h"
#include "api/hearth/event_stream.h"
#include "api/hearth/routes.h"
#include "json/writer.h"

namespace hearth::api {

namespace {

std::string event_of(const fleet::ModelNews& news) {
  json::Writer json;
  json.open('{').key("model").text(news.model).key("time_ms").number(news.wall_ms);
  json.key("detail").text(news.detail).close('}');
  return event_text({news.number, news_word(news.what), json.take()});
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

// All that came after `number`, which it raises.
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
  return text;
}

}  // namespace

asio::awaitable<void> show_model_events(Call& call, OwnRoutes parts) {
  const auto heard = last_heard(call.exchange.request());
  if (!heard) {
    co_await send_error(call.exchange, heard.error(), heard.error().context);
    co_return;
  }
  fleet::NewsBoard& board = *parts.control.news;
  const auto number = std::make_shared<std::uint64_t>(heard->value_or(board.last_number()));
  const Watch watch(board, co_await asio::this_coro::executor);
  EventSource source;
  source.take = [&board, number] { return take_news(board, *number); };
  source.has_more = [&board, number] { return board.last_number() != *number; };
  source.ended = [&board] { return board.ended(); };
  co_await stream_events(call, watch.signal(), std::move(source));
}

}  // namespace hearth::api
