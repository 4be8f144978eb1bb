#include "fleet/runner.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <sys/socket.h>

#include "base/log.h"
#include "wire/socket.h"

namespace hearth::fleet {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr int kSocketInRunner = 3;
constexpr auto kStopGrace = std::chrono::seconds(5);
constexpr auto kRetireGrace = std::chrono::seconds(30);
constexpr std::size_t kReadBytes = 64 * 1024;

Result<std::pair<Fd, Fd>> make_socketpair() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    return fail(base::errno_error(errno, "cannot make a socket pair"));
  }
  return std::pair(Fd(ends[0]), Fd(ends[1]));
}

process::SpawnOptions spawn_options(const Runner::Options& options, int socket) {
  process::SpawnOptions spawn;
  spawn.program = options.executable;
  spawn.arguments = {"--socket", std::to_string(kSocketInRunner), "--log-level", options.log_level};
  if (!options.load.cache_folder.empty()) {
    spawn.arguments.insert(spawn.arguments.end(), {"--cache-folder", options.load.cache_folder});
  }
  for (const std::string& part : options.parts)
    spawn.arguments.insert(spawn.arguments.end(), {"--model-part", part});
  spawn.environment = {"LC_ALL=C.UTF-8", "GGML_NO_BACKTRACE=1"};
  spawn.descriptors = {{socket, kSocketInRunner}};
  spawn.out = process::SpawnOptions::Output::kDiscard;
  spawn.err = process::SpawnOptions::Output::kPipe;
  return spawn;
}

Error unloaded() {
  return make_error(Code::kUnavailable, "the model was unloaded before the answer was whole");
}

Error out_of_order(const std::string& what) {
  return make_error(Code::kCorrupt, what + " at a time when there is none");
}

}  // namespace

Result<std::shared_ptr<Runner>> Runner::start(asio::io_context& loop, Options options,
                                              Observer observer) {
  auto [ours, theirs] = HEARTH_TRY(make_socketpair());
  auto child = HEARTH_TRY(process::Child::spawn(spawn_options(options, theirs.get())));
  std::shared_ptr<Runner> runner(
      new Runner(loop, std::move(child), std::move(ours), std::move(options), std::move(observer)));
  HEARTH_TRY(runner->open_streams());
  HEARTH_TRY(runner->send_load());
  runner->watch();
  return runner;
}

Runner::Runner(asio::io_context& loop, process::Child child, Fd socket, Options options,
               Observer observer)
    : loop_(loop),
      child_(std::move(child)),
      options_(std::move(options)),
      observer_(std::move(observer)),
      socket_(loop, socket.release()),
      log_(loop),
      ended_(loop),
      grace_(loop),
      log_lines_(options_.load.model, child_.pid()) {}

Result<void> Runner::open_streams() {
  log_.assign(HEARTH_TRY(child_.take_stderr()).release());
  ended_.assign(HEARTH_TRY(base::duplicate(child_.pidfd())).release());
  return {};
}

// Greets and loads at once: the runner reads both when it is ready to, and the open files travel
// with the first byte of the load.
Result<void> Runner::send_load() {
  wire::Hello hello;
  hello.daemon_version = HEARTH_VERSION;
  const int socket = socket_.native_handle();
  const std::string greeting = HEARTH_TRY(wire::encode(0, hello));
  const std::string load = HEARTH_TRY(wire::encode(0, options_.load));
  HEARTH_TRY(wire::send_all(socket, greeting));
  std::vector<int> files{options_.model_file.get()};
  for (const Fd& adapter : options_.adapters)
    files.push_back(adapter.get());
  HEARTH_TRY(wire::send_all(socket, load, files));
  options_.model_file.reset();
  options_.adapters.clear();
  return {};
}

void Runner::watch() {
  read_messages();
  read_log();
  ended_.async_wait(asio::posix::stream_descriptor::wait_read,
                    [self = shared_from_this()](error_code error) {
                      if (error) return;
                      self->process_over_ = true;
                      self->end_if_over();
                    });
}

void Runner::read_messages() {
  read_buffer_.resize(kReadBytes);
  socket_.async_read_some(asio::buffer(read_buffer_),
                          [self = shared_from_this()](error_code error, std::size_t count) {
                            const std::string_view bytes(self->read_buffer_.data(), count);
                            if (error || !self->take(bytes)) return self->on_socket_end();
                            self->read_messages();
                          });
}

// Without its socket a runner is of no use, whether it is dead already or not.
void Runner::on_socket_end() {
  socket_over_ = true;
  if (!process_over_ && state_ != State::kStopping) {
    [[maybe_unused]] const auto killed = child_.signal(SIGKILL);
  }
  end_if_over();
}

bool Runner::take(std::string_view bytes) {
  reader_.feed(bytes);
  while (true) {
    auto frame = reader_.next();
    if (!frame) {
      break_off(frame.error());
      return false;
    }
    if (!*frame) return true;
    const std::uint32_t request = (**frame).request;
    auto message = wire::decode(**frame);
    if (!message) {
      break_off(message.error());
      return false;
    }
    handle(request, std::move(*message));
    if (broken_) return false;
  }
}

// A runner that does not keep to the protocol is of no more use.
void Runner::break_off(const Error& why) {
  broken_ = true;
  log::error("a runner broke the protocol and is ended",
             {{"model", options_.load.model}, {"pid", pid()}, {"error", why.to_string()}});
  [[maybe_unused]] const auto killed = child_.signal(SIGKILL);
}

void Runner::handle(std::uint32_t request, wire::Message message) {
  if (auto* greeting = std::get_if<wire::HelloReply>(&message)) {
    handle_greeting(std::move(*greeting));
  } else if (const auto* refused = std::get_if<wire::Refused>(&message)) {
    handle_refusal(request, refused->error);
  } else if (const auto* progress = std::get_if<wire::LoadProgress>(&message)) {
    if (!greeted_ || has_loaded_) return break_off(out_of_order("LoadProgress"));
    report_load(progress->fraction);
  } else if (auto* loaded = std::get_if<wire::Loaded>(&message)) {
    handle_loaded(std::move(*loaded));
  } else if (!has_loaded_) {
    break_off(out_of_order("an answer"));
  } else if (auto* said = std::get_if<wire::Said>(&message)) {
    handle_event(request, std::move(said->event));
  } else if (auto* tokens = std::get_if<wire::TokensReply>(&message)) {
    answer<chat::Tokens>(request, std::move(tokens->tokens));
  } else if (auto* embeddings = std::get_if<wire::EmbeddingsReply>(&message)) {
    answer<chat::Embeddings>(request, std::move(embeddings->embeddings));
  } else if (const auto* stats = std::get_if<wire::Stats>(&message)) {
    answer<wire::Stats>(request, *stats);
  } else if (const auto* wanted = std::get_if<wire::LeaseWanted>(&message)) {
    handle_lease(*wanted);
  } else if (const auto* returned = std::get_if<wire::LeaseReturned>(&message)) {
    handle_lease(*returned);
  } else {
    break_off(make_error(Code::kCorrupt, "that message is not a runner's to send"));
  }
}

void Runner::handle_greeting(wire::HelloReply greeting) {
  if (greeted_) return break_off(out_of_order("HelloReply"));
  greeted_ = true;
  greeting_ = std::move(greeting);
  if (greeting_.protocol == wire::kProtocolVersion) return;
  load_error_ =
      make_error(Code::kUnavailable, "the runner " + options_.executable + " speaks protocol " +
                                         std::to_string(greeting_.protocol) + " and this daemon " +
                                         std::to_string(wire::kProtocolVersion) +
                                         "; install both from the same release");
  break_off(*load_error_);
}

void Runner::handle_loaded(wire::Loaded loaded) {
  if (!greeted_ || has_loaded_) return break_off(out_of_order("Loaded"));
  has_loaded_ = true;
  loaded_ = std::move(loaded);
  if (state_ == State::kLoading) state_ = State::kReady;
  observer_.on_ready();
}

void Runner::handle_refusal(std::uint32_t request, const Error& error) {
  if (request == 0) {
    if (has_loaded_) return break_off(error);
    load_error_ = error;
    return;
  }
  if (auto pending = leave(request)) fail_pending(*pending, error);
}

void Runner::handle_event(std::uint32_t request, chat::Event event) {
  if (request > last_request_ && !numbers_wrapped_) return break_off(out_of_order("an event"));
  const auto found = pending_.find(request);
  if (found == pending_.end()) return;  // cancelled: what was still under way
  auto* held = std::get_if<std::shared_ptr<Call>>(&found->second);
  if (held == nullptr) {
    break_off(make_error(Code::kCorrupt, "an event for a request that is no generation"));
    return;
  }
  const std::shared_ptr<Call> call = *held;
  if (chat::ends_stream(event)) leave(request);
  const auto received = call->receive(std::move(event));
  if (!received) break_off(received.error());
}

void Runner::report_load(float fraction) {
  constexpr std::uint32_t kWhole = 100;
  if (!(fraction >= 0.0F)) fraction = 0.0F;  // no number at all, too
  const auto done = static_cast<std::uint32_t>(std::min(fraction, 1.0F) * kWhole);
  load_percent_ = done;
  for (auto& [request, pending] : pending_) {
    auto* call = std::get_if<std::shared_ptr<Call>>(&pending);
    if (call != nullptr) {
      (*call)->deliver(chat::Progress{chat::Progress::Phase::kLoad, done, kWhole});
    }
  }
}

template <typename T>
void Runner::answer(std::uint32_t request, Result<T> result) {
  const auto found = pending_.find(request);
  if (found == pending_.end()) return;
  auto* callback = std::get_if<Callback<T>>(&found->second);
  if (callback == nullptr) {
    break_off(make_error(Code::kCorrupt, "a reply of the wrong kind"));
    return;
  }
  const Callback<T> done = std::move(*callback);
  leave(request);
  done(std::move(result));
}

void Runner::fail_pending(Pending& pending, const Error& error) {
  if (auto* call = std::get_if<std::shared_ptr<Call>>(&pending)) {
    (*call)->deliver(chat::Failed{error});
  } else if (auto* tokens = std::get_if<Callback<chat::Tokens>>(&pending)) {
    (*tokens)(fail(error));
  } else if (auto* embeddings = std::get_if<Callback<chat::Embeddings>>(&pending)) {
    (*embeddings)(fail(error));
  } else if (auto* stats = std::get_if<Callback<wire::Stats>>(&pending)) {
    (*stats)(fail(error));
  }
}

std::optional<std::uint32_t> Runner::enter(Pending pending) {
  std::optional<Error> refusal;
  if (state_ == State::kEnded || state_ == State::kStopping) {
    refusal = make_error(Code::kUnavailable, "the model is being unloaded; try again");
  } else if (pending_.size() >= kRequestsMax || outbox_.size() - outbox_sent_ >= kOutboxBytesMax) {
    refusal = make_error(Code::kResourceExhausted, "too many requests for this model; try again");
  }
  if (refusal) {
    // Its caller is not called back from inside the call.
    asio::post(loop_, [self = shared_from_this(), pending = std::move(pending),
                       error = *refusal]() mutable { self->fail_pending(pending, error); });
    return std::nullopt;
  }
  do {
    numbers_wrapped_ = ++last_request_ == 0 || numbers_wrapped_;
  } while (last_request_ == 0 || pending_.contains(last_request_));
  if (is_work(pending)) ++working_;
  pending_.emplace(last_request_, std::move(pending));
  return last_request_;
}

bool Runner::is_work(const Pending& pending) {
  return !std::holds_alternative<Callback<wire::Stats>>(pending);
}

// Whoever waited under that number is answered now, or has gone.
std::optional<Runner::Pending> Runner::leave(std::uint32_t request) {
  const auto found = pending_.find(request);
  if (found == pending_.end()) return std::nullopt;
  std::optional<Pending> pending(std::move(found->second));
  pending_.erase(found);
  if (is_work(*pending)) --working_;
  if (retiring_ && pending_.empty()) stop();
  const bool idle = working_ == 0 && state_ == State::kReady;
  if (idle && is_work(*pending))
    asio::post(loop_, [self = shared_from_this()] { self->observer_.on_idle(); });
  return pending;
}

void Runner::generate(std::shared_ptr<Call> call, chat::Request request) {
  if (call->over()) return;
  const auto id = enter(call);
  if (!id) return;
  const std::weak_ptr<Runner> weak = weak_from_this();
  call->connect(
      [weak, id](std::uint32_t events) {
        if (const auto self = weak.lock()) self->send(*id, wire::Credit{events});
      },
      [weak, id] {
        if (const auto self = weak.lock()) self->cancel(*id);
      });
  send(*id, wire::Generate{std::move(request)});
}

CallOff Runner::tokenize(chat::TokenizeRequest request, Callback<chat::Tokens> done) {
  const auto id = enter(std::move(done));
  if (id) send(*id, wire::Tokenize{std::move(request)});
  return call_off(id);
}

CallOff Runner::embed(chat::EmbedRequest request, Callback<chat::Embeddings> done) {
  const auto id = enter(std::move(done));
  if (id) send(*id, wire::Embed{std::move(request)});
  return call_off(id);
}

CallOff Runner::call_off(std::optional<std::uint32_t> request) {
  return [weak = weak_from_this(), request] {
    const auto self = weak.lock();
    if (self && request) self->cancel(*request);
  };
}

// Whoever asked waits no more.
void Runner::cancel(std::uint32_t request) {
  if (!pending_.contains(request)) return;
  send(request, wire::Cancel{});
  leave(request);
}

void Runner::query_stats(Callback<wire::Stats> done) {
  if (const auto id = enter(std::move(done))) send(*id, wire::StatsQuery{});
}

void Runner::stop() {
  if (state_ == State::kStopping || state_ == State::kEnded) return;
  const bool loading = state_ == State::kLoading;
  state_ = State::kStopping;
  asio::post(loop_, [self = shared_from_this()] { self->fail_everything(unloaded()); });
  if (loading) {  // it does not read while it loads
    [[maybe_unused]] const auto killed = child_.signal(SIGKILL);
    return;
  }
  send(0, wire::Shutdown{});
  grace_.expires_after(kStopGrace);
  grace_.async_wait([self = shared_from_this()](error_code error) {
    if (error) return;
    [[maybe_unused]] const auto killed = self->child_.signal(SIGKILL);
  });
}

bool Runner::should_get_on() const {
  return std::any_of(pending_.begin(), pending_.end(), [](const auto& entry) {
    const auto* call = std::get_if<std::shared_ptr<Call>>(&entry.second);
    return call != nullptr ? !(*call)->holds_back() : is_work(entry.second);
  });
}

void Runner::end_hung(base::Duration idle) {
  log::error("a runner does not get on and is ended",
             {{"model", options_.load.model},
              {"pid", pid()},
              {"seconds", std::chrono::duration_cast<std::chrono::seconds>(idle).count()}});
  [[maybe_unused]] const auto killed = child_.signal(SIGKILL);
}

void Runner::retire() {
  retiring_ = true;
  if (pending_.empty()) return stop();
  grace_.expires_after(kRetireGrace);
  grace_.async_wait([self = shared_from_this()](error_code error) {
    if (!error) self->stop();
  });
}

void Runner::send(std::uint32_t request, wire::Message message) {
  if (state_ == State::kEnded) return;
  const auto bytes = wire::encode(request, std::move(message));
  if (!bytes) return refuse_unsent(request, bytes.error());
  outbox_ += *bytes;
  flush();
}

// Posted, because callbacks never come from inside the call that asked.
void Runner::refuse_unsent(std::uint32_t request, const Error& error) {
  asio::post(loop_, [self = shared_from_this(), request, error] {
    if (auto pending = self->leave(request)) self->fail_pending(*pending, error);
  });
}

void Runner::flush() {
  if (flushing_) return;
  while (outbox_sent_ < outbox_.size()) {
    const auto rest = std::string_view(outbox_).substr(outbox_sent_);
    const auto sent = wire::try_send(socket_.native_handle(), rest);
    if (!sent) return;  // its death is noticed by the pidfd
    if (*sent == 0) break;
    outbox_sent_ += *sent;
  }
  // Moving the rest is worth it only when it is the smaller part.
  if (outbox_sent_ * 2 >= outbox_.size()) outbox_.erase(0, std::exchange(outbox_sent_, 0));
  if (outbox_.empty()) return;
  flushing_ = true;
  socket_.async_wait(asio::posix::stream_descriptor::wait_write,
                     [self = shared_from_this()](error_code error) {
                       self->flushing_ = false;
                       if (!error) self->flush();
                     });
}

// What a runner prints.
void Runner::read_log() {
  if (!log_.is_open()) return;
  log_buffer_.resize(kRunnerLineBytesMax);
  log_.async_read_some(asio::buffer(log_buffer_),
                       [self = shared_from_this()](error_code error, std::size_t count) {
                         if (error) return;
                         self->log_lines_.add(std::string_view(self->log_buffer_).substr(0, count));
                         self->read_log();
                       });
}

// The end is when the process is gone and everything it wrote before was read.
void Runner::end_if_over() {
  if (!socket_over_ || !process_over_ || state_ == State::kEnded) return;
  const bool expected = state_ == State::kStopping || load_error_;
  tries_again_ = state_ != State::kStopping && load_error_ && observer_.on_refused(*load_error_);
  const auto status = child_.poll_exit();
  const std::string how = status ? status->to_string() : "ended";
  state_ = State::kEnded;
  grace_.cancel();
  error_code error;
  socket_.close(error);
  ended_.close(error);
  if (expected) {
    log::info("runner ended", {{"model", options_.load.model}, {"pid", pid()}, {"how", how}});
  } else {
    crashed_ = true;
    log::error("runner crashed", {{"model", options_.load.model}, {"pid", pid()}, {"how", how}});
  }
  Error reason = make_error(Code::kEngineCrashed, "the engine of '" + options_.load.model +
                                                      "' ended unexpectedly (" + how +
                                                      "); the next request starts it again");
  if (load_error_) {
    reason = *load_error_;
  } else if (expected) {
    reason = unloaded();
  }
  fail_everything(reason);
  observer_.on_end();
}

void Runner::fail_everything(const Error& why) {
  auto pending = std::exchange(pending_, {});
  working_ = 0;
  for (auto& [request, one] : pending) {
    const auto* call = std::get_if<std::shared_ptr<Call>>(&one);
    if (call != nullptr && crashed_ && (*call)->replay()) continue;
    if (call != nullptr && tries_again_ && (*call)->start_over()) continue;
    fail_pending(one, why);
  }
}

}  // namespace hearth::fleet
