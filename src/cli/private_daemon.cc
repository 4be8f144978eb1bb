#include "cli/private_daemon.h"

#include <cerrno>
#include <cstdio>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "config/settings.h"
#include "process/child.h"

namespace hearth::cli {

namespace {

// Their numbers in the daemon.
constexpr int kReadyFd = 3;
constexpr int kLogFd = 4;

Result<Fd> open_log(const std::string& path) {
  struct stat status{};
  const bool large =
      ::stat(path.c_str(), &status) == 0 && static_cast<std::size_t>(status.st_size) > kLogBytesMax;
  if (large) std::rename(path.c_str(), (path + ".old").c_str());
  Fd log(::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (!log) return fail(base::errno_error(errno, "cannot open the log '" + path + "'", path));
  return log;
}

std::string read_from(int fd, off_t offset) {
  std::string text;
  char buffer[4096];
  while (text.size() < kLogBytesMax) {
    const ssize_t count =
        ::pread(fd, buffer, sizeof buffer, offset + static_cast<off_t>(text.size()));
    if (count <= 0) break;
    text.append(buffer, static_cast<std::size_t>(count));
  }
  return text;
}

enum class Readiness : std::uint8_t { kReady, kEnded, kTimeout };

Readiness wait_until_ready(int fd) {
  pollfd watched{fd, POLLIN, 0};
  int count = 0;
  do {
    count = ::poll(&watched, 1, kDaemonReadyTimeoutMs);
  } while (count < 0 && errno == EINTR);
  if (count <= 0) return Readiness::kTimeout;
  char byte = 0;
  return ::read(fd, &byte, 1) == 1 ? Readiness::kReady : Readiness::kEnded;
}

process::SpawnOptions spawn_options(const PrivateDaemon& daemon, int ready, int log) {
  process::SpawnOptions options;
  options.program = daemon.executable;
  options.arguments = {"serve",    "--private",           "--ready-fd", std::to_string(kReadyFd),
                       "--log-fd", std::to_string(kLogFd)};
  options.arguments.insert(options.arguments.end(), daemon.arguments.begin(),
                           daemon.arguments.end());
  options.environment = config::process_environment();
  options.descriptors = {{ready, kReadyFd}, {log, kLogFd}};
  options.working_folder = "/";  // so that it keeps nobody from unmounting theirs
  options.out = process::SpawnOptions::Output::kDiscard;
  options.err = process::SpawnOptions::Output::kDiscard;
  options.lifetime = process::SpawnOptions::Lifetime::kDetached;
  return options;
}

}  // namespace

std::string log_tail(const std::string& text, std::size_t lines_max) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    if (end > at) lines.push_back("\n  " + text.substr(at, end - at));
    at = end + 1;
  }
  std::string tail;
  const std::size_t first = lines.size() > lines_max ? lines.size() - lines_max : 0;
  for (std::size_t i = first; i < lines.size(); ++i)
    tail += lines[i];
  return tail;
}

Result<void> start_private_daemon(const PrivateDaemon& daemon) {
  const Fd log = HEARTH_TRY(open_log(daemon.log_path));
  const off_t log_start = ::lseek(log.get(), 0, SEEK_END);
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return fail(base::errno_error(errno, "cannot make a pipe"));
  const Fd ours(ends[0]);
  Fd theirs(ends[1]);
  const auto child =
      HEARTH_TRY(process::Child::spawn(spawn_options(daemon, theirs.get(), log.get())));
  theirs.reset();  // so that the daemon's end is the only one
  const Readiness readiness = wait_until_ready(ours.get());
  if (readiness == Readiness::kReady) return {};
  const std::string tail = log_tail(read_from(log.get(), log_start), kLogTailLines);
  const std::string why = readiness == Readiness::kEnded ? "the daemon could not start"
                                                         : "the daemon did not get ready in time";
  return fail(Code::kUnavailable,
              why + "; its log is '" + daemon.log_path + "'" +
                  (tail.empty() ? ", and says nothing. `hearth doctor` may know more"
                                : " and says:" + tail),
              daemon.log_path);
}

}  // namespace hearth::cli
