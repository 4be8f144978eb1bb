// One generation as the daemon sees it: events arrive from a runner, a reader pulls them.
//
// Threads:    confined to the loop.
// Ownership:  shared by the stream in the reader's hands and the runner that answers; whichever
//             is left alone drops it.
// Invariants: handlers are posted to the loop and never called from inside next() or deliver();
//             after abandon() none is called.
#pragma once

#include <deque>
#include <functional>
#include <memory>

#include <boost/asio/io_context.hpp>

#include "chat/event_stream.h"

namespace hearth::fleet {

class Call : public std::enable_shared_from_this<Call> {
 public:
  explicit Call(boost::asio::io_context& loop) : loop_(loop) {}

  // The runner's side.
  void deliver(chat::Event event);
  bool abandoned() const { return abandoned_; }
  bool begun() const { return begun_; }  // an event of the engine's own has come
  // Who hears that the reader took events, and that it went away.
  void connect(std::function<void(std::uint32_t)> on_taken, std::function<void()> on_abandoned);

  // The reader's side.
  void next(chat::EventStream::Handler handler);
  void abandon();

 private:
  void pump();
  void hand_over();

  boost::asio::io_context& loop_;
  std::deque<chat::Event> events_;
  chat::EventStream::Handler handler_;
  std::function<void(std::uint32_t)> on_taken_;
  std::function<void()> on_abandoned_;
  std::uint32_t taken_ = 0;
  bool posted_ = false;
  bool begun_ = false;
  bool ended_ = false;
  bool abandoned_ = false;
};

// The stream that a reader owns; its end abandons the call.
class CallStream final : public chat::EventStream {
 public:
  explicit CallStream(std::shared_ptr<Call> call) : call_(std::move(call)) {}
  ~CallStream() override { call_->abandon(); }
  CallStream(const CallStream&) = delete;
  CallStream& operator=(const CallStream&) = delete;
  void next(Handler handler) override { call_->next(std::move(handler)); }

 private:
  std::shared_ptr<Call> call_;
};

}  // namespace hearth::fleet
