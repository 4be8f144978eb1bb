#include "daemon.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <thread>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <unistd.h>

#include "base/log.h"
#include "base/log_tail.h"
#include "base/replacement.h"
#include "catalog.h"
#include "cli/settings_json.h"
#include "config/chat_template.h"
#include "config/database_place.h"
#include "config/runners.h"
#include "net/http_client.h"
#include "process/processors.h"
#include "task_tools.h"
#include "wire/messages.h"

namespace hearth {

namespace asio = boost::asio;
using config::Key;
using Mode = cli::ServeOptions::Mode;

namespace {

constexpr auto kDrainPatience = std::chrono::seconds(10);
constexpr auto kLastWords = std::chrono::seconds(2);
constexpr auto kIdleCheck = std::chrono::seconds(1);
constexpr auto kTakeoverPatience = std::chrono::seconds(20);  // drains, and its runners' grace
constexpr auto kTakeoverPoll = std::chrono::milliseconds(20);
constexpr int kAnswerMs = 2000;
constexpr std::size_t kOwnFiles = 512;  // runners, pulls, model files, logs

// Tells the next daemon that the one which holds the lock is private and gives way.
std::string private_mark(const config::Home& home) {
  return home.run_folder() + "/private";
}

bool somebody_answers(const config::Home& home) {
  net::HttpCall call;
  call.target = "/health/live";
  call.timeout_ms = kAnswerMs;
  const auto reply = net::HttpClient::over_unix(home.socket_path()).send(call);
  return reply || reply.error().code == Code::kDeadlineExceeded;
}

bool ask_to_end(const config::Home& home) {
  net::HttpCall call;
  call.method = "POST";
  call.target = "/hearth/v1/shutdown";
  call.timeout_ms = kAnswerMs;
  return net::HttpClient::over_unix(home.socket_path()).send(call).has_value();
}

// A private daemon gives way to `hearth serve`; any other keeps its home. One that holds the lock
// and answers nobody has not begun to listen or is ending: it is waited for, for a while.
Result<base::FileLock> take_home(const cli::ServeOptions& options) {
  auto lock = base::FileLock::try_acquire(options.home.lock_path());
  const auto until = base::system_clock().now() + kTakeoverPatience;
  bool asked = false;
  while (!lock && lock.error().code == Code::kAlreadyExists && base::system_clock().now() < until) {
    const bool answers = somebody_answers(options.home);
    if (answers && !asked) {
      const bool gives_way =
          options.mode == Mode::kPublic && ::access(private_mark(options.home).c_str(), F_OK) == 0;
      if (!gives_way) break;
      log::info("asking the private daemon to end");
      asked = ask_to_end(options.home);
    }
    // It is starting or ending, and nobody announces the end of a lock.
    std::this_thread::sleep_for(kTakeoverPoll);
    lock = base::FileLock::try_acquire(options.home.lock_path());
  }
  if (!lock && lock.error().code == Code::kAlreadyExists) {
    return fail(Code::kAlreadyExists,
                lock.error().message +
                    ": a daemon serves this home already; use it, end it with `hearth stop "
                    "--daemon`, or set another HEARTH_HOME");
  }
  if (!lock) return lock;
  ::unlink(private_mark(options.home).c_str());
  if (options.mode == Mode::kPrivate) {
    HEARTH_TRY(base::replace_file(private_mark(options.home), "", 0600));
  }
  return lock;
}

Result<fleet::Fleet::Options> fleet_options(const cli::ServeOptions& serve) {
  const config::Settings& settings = serve.settings;
  const config::Cpu cpu = config::read_cpu();
  fleet::Fleet::Options options;
  options.runner_executable =
      config::own_runner(settings, cpu).map([](const config::Runner& runner) {
        return runner.path;
      });
  options.cache_folder = serve.home.cache_folder() + "/runners";
  options.load.context = static_cast<std::uint32_t>(settings.integer(Key::kModelContext));
  const bool is_set = settings.origin(Key::kModelContext).kind != config::Origin::Kind::kDefault;
  if (is_set) options.context_wished = options.load.context;
  options.load.kv_tokens = static_cast<std::uint32_t>(settings.integer(Key::kModelKvTokens));
  options.load.sequences_max = static_cast<std::uint32_t>(settings.integer(Key::kModelSequences));
  options.load.gap_ms = static_cast<std::uint32_t>(settings.integer(Key::kModelTokenGap));
  options.load.strict_gap = settings.text(Key::kModelStrictGap) == "yes";
  options.load.prefix_memory_bytes =
      static_cast<std::uint64_t>(settings.integer(Key::kModelPrefixMemory));
  options.load.prefix_file_bytes =
      static_cast<std::uint64_t>(settings.integer(Key::kModelPrefixDisk));
  options.load.chat_template = HEARTH_TRY(config::load_chat_template(
      settings.text(Key::kModelChatTemplate), serve.home.templates_folder()));
  options.load.trace = settings.text(Key::kModelTrace) == "yes";
  options.load.gpu_layers = static_cast<std::int32_t>(settings.integer(Key::kModelGpuLayers));
  options.load.threads = static_cast<std::uint32_t>(settings.integer(Key::kModelThreads));
  const std::uint32_t quota = process::processor_quota();
  options.cores = quota == 0 ? cpu.physical_cores : std::min(quota, cpu.physical_cores);
  options.memory_bytes = static_cast<std::uint64_t>(settings.integer(Key::kFleetMemory));
  options.models_max = static_cast<std::size_t>(settings.integer(Key::kFleetModels));
  const std::int64_t keep_s = settings.integer(Key::kFleetKeepAlive);
  options.keep = keep_s < 0 ? fleet::kKeepForever : std::chrono::seconds(keep_s);
  options.waiting = {static_cast<std::size_t>(settings.integer(Key::kFleetQueue)),
                     static_cast<std::uint64_t>(settings.integer(Key::kFleetQueueMemory))};
  if (settings.text(Key::kLogLevel) == "debug") options.runner_log_level = "debug";
  return options;
}

// In a terminal, unless somebody asked (nohup) that its end be survived.
bool hangup_ends() {
  struct sigaction action{};
  ::sigaction(SIGHUP, nullptr, &action);
  return action.sa_handler == SIG_DFL && ::isatty(STDIN_FILENO) == 1;
}

Result<std::unique_ptr<api::AuditLog>> open_audit_log(const cli::ServeOptions& options) {
  const std::string& path = options.settings.text(Key::kServerAuditLog);
  if (path.empty()) return std::unique_ptr<api::AuditLog>();
  return api::AuditLog::open(path);
}

// A private daemon is spoken to by its own user only, who needs no key.
std::string key_place(const cli::ServeOptions& options) {
  if (options.mode == Mode::kPrivate) return {};
  return config::database_place(options.home, options.settings);
}

// Unlike that of any other daemon that shares a database with this one.
std::string this_home(const config::Home& home) {
  std::array<char, 256> host{};
  (void)::gethostname(host.data(), host.size() - 1);
  return std::string(host.data()) + ":" + home.run_folder();
}

net::HttpLimits http_limits(const config::Settings& settings) {
  net::HttpLimits limits;
  limits.body_bytes = static_cast<std::size_t>(settings.integer(Key::kServerBodyLimit));
  limits.connections = static_cast<std::size_t>(settings.integer(Key::kServerConnections));
  return limits;
}

fleet::Fleet::Options told_to(fleet::NewsBoard& news, fleet::Fleet::Options options) {
  options.news = &news;
  return options;
}

}  // namespace

Result<std::unique_ptr<Daemon>> Daemon::create(const cli::ServeOptions& options) {
  auto lock = HEARTH_TRY(take_home(options));
  auto fleet = HEARTH_TRY(fleet_options(options));
  auto manager = HEARTH_TRY(process::ServiceManager::create(process::service_terms()));
  auto audit = HEARTH_TRY(open_audit_log(options));
  auto keys = HEARTH_TRY(KeyDesk::open(key_place(options)));
  Means means{std::move(lock), std::move(fleet), std::move(manager), std::move(audit),
              std::move(keys)};
  return std::unique_ptr<Daemon>(new Daemon(options, std::move(means)));
}

Daemon::Daemon(const cli::ServeOptions& options, Means means)
    : options_(options),
      lock_(std::move(means.lock)),
      catalog_(make_catalog(options.home, options.settings)),
      fleet_(loop_, registry_, told_to(news_, std::move(means.fleet))),
      provider_(catalog_, fleet_, options.settings.text(Key::kDefaultModel)),
      desk_({loop_, fleet_, catalog_, options.home.aliases_file(),
             hubs_of(config::system_environment()),
             static_cast<std::uint64_t>(options.settings.integer(config::Key::kModelsPullRate))}),
      inquiries_(loop_, fleet_, catalog_, hubs_of(config::system_environment())),
      neighbours_(loop_, ollama_host_of(config::system_environment(), options.settings)),
      uploads_(loop_, options.home.cache_folder() + "/uploads", catalog_.folder()),
      pictures_(loop_),
      tools_(loop_, options.home, options.settings),
      audit_(std::move(means.audit)),
      keys_(loop_, std::move(means.keys)),
      responses_(loop_, config::database_place(options.home, options.settings)),
      models_(loop_, provider_, options.home.prompts_folder()),
      tasks_(task_parts()),
      api_({provider_, registry_, control(), options.settings.names(Key::kServerHosts),
            audit_.get(), api::kPingInterval, keys_.face(), responses_.face(),
            [this](std::uint16_t port) { return entrance_.find_role(port); }, picture_fetch(),
            tasks_.face()}),
      server_(loop_, {http_limits(options.settings), api_.handler(), api_.refusal_shaper(),
                      api_.body_takers()}),
      entrance_(loop_, server_, options_, keys_),
      service_(loop_, std::move(means.service_manager)) {}

// A file that has been moved away since is still known by the name it was loaded under.
std::string Daemon::place_or_name(const std::string& model) const {
  const auto found = catalog_.find_model(model);
  return found ? fleet_.place_of(*found) : model;
}

api::PictureFetch Daemon::picture_fetch() {
  if (options_.settings.text(Key::kServerFetchImages) != "yes") return {};
  return pictures_.face();
}

// Who plays a role where nobody says: the settings' choice, or the default model.
TaskDeskParts Daemon::task_parts() {
  const auto usual = [this]() -> Result<flow::Cast> {
    const auto model = [this](Key key) -> Result<std::string> {
      const std::string& chosen = options_.settings.text(key);
      if (chosen == "none") return std::string();
      return chosen.empty() ? provider_.default_model() : chosen;
    };
    flow::Cast cast;
    cast.planner = HEARTH_TRY(model(Key::kRolesPlanner));
    cast.critic = HEARTH_TRY(model(Key::kRolesCritic));
    cast.executor = HEARTH_TRY(model(Key::kRolesExecutor));
    return cast;
  };
  return {loop_,
          this_home(options_.home),
          config::database_place(options_.home, options_.settings),
          models_,
          [this](const std::string& workspace, flow::Approve approve) {
            const TaskPlace place{workspace, approve};
            return make_task_tools(options_.home, options_.settings, place);
          },
          usual,
          flow::kApprovals.find(options_.settings.text(Key::kToolsApprove))
              .value_or(flow::Approve::kAsk)};
}

api::Control Daemon::control() {
  api::Control control;
  control.protocol = wire::kProtocolVersion;
  control.url = [this] { return entrance_.url(); };
  control.status = [this] { return fleet_.status(); };
  control.unload = [this](std::string model, std::function<void(Result<void>)> done) {
    fleet_.unload(place_or_name(model), std::move(done));
  };
  control.load = [this](const api::LoadWish& wish, auto done) -> Result<CallOff> {
    const store::ModelFile model = HEARTH_TRY(catalog_.find_model(wish.model));
    std::vector<store::ModelFile> next;
    for (const std::string& name : wish.then.value_or(std::vector<std::string>()))
      next.push_back(HEARTH_TRY(catalog_.find_model(name)));
    const auto loaded = [this, next, tells = wish.then.has_value(), done](Result<void> result) {
      if (result && tells) fleet_.expect(next);
      done(std::move(result));
    };
    return fleet_.load(model, loaded, wish.keep_alive, wish.pause);
  };
  control.pin = [this](const std::string& model, fleet::Pin pin) -> Result<void> {
    fleet_.pin(HEARTH_TRY(catalog_.find_model(model)), pin);
    return {};
  };
  control.memory = [this] { return fleet_.memory(); };
  control.heat = [this] { return fleet_.heat(); };
  control.news = &news_;
  control.log_tail = &log::tail();
  control.config = [this] { return cli::settings_json(options_.settings); };
  control.expected = [this] { return fleet_.expected(); };
  control.waiting = [this] { return fleet_.waiting(); };
  control.counts = [this](const std::string& model, auto done) {
    fleet_.query_counts(place_or_name(model), std::move(done));
  };
  control.pull = [this](const api::PullWish& wish, api::PullEars ears) {
    return desk_.pull(wish, std::move(ears));
  };
  control.make = [this](const api::MakeWish& wish, api::MakeEars ears) {
    return desk_.make(wish, std::move(ears));
  };
  control.verify = [this](const std::vector<std::string>& models, api::VerifyEars ears) {
    return desk_.verify(models, std::move(ears));
  };
  control.remove = [this](const std::string& model, auto done) {
    desk_.remove(model, std::move(done));
  };
  control.collect = [this](auto done) { desk_.collect(std::move(done)); };
  control.damaged = [this] { return desk_.damaged(); };
  inquiries_.add_to(control);
  control.neighbours = neighbours_.face();
  control.uploads = uploads_.face();
  control.tools = tools_.face();
  control.shutdown = [this] { shut_down(); };
  control.ready = [this]() -> Result<void> {
    if (ending_) return fail(Code::kUnavailable, "the daemon is shutting down");
    return fleet_.ready();
  };
  return control;
}

Result<void> Daemon::listen() {
  const auto connections = options_.settings.integer(Key::kServerConnections);
  const auto room = base::ensure_descriptors(static_cast<std::size_t>(connections) + kOwnFiles);
  if (!room)
    log::warning("fewer connections than server.connections", {{"reason", room.error().message}});
  HEARTH_TRY(entrance_.open());
  if (options_.mode == Mode::kPublic) {
    auto roles = HEARTH_TRY(make_role_ports(options_.settings, catalog_, provider_));
    HEARTH_TRY(entrance_.open_roles(std::move(roles)));
  }
  if (!entrance_.url().empty()) {
    log::info("listening", {{"url", entrance_.url()}, {"models", catalog_.folder()}});
    if (catalog_.list().empty()) {
      log::info(
          "there is no model yet: put a .gguf file into the models folder, "
          "or name one by its path: hearth run /path/to/model.gguf \"hello\"");
    }
  }
  if (options_.ready_fd >= 0) {
    HEARTH_TRY(base::write_all(options_.ready_fd, "1"));
    ::close(options_.ready_fd);
  }
  service_.ready(entrance_.url().empty() ? "at work" : "at work on " + entrance_.url());
  return {};
}

void Daemon::run() {
  signals_.add(SIGTERM);
  signals_.add(SIGINT);
  end_on_signal();
  hangup_ends_ = hangup_ends();
  hangups_.add(SIGHUP);
  heed_hangups();
  options_.mode == Mode::kPrivate ? end_when_idle() : keys_.begin();
  tasks_.begin();
  loop_.run();
}

void Daemon::end_on_signal() {
  signals_.async_wait([this](boost::system::error_code error, int /*number*/) {
    if (error) return;
    if (ending_) {  // whoever says it twice does not want to wait for what runs
      fleet_.shut_down([] {});
      return;
    }
    shut_down();
    end_on_signal();
  });
}

void Daemon::heed_hangups() {
  hangups_.async_wait([this](boost::system::error_code error, int /*number*/) {
    if (error) return;
    if (hangup_ends_) return shut_down();
    log::info("reading files again, as SIGHUP asks");
    entrance_.renew();
    reopen_audit_log();
    heed_hangups();
  });
}

void Daemon::reopen_audit_log() {
  const auto reopened = audit_ ? audit_->reopen() : Result<void>();
  if (reopened) return;
  log::error("the audit log was not opened anew; the old file stays in use",
             {{"reason", reopened.error().message}});
}

// A private daemon that nobody has spoken to for a while ends by itself.
void Daemon::end_when_idle() {
  idle_timer_.expires_after(kIdleCheck);
  idle_timer_.async_wait([this](boost::system::error_code error) {
    if (error || ending_) return;
    const bool idle =
        server_.open_connections() == 0 && !fleet_.busy() && !desk_.busy() && !tasks_.busy();
    idle_ms_ = idle ? idle_ms_ + 1000 : 0;
    if (idle_ms_ >= options_.settings.integer(Key::kPrivateIdleSeconds) * 1000) {
      shut_down();
    } else {
      end_when_idle();
    }
  });
}

void Daemon::shut_down() {
  if (ending_) return;
  ending_ = true;
  log::info("shutting down; a second signal ends what still runs",
            {{"connections", server_.open_connections()}});
  service_.stopping("letting requests finish");
  fleet_.wind_down();
  desk_.wind_down();
  inquiries_.wind_down();
  pictures_.wind_down();
  tasks_.wind_down();
  tools_.wind_down();
  log::tail().end();
  asio::co_spawn(loop_, drain(), asio::detached);
}

// Requests that run may finish; those that take too long, or whose model has not been loaded yet,
// are told why they end; then the runners end; then nothing keeps the loop.
asio::awaitable<void> Daemon::drain() {
  idle_timer_.expires_after(kDrainPatience);
  idle_timer_.async_wait([this](boost::system::error_code error) {
    if (!error && !drained_) fleet_.shut_down([] {});
  });
  co_await server_.drain(kDrainPatience + kLastWords);
  drained_ = true;
  idle_timer_.cancel();
  signals_.cancel();
  hangups_.cancel();
  entrance_.end();
  keys_.end();
  fleet_.shut_down([this] {
    ::unlink(private_mark(options_.home).c_str());
    service_.end();
    loop_.stop();
  });
}

}  // namespace hearth
