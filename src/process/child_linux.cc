#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "process/child.h"
#include "process/child_start_linux.h"
#include "process/spawn_thread.h"

namespace hearth::process {

namespace {

constexpr int kFirstListedDescriptor = 3;
// The kernel does not give lower ids again once it has come round.
constexpr std::uint32_t kReservedIds = 301;
constexpr int kBoundsMajor = 6, kBoundsMinor = 14;

struct Pipe {
  Fd read;
  Fd write;
};

Result<Pipe> create_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return fail(base::errno_error(errno, "cannot make a pipe"));
  return Pipe{Fd(ends[0]), Fd(ends[1])};
}

// One of the child's 0, 1, 2: what it becomes there, and what we keep of it.
struct Stream {
  Redirect redirect;
  Fd theirs;
  Fd ours;
};

Result<Stream> create_stream(int number, SpawnOptions::Output kind) {
  Stream stream;
  stream.redirect.target = number;
  switch (kind) {
    case SpawnOptions::Output::kInherit:
      stream.redirect.source = number;
      if (::fcntl(number, F_GETFD) >= 0) return stream;
      [[fallthrough]];  // we have none ourselves
    case SpawnOptions::Output::kDiscard:
      stream.theirs.reset(::open("/dev/null", O_RDWR | O_CLOEXEC));
      if (!stream.theirs) return fail(base::errno_error(errno, "cannot open /dev/null"));
      break;
    case SpawnOptions::Output::kPipe: {
      Pipe pipe = HEARTH_TRY(create_pipe());
      const bool child_reads = number == STDIN_FILENO;
      stream.theirs = std::move(child_reads ? pipe.read : pipe.write);
      stream.ours = std::move(child_reads ? pipe.write : pipe.read);
      break;
    }
  }
  stream.redirect.source = stream.theirs.get();
  return stream;
}

SpawnOptions::Output as_output(SpawnOptions::Input kind) {
  switch (kind) {
    case SpawnOptions::Input::kDiscard:
      return SpawnOptions::Output::kDiscard;
    case SpawnOptions::Input::kInherit:
      return SpawnOptions::Output::kInherit;
    case SpawnOptions::Input::kPipe:
      return SpawnOptions::Output::kPipe;
  }
  return SpawnOptions::Output::kDiscard;
}

Result<void> check(const SpawnOptions& options) {
  if (options.program.find('/') == std::string::npos) {
    return fail(Code::kInvalidArgument,
                "'" + options.program + "' is no path; PATH is not searched for programs",
                options.program);
  }
  if (options.sandbox != nullptr && options.sandbox->exec() == SandboxPolicy::Exec::kForbidden) {
    return fail(Code::kInvalidArgument,
                "a sandbox that forbids exec would forbid '" + options.program +
                    "' itself; let that program enter it, or allow exec",
                options.program);
  }
  std::vector<int> targets;
  for (const auto& [source, target] : options.descriptors) {
    const bool taken = std::find(targets.begin(), targets.end(), target) != targets.end();
    if (target < kFirstListedDescriptor || taken) {
      return fail(Code::kInvalidArgument, "descriptor " + std::to_string(target) +
                                              " of a child is given twice, or below 3");
    }
    targets.push_back(target);
  }
  return {};
}

std::vector<char*> pointers_to(std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  pointers.reserve(strings.size() + 1);
  for (auto& string : strings)
    pointers.push_back(string.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::string what_failed(const SpawnOptions& options, const StartFailure& failure) {
  switch (failure.step) {
    case StartStep::kPrepare:
      return "cannot prepare a child for '" + options.program + "'";
    case StartStep::kFolder:
      return "cannot enter the folder '" + options.working_folder + "'";
    case StartStep::kSandbox:
      return "cannot enter the sandbox for '" + options.program + "'";
    case StartStep::kDescriptors:
      return "cannot hand descriptors to '" + options.program + "'; are there too many?";
    case StartStep::kExecute:
      break;
  }
  if (failure.error_number == ENOENT) {
    return "cannot start '" + options.program + "'; check that it and its interpreter exist";
  }
  if (failure.error_number == EACCES) {
    return "cannot start '" + options.program + "'; it must be an executable file" +
           (options.sandbox != nullptr ? " that the sandbox's read_paths include" : "");
  }
  return "cannot start '" + options.program + "'";
}

// Empty when the program runs.
std::optional<StartFailure> receive_failure(int pipe) {
  StartFailure failure;
  ssize_t count = 0;
  do {
    count = ::read(pipe, &failure, sizeof failure);
  } while (count < 0 && errno == EINTR);
  if (count != sizeof failure) return std::nullopt;
  return failure;
}

ExitStatus status_of(const siginfo_t& info) {
  if (info.si_code == CLD_EXITED) return {info.si_status, 0};
  return {0, info.si_status};
}

// Empty while it runs, with WNOHANG. Code -1: somebody else reaped it, against the rules in
// child.h.
std::optional<ExitStatus> reap(int pidfd, int options) {
  siginfo_t info{};
  int result = 0;
  do {
    result = ::waitid(P_PIDFD, static_cast<id_t>(pidfd), &info, WEXITED | options);
  } while (result != 0 && errno == EINTR);
  if (result != 0) return ExitStatus{-1, 0};
  if (info.si_pid == 0) return std::nullopt;
  return status_of(info);
}

// An id that is called the same inside.
std::string one_to_one(unsigned id) {
  return std::to_string(id) + " " + std::to_string(id) + " 1";
}

Result<Started> start(StartPlan& plan, const SpawnOptions& options) {
  Pipe errors = HEARTH_TRY(create_pipe());
  plan.error_pipe = errors.write.get();
  if (options.lifetime == SpawnOptions::Lifetime::kWithParent) {
    plan.parent_to_die_with = ::getpid();
  }
  plan.wants_namespaces = options.namespaces == SpawnOptions::Namespaces::kOwnWherePossible;
  const std::string process_id_max = std::to_string(kReservedIds + options.tasks_max);
  const bool is_bounded = options.tasks_max > 0 && has_bounds_of_namespaces();
  plan.process_id_max = is_bounded ? process_id_max.c_str() : nullptr;
  const std::string user_map = one_to_one(::geteuid());
  const std::string group_map = one_to_one(::getegid());
  plan.user_map = user_map.c_str();
  plan.group_map = group_map.c_str();
  Started started;
  HEARTH_TRY(run_on_spawn_thread([&] { started = fork_child(plan); }));
  if (started.error_number != 0) {
    return fail(base::errno_error(started.error_number,
                                  "cannot make a process for '" + options.program + "'",
                                  options.program));
  }
  errors.write.reset();
  if (const auto failure = receive_failure(errors.read.get())) {
    reap(started.pidfd, 0);
    ::close(started.pidfd);
    return fail(
        base::errno_error(failure->error_number, what_failed(options, *failure), options.program));
  }
  return started;
}

}  // namespace

std::string ExitStatus::to_string() const {
  if (signal == 0) return "exit code " + std::to_string(code);
  const char* name = ::sigabbrev_np(signal);
  return "killed by " + (name != nullptr ? "SIG" + std::string(name) : "signal") + " (" +
         std::to_string(signal) + ")";
}

bool has_bounds_of_namespaces() {
  struct utsname names{};
  int major = 0, minor = 0;
  if (::uname(&names) != 0) return false;
  if (std::sscanf(names.release, "%d.%d", &major, &minor) != 2) return false;
  return major > kBoundsMajor || (major == kBoundsMajor && minor >= kBoundsMinor);
}

Result<Child> Child::spawn(const SpawnOptions& options) {
  HEARTH_TRY(check(options));
  std::error_code error;
  const std::string program = std::filesystem::absolute(options.program, error).native();
  std::vector<std::string> arguments = {options.program};
  arguments.insert(arguments.end(), options.arguments.begin(), options.arguments.end());
  std::vector<std::string> environment = options.environment;
  const std::vector<char*> argument_pointers = pointers_to(arguments);
  const std::vector<char*> environment_pointers = pointers_to(environment);

  Stream in = HEARTH_TRY(create_stream(STDIN_FILENO, as_output(options.in)));
  Stream out = HEARTH_TRY(create_stream(STDOUT_FILENO, options.out));
  Stream err = HEARTH_TRY(create_stream(STDERR_FILENO, options.err));
  std::vector<Redirect> redirects = {in.redirect, out.redirect, err.redirect};
  int highest_target = STDERR_FILENO;
  for (const auto& [source, target] : options.descriptors) {
    redirects.push_back({source, target});
    highest_target = std::max(highest_target, target);
  }

  StartPlan plan;
  plan.program = program.c_str();
  plan.arguments = argument_pointers.data();
  plan.environment = environment_pointers.data();
  plan.folder = options.working_folder.empty() ? nullptr : options.working_folder.c_str();
  plan.redirects = redirects.data();
  plan.redirect_count = redirects.size();
  plan.first_free_descriptor = highest_target + 1;
  plan.sandbox = options.sandbox;
  const Started started = HEARTH_TRY(start(plan, options));

  Child child;
  child.pid_ = started.pid;
  child.pidfd_.reset(started.pidfd);
  child.stdin_ = std::move(in.ours);
  child.stdout_ = std::move(out.ours);
  child.stderr_ = std::move(err.ours);
  child.lifetime_ = options.lifetime;
  child.apart_ = started.apart;
  return child;
}

Child::Child(Child&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      pidfd_(std::move(other.pidfd_)),
      stdin_(std::move(other.stdin_)),
      stdout_(std::move(other.stdout_)),
      stderr_(std::move(other.stderr_)),
      status_(std::exchange(other.status_, std::nullopt)),
      lifetime_(other.lifetime_),
      apart_(other.apart_) {}

Child& Child::operator=(Child&& other) noexcept {
  if (this == &other) return *this;
  end();
  pid_ = std::exchange(other.pid_, -1);
  pidfd_ = std::move(other.pidfd_);
  stdin_ = std::move(other.stdin_);
  stdout_ = std::move(other.stdout_);
  stderr_ = std::move(other.stderr_);
  status_ = std::exchange(other.status_, std::nullopt);
  lifetime_ = other.lifetime_;
  apart_ = other.apart_;
  return *this;
}

Child::~Child() {
  end();
}

void Child::end() {
  if (!pidfd_ || lifetime_ == SpawnOptions::Lifetime::kDetached || poll_exit()) return;
  kill_group();
  status_ = reap(pidfd_.get(), 0);
}

Result<Fd> Child::take(Fd& end, const char* name) {
  if (end) return std::move(end);
  return fail(Code::kInvalidArgument,
              std::string("the child's ") + name + " is no pipe, or was taken already");
}

std::optional<ExitStatus> Child::poll_exit() {
  if (status_ || !pidfd_) return status_;
  if (!reap(pidfd_.get(), WNOHANG | WNOWAIT)) return std::nullopt;
  // Before the number of its group is free for others.
  if (lifetime_ == SpawnOptions::Lifetime::kWithParent) kill_group();
  status_ = reap(pidfd_.get(), 0);
  return status_;
}

Result<ExitStatus> Child::wait(base::Duration timeout) {
  const base::TimePoint deadline = base::system_clock().now() + timeout;
  while (!poll_exit()) {
    if (!pidfd_) return fail(Code::kInternal, "this child was moved away");
    const base::Duration left = deadline - base::system_clock().now();
    if (left <= base::Duration::zero()) {
      return fail(Code::kDeadlineExceeded, "process " + std::to_string(pid_) +
                                               " still runs after " +
                                               std::to_string(base::to_ms(timeout)) + " ms");
    }
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
    const timespec time = {seconds.count(), (left - seconds).count()};
    pollfd ended = {pidfd_.get(), POLLIN, 0};
    ::ppoll(&ended, 1, &time, nullptr);
  }
  return *status_;
}

Result<void> Child::signal(int number) {
  if (status_ || !pidfd_) return fail(Code::kNotFound, "the process has ended");
  if (::syscall(SYS_pidfd_send_signal, pidfd_.get(), number, nullptr, 0) == 0) return {};
  return fail(base::errno_error(errno, "cannot send signal " + std::to_string(number) +
                                           " to process " + std::to_string(pid_)));
}

void Child::kill_group() {
  signal_group(SIGKILL);
}

void Child::signal_group(int number) {
  // It leads its session, and the number is not given to another before it is reaped.
  if (!status_ && pidfd_) ::kill(-pid_, number);
}

}  // namespace hearth::process
