// A request of any dialect is answered: events of the provider come out as one body or as a
// stream, in the words of the dialect's AnswerWriter. An error before the first byte is an HTTP
// error; later it is the last thing of the stream. A client that leaves ends the work.
//
// Ownership: borrows the provider and the registry.
// Threads:   confined to the loop.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "agent/acting_stream.h"
#include "agent/open_tools.h"
#include "agent/wish.h"
#include "api/core/answer_writer.h"
#include "api/core/event_reader.h"
#include "api/core/router.h"
#include "base/callback.h"
#include "base/clock.h"
#include "metrics/registry.h"
#include "provider/provider.h"

namespace hearth::api {

// A client hears from us at least this often once its stream is open; a stream that has nothing
// to say for so long is opened, so that proxies wait for a slow load.
inline constexpr base::Duration kPingInterval = std::chrono::seconds(15);

// A text, or tokens in its place.
struct RawPrompt {
  std::string text;
  std::vector<std::int32_t> tokens = {};
};

struct AnswerJob {
  enum class Form { kWhole, kStream };
  chat::Request request;
  std::uint32_t choices = 1;  // so many answers, the seed of each one above the last
  Form form = Form::kWhole;
  // Each is answered so, in place of the request's own; the choices of the first one come first.
  std::vector<RawPrompt> prompts = {};
  // Tools of this machine, that are called for the model. Of one conversation and one choice.
  std::optional<agent::Wish> own_tools = {};
};

// Sets tools up. kInvalidArgument for those that are not there, or a workspace that is none.
using ToolOpener = std::function<CallOff(agent::Wish wish, Callback<agent::OpenTools> done)>;

struct AnswerMetrics {
  explicit AnswerMetrics(metrics::Registry& registry);
  metrics::Histogram& first_token_seconds;
  metrics::Gauge& streams_open;
  metrics::Counter& disconnects;
  metrics::Counter& prompt_tokens;
  metrics::Counter& completion_tokens;
};

class Answers {
 public:
  struct Parts {
    provider::Provider& provider;
    metrics::Registry& registry;
    base::Duration ping_interval = kPingInterval;
    ToolOpener open_tools = {};  // without it there are no tools
  };
  explicit Answers(const Parts& parts);

  // What a request for this model is before a client has said anything.
  chat::Request blank(const std::string& model) const { return provider_.blank(model); }
  // Notes model and tokens in the call. The writer is borrowed until the answer has ended.
  asio::awaitable<void> give(Call& call, AnswerJob job, AnswerWriter& writer);

 private:
  using News = std::shared_ptr<std::deque<agent::CallNews>>;

  asio::awaitable<Result<agent::OpenTools>> open(Call& call, const AnswerJob& job);
  EventReader::Streams start(AnswerJob job);
  void start(chat::Request request, std::uint32_t choices, EventReader::Streams& streams);

  std::unique_ptr<chat::EventStream> act(AnswerJob job, agent::OpenTools tools, const News& news,
                                         asio::any_io_executor executor);

  provider::Provider& provider_;
  AnswerMetrics metrics_;
  base::Duration ping_interval_;
  const ToolOpener open_tools_;
};

}  // namespace hearth::api
