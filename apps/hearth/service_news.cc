#include "service_news.h"

#include "base/log.h"

namespace hearth {

void ServiceNews::ready(const std::string& status) {
  tell("READY=1\nSTATUS=" + status);
  feed_watchdog();
}

void ServiceNews::stopping(const std::string& status) {
  tell("STOPPING=1\nSTATUS=" + status);
}

void ServiceNews::tell(const std::string& news) {
  const auto told = manager_.tell(news);
  if (!told) log::warning("the service manager hears nothing", {{"reason", told.error().message}});
}

void ServiceNews::feed_watchdog() {
  const auto interval = manager_.watch_interval();
  if (!interval) return;
  tell("WATCHDOG=1");
  timer_.expires_after(*interval);
  timer_.async_wait([this](boost::system::error_code error) {
    if (!error) feed_watchdog();
  });
}

}  // namespace hearth
