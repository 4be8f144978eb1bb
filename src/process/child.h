// A child process: started with nothing but what it is given, watched through a descriptor, ended
// for certain.
//
// A child gets descriptors 0, 1, 2 and those listed, the environment listed, default signal
// handlers, an empty signal mask, no_new_privs, no core dumps, and a session of its own, so that
// Ctrl-C in our terminal is our matter.
//
// Not here: what a child may do (sandbox.h), restarts (fleet).
//
// Ownership: a Child owns its process; destroying it kills and reaps it, unless it is kDetached.
//   When a kWithParent child ends, whatever it started and left behind in its group ends too.
// Threads: spawn() is thread-safe, and a child's life hangs on our process, not on the thread that
//   spawned. A Child is thread-compatible.
// Invariants: no signal reaches a recycled process id. The program must not ignore SIGCHLD or
//   reap foreign children (waitpid(-1)).
// Errors: a program that cannot be executed is an Error of spawn(), not an exit code.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/fd.h"
#include "base/result.h"
#include "process/sandbox.h"

namespace hearth::process {

struct SpawnOptions {
  enum class Input : std::uint8_t { kDiscard, kInherit, kPipe };
  enum class Output : std::uint8_t { kInherit, kDiscard, kPipe };
  // kWithParent: the kernel kills it when we end, however we end.
  enum class Lifetime : std::uint8_t { kWithParent, kDetached };
  // kOwnWherePossible: process ids, a network and System V memory of its own, where this system
  // lets us make such. Then it is the first process there: whatever it starts ends with it, and
  // nothing of the network is in sight. Where it may not be made, the child shares ours.
  enum class Namespaces : std::uint8_t { kShared, kOwnWherePossible };

  std::string program;                   // a path; PATH is not searched
  std::vector<std::string> arguments;    // without the program's name
  std::vector<std::string> environment;  // all of it, as NAME=value; nothing is inherited
  // Our descriptor, its number in the child (3 or more). Ours stay open.
  std::vector<std::pair<int, int>> descriptors;
  std::string working_folder;  // empty: ours
  Input in = Input::kDiscard;
  Output out = Output::kInherit;
  Output err = Output::kInherit;
  // Entered before the program runs. REQUIRES: Exec::kAllowed, the program and its libraries are
  // among read_paths, and it outlives spawn().
  const Sandbox* sandbox = nullptr;
  Lifetime lifetime = Lifetime::kWithParent;
  Namespaces namespaces = Namespaces::kShared;
  // How many tasks there may be at a time in namespaces of its own, about; 0: as many as they like.
  // Held by kernels that has_bounds_of_namespaces() knows, where root made them.
  std::uint32_t tasks_max = 0;
};

// Whether the kernel keeps a largest process id for each namespace (Linux 6.14). Before, there is
// only one for the whole system, which nobody may touch.
bool has_bounds_of_namespaces();

struct ExitStatus {
  int code = 0;    // meaningful when signal is 0
  int signal = 0;  // what killed it, or 0

  bool is_success() const { return code == 0 && signal == 0; }
  bool operator==(const ExitStatus&) const = default;
  // "exit code 3", "killed by SIGSEGV (11)".
  std::string to_string() const;
};

class Child {
 public:
  static Result<Child> spawn(const SpawnOptions& options);

  Child(Child&& other) noexcept;
  Child& operator=(Child&& other) noexcept;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child();

  int pid() const { return pid_; }
  // Readable when it has ended, for poll and event loops. Open as long as this Child is.
  int pidfd() const { return pidfd_.get(); }
  // Whether it got namespaces of its own.
  bool is_apart() const { return apart_; }

  // Our ends, each once. kInvalidArgument when the stream is no pipe or was taken.
  Result<Fd> take_stdin() { return take(stdin_, "stdin"); }
  Result<Fd> take_stdout() { return take(stdout_, "stdout"); }
  Result<Fd> take_stderr() { return take(stderr_, "stderr"); }

  // How it ended; empty while it runs. Never waits.
  std::optional<ExitStatus> poll_exit();
  // kDeadlineExceeded when it still runs after `timeout`; it is not harmed.
  Result<ExitStatus> wait(base::Duration timeout);
  // kNotFound when it has ended and been reaped.
  Result<void> signal(int number);
  // SIGKILL for it and everything it started that stayed in its group. Nothing when it was reaped.
  void kill_group();
  // To the same ones; SIGSTOP holds all of them still, so that they can be counted.
  void signal_group(int number);

 private:
  Child() = default;
  static Result<Fd> take(Fd& end, const char* name);
  void end();

  int pid_ = -1;
  Fd pidfd_;
  Fd stdin_;
  Fd stdout_;
  Fd stderr_;
  std::optional<ExitStatus> status_;
  SpawnOptions::Lifetime lifetime_ = SpawnOptions::Lifetime::kWithParent;
  bool apart_ = false;
};

}  // namespace hearth::process
