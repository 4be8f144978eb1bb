#include "engine/session.h"

#include <chrono>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <unistd.h>

#include "base/log.h"
#include "base/mutex.h"
#include "engine/engine.h"
#include "engine/leased_permit.h"
#include "engine/llama_log.h"
#include "engine/model.h"
#include "process/memory.h"
#include "wire/messages.h"
#include "wire/socket.h"

namespace hearth::engine {

namespace {

constexpr int kExitDone = 0;
constexpr int kExitBroken = 1;

class Session {
 public:
  Session(Fd socket, SessionOptions options)
      : socket_(std::move(socket)), options_(std::move(options)) {}

  int serve() {
    while (true) {
      auto received = wire::receive(socket_.get());
      if (!received) return kExitBroken;
      if (received->bytes.empty()) return kExitDone;  // the daemon is gone
      if (!take_files(received->files)) {
        return refuse(make_error(Code::kInvalidArgument, "more open files than a load has"));
      }
      reader_.feed(received->bytes);
      while (true) {
        auto frame = reader_.next();
        if (!frame) return refuse(frame.error());
        if (!*frame) break;
        auto message = wire::decode(**frame);
        if (!message) return refuse(message.error());
        const auto status = handle((**frame).request, std::move(*message));
        if (status) return *status;
      }
    }
  }

 private:
  // The model's and those of its adapters, once, before it is loaded.
  bool take_files(std::vector<Fd>& files) {
    if (files.empty()) return true;
    if (files.size() > 1 + wire::kAdaptersMax || !files_.empty() || engine_) return false;
    files_ = std::move(files);
    return true;
  }

  int refuse(const Error& error) {
    log::error("the daemon broke the protocol", {{"error", error.to_string()}});
    send(0, wire::Refused{error});
    return kExitBroken;
  }

  // An exit status when the session ends with this message.
  std::optional<int> handle(std::uint32_t request, wire::Message message) {
    if (const auto* hello = std::get_if<wire::Hello>(&message)) return greet(*hello);
    if (const auto* load = std::get_if<wire::Load>(&message)) return load_model(*load);
    if (std::holds_alternative<wire::Shutdown>(message)) return kExitDone;
    if (!engine_) return refuse(make_error(Code::kInvalidArgument, "no model is loaded"));
    if (auto* generate = std::get_if<wire::Generate>(&message)) {
      engine_->submit(request, std::move(generate->request));
    } else if (auto* tokenize = std::get_if<wire::Tokenize>(&message)) {
      engine_->tokenize(request, tokenize->request);
    } else if (auto* embed = std::get_if<wire::Embed>(&message)) {
      engine_->embed(request, std::move(embed->request));
    } else if (std::holds_alternative<wire::Cancel>(message)) {
      engine_->cancel(request);
    } else if (const auto* credit = std::get_if<wire::Credit>(&message)) {
      engine_->credit(request, credit->events);
    } else if (const auto* threads = std::get_if<wire::Threads>(&message)) {
      thread_wish_.say(threads->count);
    } else if (std::holds_alternative<wire::StatsQuery>(message)) {
      wire::Stats stats = engine_->stats();
      stats.resident_bytes = resident_bytes();
      send(request, stats);
    } else if (const auto* granted = std::get_if<wire::LeaseGranted>(&message)) {
      return take_lease(*granted);
    } else if (std::holds_alternative<wire::LeaseWantedBack>(message) && permit_) {
      permit_->wanted_back();
    } else {
      return refuse(make_error(Code::kCorrupt, "that message is not the daemon's to send"));
    }
    return std::nullopt;
  }

  std::optional<int> take_lease(const wire::LeaseGranted& lease) {
    if (!permit_ || !permit_->granted(std::chrono::milliseconds(lease.slice_ms)))
      return refuse(make_error(Code::kInvalidArgument, "a lease that nobody asked for"));
    engine_->look_again();
    return std::nullopt;
  }

  std::optional<int> greet(const wire::Hello& hello) {
    if (std::exchange(greeted_, true)) {
      return refuse(make_error(Code::kInvalidArgument, "a hello comes once"));
    }
    wire::HelloReply reply;
    reply.runner_version = HEARTH_VERSION;
    reply.llama_version = llama_version();
    reply.cpu_features = llama_print_system_info();
    reply.sandbox = options_.sandbox;
    send(0, reply);
    if (hello.protocol == wire::kProtocolVersion) return std::nullopt;
    return refuse(make_error(Code::kInvalidArgument, "this runner speaks protocol " +
                                                         std::to_string(wire::kProtocolVersion) +
                                                         ", the daemon " +
                                                         std::to_string(hello.protocol)));
  }

  std::optional<int> load_model(const wire::Load& load) {
    if (!greeted_ || engine_ || files_.size() != 1U + load.adapters) {
      return refuse(make_error(Code::kInvalidArgument,
                               "a load comes once, after the hello, with the open model file and "
                               "those of its adapters"));
    }
    auto engine = make_engine(load);
    if (!engine) {
      send(0, wire::Refused{engine.error()});
      return kExitDone;
    }
    engine_ = std::move(*engine);
    send(0, engine_->describe());
    return std::nullopt;
  }

  Result<std::unique_ptr<Engine>> make_engine(const wire::Load& load) {
    int percent = -1;
    const auto progress = [&](float fraction) {
      const int now = static_cast<int>(fraction * 100);
      if (now == percent) return;
      percent = now;
      send(0, wire::LoadProgress{fraction});
    };
    auto model = HEARTH_TRY(
        Model::load({std::move(files_), options_.model_parts}, {load.gpu_layers}, progress));
    EngineOptions options;
    options.context = load.context;
    options.kv_tokens = load.kv_tokens;
    options.threads = load.threads;
    options.sequences_max = load.sequences_max;
    options.prefix_memory_bytes = load.prefix_memory_bytes;
    options.prefix_file_bytes = load.prefix_file_bytes;
    options.cache_folder = options_.cache_folder;
    options.pace = {static_cast<double>(load.gap_ms), load.strict_gap};
    options.gpu_layers = load.gpu_layers;
    options.trace = load.trace;
    options.chat_template = load.chat_template;
    options.thread_wish = &thread_wish_;
    if (load.leased) {
      permit_.emplace([this](wire::Message message) { send(0, std::move(message)); });
      options.permit = &*permit_;
    }
    return Engine::create(std::move(model), options,
                          [this](std::uint32_t request, wire::Message message) {
                            send(request, std::move(message));
                          });
  }

  void send(std::uint32_t request, wire::Message message) {
    auto bytes = wire::encode(request, std::move(message));
    // An answer too large to be sent becomes a refusal, which never is.
    if (!bytes) bytes = wire::encode(request, wire::Refused{bytes.error()});
    HEARTH_ASSERT(bytes.has_value());
    const base::Lock lock(write_mutex_);
    // When the daemon is gone, the reading thread notices and ends the process.
    [[maybe_unused]] const auto sent = wire::send_all(socket_.get(), *bytes);
  }

  std::uint64_t resident_bytes() const {
    char text[128];
    const ssize_t count = ::pread(options_.memory_file.get(), text, sizeof text, 0);
    return count <= 0 ? 0 : process::parse_resident_bytes({text, static_cast<std::size_t>(count)});
  }

  Fd socket_;
  SessionOptions options_;
  wire::FrameReader reader_;
  std::vector<Fd> files_;  // of the model and its adapters, between their arrival and the load
  bool greeted_ = false;
  ThreadWish thread_wish_;
  base::Mutex write_mutex_;
  std::optional<LeasedPermit> permit_;
  std::unique_ptr<Engine> engine_;  // last: its thread sends until it is gone
};

}  // namespace

int serve(Fd socket, SessionOptions options) {
  forward_llama_log();
  llama_backend_init();
  return Session(std::move(socket), std::move(options)).serve();
}

}  // namespace hearth::engine
