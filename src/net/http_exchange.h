// One request and its answer, as a handler sees them. A handler answers exactly once: with one
// respond(), or with begin_stream(), any number of write() and end_stream(). What it leaves
// unanswered becomes a 500; a stream it leaves open is cut, so that nobody takes half for whole.
//
// Ownership:  the connection owns it; a handler may use it until its coroutine returns.
// Threads:    confined to the loop. At most one of the awaitables is under way.
// Errors:     kUnavailable when the client has gone, kDeadlineExceeded when it reads too slowly;
//             both also call on_disconnect, and every later write fails too.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>

#include "base/result.h"
#include "net/http_message.h"

namespace hearth::net {

namespace asio = boost::asio;

class HttpExchange {
 public:
  virtual ~HttpExchange() = default;

  virtual const HttpRequest& request() const = 0;
  // REQUIRES: not answered().
  virtual void add_header(std::string name, std::string value) = 0;

  virtual asio::awaitable<Result<void>> respond(int status, std::string content_type,
                                                std::string body) = 0;

  virtual asio::awaitable<Result<void>> begin_stream(int status, std::string content_type) = 0;
  // One piece, delivered when this returns: a slow reader holds the writer back, so no more than
  // one piece waits in memory. `chunk` must live until then; an empty one writes nothing.
  virtual asio::awaitable<Result<void>> write(std::string_view chunk) = 0;
  virtual asio::awaitable<Result<void>> end_stream() = 0;

  // The head of an answer has been handed to the socket.
  virtual bool answered() const = 0;
  virtual int status() const = 0;  // of the answer; 0 before
  // The client has gone: nobody reads what is still written.
  virtual bool disconnected() const = 0;

  // Called at most once, on the loop and never from inside a call, as soon as the client goes
  // away while the handler still runs. Limit: a client that has sent more than 64 KiB beyond this
  // request is only noticed by a write.
  virtual void on_disconnect(std::function<void()> callback) = 0;
};

using HttpHandler = std::function<asio::awaitable<void>(HttpExchange&)>;

// Shapes what is said to a request that no handler sees: malformed, too large, too slow.
using RefusalShaper = std::function<RefusalReply(const Refusal&)>;

}  // namespace hearth::net
