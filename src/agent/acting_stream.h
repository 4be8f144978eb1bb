// An answer for which the daemon calls tools: a stream like that of a model, behind which a model
// is asked again and again, with what its calls have come to, until it answers in text, calls a
// tool of the client's own, or a limit ends it (turn.h).
//
// Calls of our own tools are in no event of the stream: CallNews tell of them, before a Progress
// that has whoever listens look. Calls of the client's are as the model made them, numbered from 0
// over all rounds; an answer that has both ends with them, and ours in it are not made. Text and
// thoughts of all rounds are in the stream, usage is the sum of them, and a limit that was reached
// is a Warning. Every round has the seed of the first, its limit of tokens and what is left of its
// deadline; a choice of a tool holds for the first.
//
// Ownership: owns the stream and the call under way; its end calls them off.
// Threads:   confined to the loop that Hands::post posts to.
// Errors:    those of the model asked; kInvalidArgument where the client has a tool of the same
//            name.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "agent/call_news.h"
#include "agent/open_tools.h"
#include "agent/turn.h"
#include "base/clock.h"
#include "chat/event_stream.h"
#include "chat/gathered_calls.h"
#include "chat/request.h"

namespace hearth::agent {

struct Hands {
  std::function<std::unique_ptr<chat::EventStream>(chat::Request request)> ask;
  std::function<void(CallNews news)> tell;
  std::function<void(std::function<void()> work)> post;
};

class ActingStream final : public chat::EventStream {
 public:
  ActingStream(chat::Request request, OpenTools tools, const Limits& limits, Hands hands);
  ~ActingStream() override;
  ActingStream(const ActingStream&) = delete;
  ActingStream& operator=(const ActingStream&) = delete;

  void next(Handler handler) override;

 private:
  // What comes when nothing waits to be said.
  enum class Task : std::uint8_t { kAsk, kListen, kRun };

  void check_names();
  void go_on();
  void ask();
  void hear(chat::Event event);
  void explain(Error& error) const;
  void hear_start(const chat::Started& started);
  void hear_text(chat::TextDelta delta);
  void hear_call(chat::ToolCallDelta delta);
  void hear_end(chat::Finished finished);
  void close_answer(const chat::Finished& finished);
  void tell_unmade(const chat::Finished& finished);
  void take_step();
  void run_step();
  void end_step(const tool::Outcome& outcome);
  // The last that is done after something has come: whoever waits may destroy this.
  void settle();
  void deliver();

  chat::Request request_;
  const OpenTools tools_;
  const Hands hands_;
  const base::TimePoint begin_ = base::system_clock().now();
  const std::uint32_t deadline_ms_;
  std::set<std::string, std::less<>> own_names_;
  Turn turn_;
  Task task_ = Task::kAsk;
  Handler handler_;
  std::deque<chat::Event> ready_;
  std::unique_ptr<chat::EventStream> model_;
  std::optional<chat::ToolCall> step_;  // kRun: the call to be made
  CallOff call_off_;

  // Of the answer under way.
  chat::Message said_;
  chat::GatheredCalls own_calls_;
  std::map<std::uint32_t, std::optional<std::uint32_t>> places_;  // of client's calls, ours none

  // Of all rounds.
  std::uint32_t answers_ = 0;
  std::uint32_t client_calls_ = 0;
  chat::Usage usage_;
  bool needs_space_ = false;  // before more text
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace hearth::agent
