#include "tool/held/held_run.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include "base/clock.h"
#include "process/child.h"
#include "process/group_use.h"
#include "tool/held/child.h"
#include "tool/output_clip.h"

namespace hearth::tool::held {

namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

constexpr int kLookMs = 20;             // how late a cancellation is heard
constexpr auto kCountInterval = 200ms;  // looking at all processes costs milliseconds
constexpr std::uint32_t kOwnTasks = 8;  // what holds a command, and room to be seen over it
constexpr int kReadsAtOnce = 64;        // before the clock is looked at again
constexpr auto kEndPatience = 5s;       // of a process that was killed

struct Pipe {
  Fd read;
  Fd write;
};

Result<Pipe> create_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return fail(base::errno_error(errno, "cannot make a pipe"));
  return Pipe{Fd(ends[0]), Fd(ends[1])};
}

void never_wait_for(const Fd& fd) {
  ::fcntl(fd.get(), F_SETFL, ::fcntl(fd.get(), F_GETFL) | O_NONBLOCK);
}

// Nothing of ours is in it: no key, no name of a user.
std::vector<std::string> environment_of(const Holding& holding) {
  return {"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", "HOME=" + holding.scratch,
          "TMPDIR=" + holding.scratch};
}

// Why a tool is ended before it has come to its end.
struct Verdict {
  Status status = Status::kFailed;
  std::string words;
};

class Watch {
 public:
  Watch(const Holding& holding, const Spec& spec, const Work& work, process::Child child)
      : holding_(holding),
        spec_(spec),
        work_(work),
        child_(std::move(child)),
        clip_(spec.output_bytes_max, work.hear),
        others_(process::count_all_tasks()),
        request_(request_text({spec.name, work.arguments.json(), holding.workspace, holding.scratch,
                               holding.limits})) {}

  Result<void> take_pipes(Fd answer) {
    to_ = HEARTH_TRY(child_.take_stdin());
    output_ = HEARTH_TRY(child_.take_stdout());
    answer_ = std::move(answer);
    for (const Fd* fd : {&to_, &output_, &answer_})
      never_wait_for(*fd);
    return {};
  }

  Outcome follow() {
    while (true) {
      wait_for_news();
      exchange();
      // When it has ended, so has its group.
      if (const auto ended = child_.poll_exit()) {
        exchange();
        return outcome_of(*ended);
      }
      if (const auto verdict = reason_to_end()) return end(*verdict);
    }
  }

 private:
  void wait_for_news() {
    std::array<pollfd, 4> news = {pollfd{child_.pidfd(), POLLIN, 0},
                                  pollfd{output_.get(), POLLIN, 0},
                                  pollfd{answer_.get(), POLLIN, 0}, pollfd{to_.get(), POLLOUT, 0}};
    ::poll(news.data(), news.size(), kLookMs);
  }

  void exchange() {
    say_request();
    read_all(output_, [this](std::string_view bytes) {
      clip_.take(bytes);
      return clip_.total_bytes() <= kFloodBytesMax;
    });
    read_all(answer_, [this](std::string_view bytes) {
      answer_bytes_ += bytes;
      return answer_bytes_.size() <= kAnswerBytesMax;
    });
  }

  void say_request() {
    if (!to_) return;
    const std::string_view rest = std::string_view(request_).substr(said_);
    const ssize_t count = rest.empty() ? 0 : ::write(to_.get(), rest.data(), rest.size());
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    said_ += count > 0 ? static_cast<std::size_t>(count) : 0;
    if (count < 0 || said_ == request_.size()) to_.reset();
  }

  // What is there, but not more than somebody could write for ever.
  template <typename Take>
  static void read_all(Fd& from, const Take& take) {
    std::array<char, 64 * base::kKiB> buffer;
    for (int rounds = 0; from && rounds < kReadsAtOnce; ++rounds) {
      const ssize_t count = ::read(from.get(), buffer.data(), buffer.size());
      if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
      if (count <= 0) return from.reset();
      // What is left stays in the pipe, and whoever writes waits until he is ended.
      if (!take(std::string_view(buffer.data(), static_cast<std::size_t>(count)))) return;
    }
  }

  std::optional<Verdict> reason_to_end() {
    const base::TimePoint now = base::system_clock().now();
    if (work_.cancel.cancelled()) return Verdict{Status::kCancelled, "it was cancelled"};
    if (now >= begin_ + spec_.time_limit) {
      return Verdict{Status::kTimedOut,
                     fmt::format("it took longer than {} s", base::to_ms(spec_.time_limit) / 1000)};
    }
    if (clip_.total_bytes() > kFloodBytesMax) {
      return Verdict{Status::kFailed,
                     fmt::format("it wrote more than {}", base::format_bytes(kFloodBytesMax))};
    }
    if (!runs_programs(spec_.name)) return std::nullopt;
    if (process::count_all_tasks() > others_ + holding_.limits.processes)
      return verdict_on_growth();
    if (now < counted_ + kCountInterval) return std::nullopt;
    counted_ = now;
    return verdict_on(process::query_group_use(child_.pid()));
  }

  // The system has many more processes than when it began, perhaps of somebody else. Ours are held
  // still while they are counted, because counting takes longer the more they become.
  std::optional<Verdict> verdict_on_growth() {
    child_.signal_group(SIGSTOP);
    const process::GroupUse use = process::query_group_use(child_.pid());
    if (const auto verdict = verdict_on(use)) return verdict;
    const std::size_t all = process::count_all_tasks();
    others_ = all > use.tasks ? all - use.tasks : 0;
    child_.signal_group(SIGCONT);
    return std::nullopt;
  }

  std::optional<Verdict> verdict_on(const process::GroupUse& use) const {
    if (use.tasks > holding_.limits.processes + 1) {  // ours, which holds it
      return Verdict{Status::kFailed,
                     fmt::format("it had more than {} processes", holding_.limits.processes)};
    }
    if (use.memory_bytes > holding_.limits.memory_bytes) {
      return Verdict{Status::kFailed,
                     fmt::format("its processes used more than {} of memory together",
                                 base::format_bytes(holding_.limits.memory_bytes))};
    }
    return std::nullopt;
  }

  Outcome end(const Verdict& verdict) {
    child_.kill_group();
    [[maybe_unused]] const auto ended = child_.wait(kEndPatience);
    exchange();
    Outcome outcome = failed(verdict.words);
    outcome.status = verdict.status;
    outcome.output = clip_.text();
    outcome.retryable = verdict.status != Status::kFailed && spec_.effect != Effect::kIrreversible;
    return outcome;
  }

  Outcome outcome_of(const process::ExitStatus& ended) {
    const auto answer = parse_answer(answer_bytes_);
    Outcome outcome;
    outcome.output = clip_.text();
    if (!answer) {
      outcome.status = Status::kFailed;
      outcome.error = "the process that held it ended without an answer: " + ended.to_string();
      return outcome;
    }
    outcome.exit_code = answer->exit_code;
    outcome.error = answer->error;
    if (answer->exit_code && *answer->exit_code != 0)
      outcome.error = fmt::format("exit code {}", *answer->exit_code);
    if (answer->signal) outcome.error = process::ExitStatus{0, *answer->signal}.to_string();
    if (!outcome.error.empty()) outcome.status = Status::kFailed;
    return outcome;
  }

  const Holding& holding_;
  const Spec& spec_;
  const Work& work_;
  process::Child child_;
  OutputClip clip_;
  std::size_t others_;  // tasks of the system that are not of the group
  const std::string request_;
  const base::TimePoint begin_ = base::system_clock().now();
  base::TimePoint counted_ = begin_;
  std::size_t said_ = 0;  // of the request
  std::string answer_bytes_;
  Fd to_;
  Fd output_;
  Fd answer_;
};

Result<process::Child> spawn(const Holding& holding, int answer) {
  std::error_code error;
  std::filesystem::create_directories(holding.scratch, error);
  std::filesystem::permissions(holding.scratch, std::filesystem::perms::owner_all, error);
  if (error) {
    return fail(Code::kUnavailable,
                "cannot make the folder '" + holding.scratch + "': " + error.message());
  }
  process::SpawnOptions options;
  options.program = holding.executable;
  options.arguments = {kProgramArgument};
  options.environment = environment_of(holding);
  options.working_folder = holding.workspace;
  options.descriptors = {{answer, kAnswerDescriptor}};
  options.in = process::SpawnOptions::Input::kPipe;
  options.out = process::SpawnOptions::Output::kPipe;
  options.err = process::SpawnOptions::Output::kDiscard;
  options.namespaces = process::SpawnOptions::Namespaces::kOwnWherePossible;
  // The watch ends whoever has more than his limit; this holds back who is quicker than it.
  options.tasks_max = holding.limits.processes + kOwnTasks;
  return process::Child::spawn(options);
}

Result<Outcome> try_to_run(const Holding& holding, const Spec& spec, const Work& work) {
  Pipe answer = HEARTH_TRY(create_pipe());
  auto child = HEARTH_TRY(spawn(holding, answer.write.get()));
  answer.write.reset();
  Watch watch(holding, spec, work, std::move(child));
  HEARTH_TRY(watch.take_pipes(std::move(answer.read)));
  return watch.follow();
}

}  // namespace

Outcome run_held(const Holding& holding, const Spec& spec, const Work& work) {
  auto outcome = try_to_run(holding, spec, work);
  if (outcome) return *std::move(outcome);
  Outcome not_begun = failed(outcome.error().message);
  not_begun.retryable = true;
  return not_begun;
}

}  // namespace hearth::tool::held
