// How a dialect says an answer: the bytes that go out for each thing that happens. It knows no
// sockets and no provider; whose turn it is decides Answers.
//
// Threads: confined to the loop.
#pragma once

#include <string>
#include <string_view>

#include "agent/call_news.h"
#include "api/core/errors.h"
#include "api/core/tally.h"
#include "base/error.h"

namespace hearth::api {

class AnswerWriter {
 public:
  virtual ~AnswerWriter() = default;

  // The whole of it at once; every choice has finished.
  virtual std::string whole(const Tally& tally) = 0;
  // An error before the first byte.
  virtual ErrorReply refusal(const Error& error) = 0;

  // A stream is begin, then any of delta and ping, and finish of each choice; or begin and so on
  // up to a failure. What is empty is not sent.
  virtual std::string_view stream_type() const { return "text/event-stream; charset=utf-8"; }
  virtual std::string begin(const Tally& tally) = 0;
  // REQUIRES: is_output.
  virtual std::string delta(const ChoiceEvent& event) = 0;
  // A call that the daemon makes for the answer, as soon as it begins and when it has ended. Where
  // a dialect has no words for it, the end of the answer tells.
  virtual std::string own_call(const agent::CallNews& /*news*/) { return {}; }
  // The tally knows how it ended, and whether it was the last.
  virtual std::string finish(std::size_t choice, const Tally& tally) = 0;
  virtual std::string failure(const Error& error) = 0;
  // Keeps proxies and clients from giving up while nothing is said.
  virtual std::string ping() = 0;
};

}  // namespace hearth::api
