#include "api/hearth/event_stream.h"

#include <charconv>

#include "api/core/answers.h"
#include "api/core/reply.h"
#include "base/clock.h"
#include "net/target.h"

namespace hearth::api {

namespace {

constexpr std::string_view kPing = ": waiting\n\n";

}  // namespace

std::string event_text(const NumberedEvent& event) {
  return "id: " + std::to_string(event.number) + "\nevent: " + std::string(event.name) +
         "\ndata: " + event.data + "\n\n";
}

std::string missed_event(std::uint64_t last) {
  return event_text({last, "missed", "{}"});
}

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

asio::awaitable<void> stream_events(Call& call, std::shared_ptr<net::Signal> news,
                                    EventSource source) {
  net::HttpExchange& exchange = call.exchange;
  exchange.on_disconnect([news] { news->notify(); });
  auto sent = co_await begin_events(exchange, "text/event-stream; charset=utf-8");
  while (sent && !exchange.disconnected() && call.is_welcome()) {
    std::string text = source.take();
    if (text.empty()) text = kPing;
    sent = co_await exchange.write(text);
    if (!sent || source.ended()) break;
    if (source.has_more()) continue;
    co_await news->wait_until(base::system_clock().now() + kPingInterval);
  }
  if (sent) (void)co_await exchange.end_stream();
}

}  // namespace hearth::api
