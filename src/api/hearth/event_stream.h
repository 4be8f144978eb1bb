// Server-sent events with ids by which who was away goes on where he stopped: he sends the last id
// that he has heard, as browsers do by themselves, or as ?after=.
//
// Threads: confined to the loop.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>

#include "api/core/router.h"
#include "base/result.h"
#include "net/signal.h"

namespace hearth::api {

struct NumberedEvent {
  std::uint64_t number = 0;
  std::string_view name;
  std::string data;  // JSON
};
std::string event_text(const NumberedEvent& event);

// Some are not kept any more: who counts on all of them has to look anew.
std::string missed_event(std::uint64_t last);

// Nothing where none is said.
Result<std::optional<std::uint64_t>> last_heard(const net::HttpRequest& request);

struct EventSource {
  std::function<std::string()> take;  // the events that are new; empty where none are
  std::function<bool()> has_more;
  std::function<bool()> ended;
};

// Until the source ends, the client goes, or nobody would let him in any more. `news` is notified
// when there is more, and at the end.
asio::awaitable<void> stream_events(Call& call, std::shared_ptr<net::Signal> news,
                                    EventSource source);

}  // namespace hearth::api
