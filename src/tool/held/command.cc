// Commands: another program, a child of this process, with its output in place of ours.
#include <cerrno>
#include <string>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include "tool/held/acts.h"

namespace hearth::tool::held {

namespace {

constexpr int kNotStarted = 127;

[[noreturn]] void become(std::vector<std::string> words) {
  std::vector<char*> arguments;
  for (std::string& word : words)
    arguments.push_back(word.data());
  arguments.push_back(nullptr);
  ::dup2(STDOUT_FILENO, STDERR_FILENO);
  ::execve(arguments.front(), arguments.data(), ::environ);
  print("cannot start " + words.front() + "\n");
  ::_exit(kNotStarted);
}

// Everything that ends here is reaped, since what a command leaves behind becomes ours where we
// are the first process of a namespace; its end is that of the command itself.
Result<Answer> wait_for(int command) {
  while (true) {
    int status = 0;
    const int ended = ::waitpid(-1, &status, 0);
    if (ended < 0 && errno == EINTR) continue;
    if (ended < 0) return fail(base::errno_error(errno, "the command was lost"));
    if (ended != command) continue;
    Answer answer;
    if (WIFSIGNALED(status)) {
      answer.signal = WTERMSIG(status);
    } else {
      answer.exit_code = WEXITSTATUS(status);
    }
    return answer;
  }
}

Result<Answer> run(std::vector<std::string> words) {
  const int command = ::fork();
  if (command < 0) return fail(base::errno_error(errno, "cannot start a process"));
  if (command == 0) become(std::move(words));
  return wait_for(command);
}

}  // namespace

std::string find_python() {
  for (const char* path : {"/usr/bin/python3", "/usr/local/bin/python3"}) {
    if (::access(path, X_OK) == 0) return path;
  }
  return {};
}

Result<Answer> run_command(const Act& act) {
  return run({"/bin/sh", "-c", argument_of(act, "command")});
}

Result<Answer> run_python(const Act& act) {
  const std::string python = find_python();
  if (python.empty()) return fail(Code::kNotFound, "there is no python3 on this machine");
  return run({python, "-c", argument_of(act, "code")});
}

}  // namespace hearth::tool::held
