// What the service manager hears while the daemon runs. The watchdog is fed by the loop itself, so
// that one which hangs is ended.
//
// Ownership: borrows the loop.
// Threads:   confined to the loop.
#pragma once

#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "process/service_manager.h"

namespace hearth {

class ServiceNews {
 public:
  ServiceNews(boost::asio::io_context& loop, process::ServiceManager manager)
      : manager_(std::move(manager)), timer_(loop) {}

  // Requests are answered from here on, and the loop is about to run.
  void ready(const std::string& status);
  // What runs is finished, and nothing new is begun.
  void stopping(const std::string& status);
  // Before the loop is to end.
  void end() { timer_.cancel(); }

 private:
  void tell(const std::string& news);
  void feed_watchdog();

  process::ServiceManager manager_;
  boost::asio::steady_timer timer_;
};

}  // namespace hearth
