// Work of the daemon that takes long: it is told line by line how far it is, and the last line is
// what came of it; or only that, as one object. What went wrong before the first line has a status.
//
// Threads: confined to the loop.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "api/core/reply.h"
#include "base/callback.h"
#include "net/http_exchange.h"
#include "net/signal.h"

namespace hearth::api {

enum class Telling : std::uint8_t { kLines, kWhole };

// What the work has told last, and the coroutine that tells it on.
class ToldWork {
 public:
  // `errors` is how the dialect says what went wrong.
  explicit ToldWork(const asio::any_io_executor& executor, ErrorDialect errors = openai_error)
      : news_(executor), errors_(errors) {}

  // JSON without the end of its line. Who reads slowly misses some.
  void tell(std::string line);
  // The same, but nobody misses it.
  void say(std::string line);
  // The first end counts. JSON, or why there is none.
  void end(Result<std::string> how);

 private:
  friend asio::awaitable<void> tell_work(net::HttpExchange& exchange,
                                         std::shared_ptr<ToldWork> work, Telling telling,
                                         CallOff leave);
  asio::awaitable<void> answer_whole(net::HttpExchange& exchange);
  asio::awaitable<void> answer_in_lines(net::HttpExchange& exchange);

  // What is to be said next; empty where there is nothing.
  std::string take_lines();

  net::Signal news_;
  const ErrorDialect errors_;
  std::string said_;  // whole lines, before line_
  std::optional<std::string> line_;
  std::optional<Result<std::string>> result_;
};

// Until the work has ended. Whose client goes leaves it.
asio::awaitable<void> tell_work(net::HttpExchange& exchange, std::shared_ptr<ToldWork> work,
                                Telling telling, CallOff leave);

}  // namespace hearth::api
