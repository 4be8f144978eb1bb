#include "api/hearth/told_work.h"

#include <utility>

#include "api/core/errors.h"

namespace hearth::api {

namespace {

constexpr const char* kLines = "application/x-ndjson";

}  // namespace

void ToldWork::tell(std::string line) {
  line_ = std::move(line);
  news_.notify();
}

void ToldWork::say(std::string line) {
  said_ = take_lines() + std::move(line) + "\n";
  news_.notify();
}

std::string ToldWork::take_lines() {
  std::string lines = std::exchange(said_, "");
  if (const auto line = std::exchange(line_, std::nullopt)) lines += *line + "\n";
  return lines;
}

void ToldWork::end(Result<std::string> how) {
  if (!result_) result_ = std::move(how);
  news_.notify();
}

asio::awaitable<void> ToldWork::answer_whole(net::HttpExchange& exchange) {
  while (!result_)
    co_await news_.wait_until(net::kNever);
  if (*result_) {
    std::string body = **result_;
    co_await send_json(exchange, std::move(body));
  } else {
    ErrorReply reply = errors_(result_->error(), {}, {});
    co_await send_error(exchange, std::move(reply));
  }
}

asio::awaitable<void> ToldWork::answer_in_lines(net::HttpExchange& exchange) {
  while (!result_ || !said_.empty()) {
    const std::string text = take_lines();
    if (text.empty()) {
      co_await news_.wait_until(net::kNever);
      continue;
    }
    if (!exchange.answered()) {
      const auto begun = co_await exchange.begin_stream(200, kLines);
      if (!begun) co_return;
    }
    const auto sent = co_await exchange.write(text);
    if (!sent) co_return;
  }
  if (!exchange.answered()) {
    if (!*result_) {
      ErrorReply reply = errors_(result_->error(), {}, {});
      co_await send_error(exchange, std::move(reply));
      co_return;
    }
    const auto begun = co_await exchange.begin_stream(200, kLines);
    if (!begun) co_return;
  }
  const std::string last = (*result_ ? **result_ : errors_(result_->error(), {}, {}).body) + "\n";
  const auto sent = co_await exchange.write(last);
  if (sent) co_await exchange.end_stream();
}

asio::awaitable<void> tell_work(net::HttpExchange& exchange, std::shared_ptr<ToldWork> work,
                                Telling telling, CallOff leave) {
  exchange.on_disconnect([work, leave = std::move(leave)] {
    leave();
    work->end(fail(Code::kCancelled, "the client has gone"));
  });
  if (telling == Telling::kLines) {
    co_await work->answer_in_lines(exchange);
  } else {
    co_await work->answer_whole(exchange);
  }
}

}  // namespace hearth::api
