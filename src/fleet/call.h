// One generation as the daemon sees it: events arrive from a runner, a reader pulls them.
//
// Threads:    confined to the loop.
// Ownership:  shared by the stream in the reader's hands and the runner that answers; whichever
//             is left alone drops it.
// Invariants: handlers are posted to the loop and never called from inside next() or deliver();
//             after abandon() none is called.
// Limits:     a runner's events are counted against the credit it was given, their content
//             against kUnreadBytesMax: no runner can fill the daemon's memory through a slow
//             reader.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/clock.h"
#include "base/result.h"
#include "chat/event_stream.h"

namespace hearth::fleet {

// Text and logprobs that a runner may have sent ahead of the reader: 16 KiB for each event of its
// credit is several times what the longest token of any vocabulary and twenty beside it need.
inline constexpr std::size_t kUnreadBytesMax = 4 * 1024 * 1024;

class Call : public std::enable_shared_from_this<Call> {
 public:
  explicit Call(boost::asio::io_context& loop) : loop_(loop) {}

  // The runner's side.
  // An event of the daemon's own; progress of a load takes the place of the one before it.
  void deliver(chat::Event event);
  // An event that a runner sent. kCorrupt when it sends more than it has credit for.
  Result<void> receive(chat::Event event);
  // Ends it in kDeadlineExceeded and cancels its work when that time has passed.
  void end_within(base::Duration time);
  std::uint32_t remaining_ms() const;  // at least 1; 0 when there is no deadline
  // Nobody waits for an answer any more.
  bool over() const { return abandoned_ || ended_; }
  // What has to be done so that a request of which nothing is known yet is answered from the
  // beginning. Once: it may be what the runner crashes of.
  void set_replay(std::function<void()> replay) { replay_ = std::move(replay); }
  // What it is asked with: kept until something of the answer is known, or nobody waits for one.
  void keep(std::shared_ptr<const void> asked) { kept_ = std::move(asked); }
  // Its runner is gone. False when something of the answer was given out, or it was tried before.
  bool replay();
  // The same where no runner has seen the request: as often as it takes.
  bool start_over();
  // Its reader has taken so little that the runner may send nothing.
  bool holds_back() const { return credit_ <= 0; }
  // Who hears that the reader took events, and that it went away.
  void connect(std::function<void(std::uint32_t)> on_taken, std::function<void()> on_abandoned);

  // The reader's side.
  void next(chat::EventStream::Handler handler);
  void abandon();

 private:
  struct Unread {
    chat::Event event;
    std::uint32_t credit = 0;  // events of the runner that it stands for; 0 for the daemon's own
  };

  bool ask_again(std::function<void()> again);
  void add(Unread unread);
  // Whether it went into the last one that waits.
  bool join(chat::Event& event);
  void on_deadline();
  void pump();
  void hand_over();

  boost::asio::io_context& loop_;
  std::optional<boost::asio::steady_timer> deadline_;
  std::deque<Unread> events_;
  chat::EventStream::Handler handler_;
  std::function<void(std::uint32_t)> on_taken_;
  std::function<void()> on_abandoned_;
  std::function<void()> replay_;
  std::shared_ptr<const void> kept_;
  std::uint32_t taken_ = 0;  // by the reader since credit was last given back
  std::int64_t credit_ = 0;  // events the runner may still send
  std::size_t unread_bytes_ = 0;
  bool posted_ = false;
  bool started_ = false;   // the reader knows that
  bool answered_ = false;  // and has some of the answer, or will have
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
