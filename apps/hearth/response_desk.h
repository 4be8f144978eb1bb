// Responses that clients may come back to, in the daemon's database: opened, and made where it is a
// file, when the first one is kept or asked for.
//
// Ownership: borrows the loop. Its end waits for what is being written.
// Threads:   confined to the loop; the database is called on a thread of its own, in the order in
//            which it was asked.
// Errors:    what cannot be kept stands in the log; whoever asks for it later is told that it is
//            not there.
// Limits:    kUnwrittenBytesMax of what waits to be written; what is above that is not kept.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

#include "api/openai/response_shelf.h"
#include "db/database.h"
#include "key_desk.h"

namespace hearth {

inline constexpr std::size_t kUnwrittenBytesMax = 64UL * 1024 * 1024;

class ResponseDesk {
 public:
  // A place as db::open_database takes it.
  ResponseDesk(boost::asio::io_context& loop, std::string place)
      : loop_(loop), place_(std::move(place)) {}
  ~ResponseDesk() { worker_.join(); }
  ResponseDesk(const ResponseDesk&) = delete;
  ResponseDesk& operator=(const ResponseDesk&) = delete;

  api::openai::ResponseShelf face();

 private:
  using Kept = responses::KeptResponse;

  void keep(Kept response);
  // Asks the database, and tells on the loop.
  template <typename T, typename Ask>
  void ask(Ask ask, Callback<T> done);
  // Of the worker.
  Result<responses::ResponseStore*> store();

  boost::asio::io_context& loop_;
  const std::string place_;
  std::unique_ptr<db::Database> database_;         // of the worker
  std::optional<responses::ResponseStore> store_;  // likewise
  std::size_t unwritten_bytes_ = 0;
  Trouble forgetting_{"responses cannot be kept for clients that come back to them"};
  boost::asio::thread_pool worker_{1};
};

}  // namespace hearth
