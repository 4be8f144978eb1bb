// `hearth --tool`: the process in which one call of a tool runs. It reads the request from its
// standard input, gives up its rights, does what is asked, writes output to its standard output
// and the answer to kAnswerDescriptor. Commands are its children and are held as it is.
//
//   file tools     Landlock: the workspace, to be written only where the tool writes; seccomp: the
//                  runner's list, no other program, no process, no socket
//   commands       Landlock: the workspace and the scratch folder to be written, the system's
//                  programs to be read; seccomp: the tool's list, no socket, nobody leaves the
//                  group
//
// Where the kernel has no Landlock or no seccomp, commands are refused: nothing would hold them.
//
// Threads: the only one.
#pragma once

#include <string>

#include "process/sandbox_policy.h"
#include "tool/held/request.h"

namespace hearth::tool::held {

inline constexpr int kAnswerDescriptor = 3;
inline constexpr const char* kProgramArgument = "--tool";

// What main() does when it was started with kProgramArgument; the exit code.
int serve_call();

// Whether a tool of this name runs programs.
bool runs_programs(std::string_view tool);
// What the process of a request may do.
process::SandboxPolicy policy_of(const Request& request);

}  // namespace hearth::tool::held
