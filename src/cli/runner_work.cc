#include "cli/runner_work.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>

#include <poll.h>
#include <unistd.h>

#include "base/fd.h"

namespace hearth::cli {

namespace {

// It has closed its output, so it is about to end.
constexpr auto kLastPatience = std::chrono::seconds(30);
constexpr std::size_t kReadBytes = 16 * 1024;

process::SpawnOptions spawn_options(const Work& work) {
  process::SpawnOptions options;
  options.program = work.runner;
  options.arguments = work.arguments;
  options.environment = {"LC_ALL=C.UTF-8"};
  options.out = process::SpawnOptions::Output::kPipe;
  options.err = process::SpawnOptions::Output::kPipe;
  return options;
}

using LineHandler = std::function<void(std::string_view line)>;

// One of its outputs, line by line.
class Lines {
 public:
  Lines(Fd from, LineHandler handler) : from_(std::move(from)), handler_(std::move(handler)) {}

  // -1, which poll() passes over, once it has ended.
  int fd() const { return from_.get(); }

  void read_some() {
    char buffer[kReadBytes];
    const ::ssize_t count = ::read(from_.get(), buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) return;
    if (count <= 0) {
      end_line();
      from_.reset();
      return;
    }
    std::string_view bytes(buffer, static_cast<std::size_t>(count));
    for (std::size_t end = bytes.find('\n'); end != std::string_view::npos;
         end = bytes.find('\n')) {
      add(bytes.substr(0, end));
      end_line();
      bytes.remove_prefix(end + 1);
    }
    add(bytes);
  }

 private:
  void add(std::string_view part) {
    if (line_.size() <= kWorkLineBytesMax) line_ += part;
  }
  void end_line() {
    if (!line_.empty() && line_.size() <= kWorkLineBytesMax) handler_(line_);
    line_.clear();
  }

  Fd from_;
  LineHandler handler_;
  std::string line_;
};

class Attendance {
 public:
  Attendance(process::Child& child, Interrupt& interrupt, const WorkEars& ears)
      : child_(child), interrupt_(interrupt), ears_(ears) {}

  Result<void> attend() {
    Lines out(HEARTH_TRY(child_.take_stdout()), ears_.on_line);
    Lines err(HEARTH_TRY(child_.take_stderr()), ears_.on_words);
    while (out.fd() >= 0 || err.fd() >= 0) {
      std::array<pollfd, 3> watched = {pollfd{out.fd(), POLLIN, 0}, pollfd{err.fd(), POLLIN, 0},
                                       pollfd{interrupt_.fd(), POLLIN, 0}};
      if (::poll(watched.data(), watched.size(), -1) < 0 && errno != EINTR)
        return fail(base::errno_error(errno, "cannot wait for the runner"));
      if (watched[0].revents != 0) out.read_some();
      if (watched[1].revents != 0) err.read_some();
      if (watched[2].revents != 0 && interrupt_.take() != 0) stop();
      if (!was_stopped_ && ears_.is_alone()) stop();
    }
    return {};
  }

  bool was_stopped() const { return was_stopped_; }

 private:
  void stop() {
    if (was_stopped_) {
      child_.kill_group();
      return;
    }
    was_stopped_ = true;
    ears_.on_stopping();
    // Where it has just ended there is nobody to tell.
    [[maybe_unused]] const auto told = child_.signal(SIGTERM);
  }

  process::Child& child_;
  Interrupt& interrupt_;
  const WorkEars& ears_;
  bool was_stopped_ = false;
};

}  // namespace

Result<WorkEnd> run_work(const Work& work, Interrupt& interrupt, const WorkEars& ears) {
  auto child = HEARTH_TRY(process::Child::spawn(spawn_options(work)));
  Attendance attendance(child, interrupt, ears);
  HEARTH_TRY(attendance.attend());
  const process::ExitStatus status = HEARTH_TRY(child.wait(kLastPatience));
  return WorkEnd{status, attendance.was_stopped()};
}

}  // namespace hearth::cli
