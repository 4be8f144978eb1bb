// One hearth-runner process: started, spoken to, watched, ended. What it holds and why it was
// started is the fleet's business.
//
// Threads:    confined to the loop.
// Ownership:  shared; the fleet holds it while it lives, pending reads and writes while they run.
// Invariants: every request is answered exactly once, also when the process dies at any moment:
//             calls then end in engine_crashed, callbacks get an Error.
// Errors:     kCorrupt, kOutOfMemory … from a refused load reach every request that waits for it.
//             A runner that sends what the protocol does not let it send, in kind, order or number,
//             is killed: the daemon's memory never depends on what a runner does.
// Limits:     kRequestsMax requests at a time; kOutboxBytesMax waiting to be written.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/callback.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/result.h"
#include "chat/request.h"
#include "fleet/call.h"
#include "fleet/runner_log.h"
#include "process/child.h"
#include "wire/messages.h"

namespace hearth::fleet {

inline constexpr std::size_t kRequestsMax = 8192;
inline constexpr std::size_t kOutboxBytesMax = 256 * 1024 * 1024;

class Runner : public std::enable_shared_from_this<Runner> {
 public:
  enum class State : std::uint8_t { kLoading, kReady, kStopping, kEnded };
  using LeaseWord = std::variant<wire::LeaseWanted, wire::LeaseReturned>;

  struct Options {
    std::string executable;
    std::string log_level;
    wire::Load load;
    Fd model_file;
    std::vector<Fd> adapters;        // as many as the load says
    std::vector<std::string> parts;  // paths of all files of a divided model
  };
  // Called on the loop. on_idle: what it was asked is answered; to be asked what it counted is
  // nothing of that kind. on_refused: the model was not loaded; whether that will be tried again,
  // so that generations wait for it. on_end is the last; nothing of this process is left then.
  // on_lease: what it says of the lease of its cores; false where it may not say that now.
  struct Observer {
    std::function<void()> on_ready;
    std::function<void()> on_idle;
    std::function<bool(const Error& why)> on_refused;
    std::function<void()> on_end;
    std::function<bool(const LeaseWord& word)> on_lease = {};
  };

  static Result<std::shared_ptr<Runner>> start(boost::asio::io_context& loop, Options options,
                                               Observer observer);

  void generate(std::shared_ptr<Call> call, chat::Request request);
  CallOff tokenize(chat::TokenizeRequest request, Callback<chat::Tokens> done);
  CallOff embed(chat::EmbedRequest request, Callback<chat::Embeddings> done);
  void query_stats(Callback<wire::Stats> done);
  // With so many threads from its next step on.
  void compute_with(std::uint32_t threads) { send(0, wire::Threads{threads}); }
  // runner_lease.cc: what it is told of the lease of its cores.
  void grant_lease(base::Duration slice);
  void want_lease_back();
  // What still runs ends in kUnavailable at once. Asks it to end; after a grace it is killed.
  void stop();
  // It does not get on: it is ended, and its requests with it.
  void end_hung(base::Duration idle);
  // Takes no further request and ends when the last of those it has is answered, or after half a
  // minute: others wait for its place.
  void retire();

  State state() const { return state_; }
  bool takes_requests() const {
    return !retiring_ && (state_ == State::kLoading || state_ == State::kReady);
  }
  int pid() const { return child_.pid(); }
  // How far a load has come.
  std::uint32_t load_percent() const { return load_percent_; }
  // It has been asked something that it should be computing, and nobody holds it back.
  bool should_get_on() const;
  bool owes_an_answer() const { return !pending_.empty(); }
  const wire::Loaded& loaded() const { return loaded_; }
  const std::string& cache_folder() const { return options_.load.cache_folder; }
  const wire::HelloReply& greeting() const { return greeting_; }
  // Without who asks what it has counted.
  std::size_t requests_running() const { return working_; }
  // Why it did not load; nothing if it did, or has not yet.
  const std::optional<Error>& load_error() const { return load_error_; }
  // It ended, and nobody had asked it to.
  bool crashed() const { return crashed_; }

 private:
  using Pending = std::variant<std::shared_ptr<Call>, Callback<chat::Tokens>,
                               Callback<chat::Embeddings>, Callback<wire::Stats>>;

  Runner(boost::asio::io_context& loop, process::Child child, Fd socket, Options options,
         Observer observer);

  Result<void> open_streams();
  Result<void> send_load();
  void watch();
  void read_messages();
  void read_log();
  bool take(std::string_view bytes);
  void handle(std::uint32_t request, wire::Message message);
  void handle_greeting(wire::HelloReply greeting);
  void handle_loaded(wire::Loaded loaded);
  void handle_refusal(std::uint32_t request, const Error& error);
  void handle_event(std::uint32_t request, chat::Event event);
  void handle_lease(const LeaseWord& word);  // runner_lease.cc
  void report_load(float fraction);
  void break_off(const Error& why);
  void on_socket_end();
  void end_if_over();
  static bool is_work(const Pending& pending);
  std::optional<std::uint32_t> enter(Pending pending);
  std::optional<Pending> leave(std::uint32_t request);
  template <typename T>
  void answer(std::uint32_t request, Result<T> result);
  void fail_pending(Pending& pending, const Error& error);
  void fail_everything(const Error& why);
  void send(std::uint32_t request, wire::Message message);
  void cancel(std::uint32_t request);
  // Cancels it; does nothing where there is none.
  CallOff call_off(std::optional<std::uint32_t> request);
  void refuse_unsent(std::uint32_t request, const Error& error);
  void flush();

  boost::asio::io_context& loop_;
  process::Child child_;
  Options options_;
  Observer observer_;
  boost::asio::posix::stream_descriptor socket_;
  boost::asio::posix::stream_descriptor log_;
  boost::asio::posix::stream_descriptor ended_;
  boost::asio::steady_timer grace_;

  State state_ = State::kLoading;
  std::uint32_t load_percent_ = 0;
  wire::HelloReply greeting_;
  wire::Loaded loaded_;
  std::optional<Error> load_error_;
  wire::FrameReader reader_;
  std::string read_buffer_;
  std::string log_buffer_;
  RunnerLog log_lines_;
  std::string outbox_;
  std::size_t outbox_sent_ = 0;  // bytes of outbox_ that are gone
  bool flushing_ = false;
  bool greeted_ = false;
  bool has_loaded_ = false;
  bool broken_ = false;  // it broke the protocol: nothing it sends is looked at
  bool retiring_ = false;
  bool crashed_ = false;
  bool tries_again_ = false;  // whoever observes it, with another runner
  bool socket_over_ = false;
  bool process_over_ = false;
  std::uint32_t last_request_ = 0;
  bool numbers_wrapped_ = false;  // then every number may have been a request
  std::unordered_map<std::uint32_t, Pending> pending_;
  std::size_t working_ = 0;  // of these, those that make it compute
};

}  // namespace hearth::fleet
