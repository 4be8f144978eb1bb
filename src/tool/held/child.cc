#include "tool/held/child.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <map>
#include <string_view>

#include <fcntl.h>
#include <unistd.h>

#include "json/parse.h"
#include "process/sandbox.h"
#include "tool/held/acts.h"

namespace hearth::tool::held {

namespace {

constexpr int kDone = 0;
constexpr int kFailed = 1;
constexpr std::uint64_t kFileToolMemory = 1 * base::kGiB;

// What a command may read, and execute, beside its workspace: programs and what they are set up
// with. No passwords, no keys, nobody's home.
constexpr const char* kSystemPaths[] = {"/bin",
                                        "/lib",
                                        "/lib32",
                                        "/lib64",
                                        "/libx32",
                                        "/sbin",
                                        "/usr",
                                        "/etc/alternatives",
                                        "/etc/bash.bashrc",
                                        "/etc/debian_version",
                                        "/etc/environment",
                                        "/etc/fonts",
                                        "/etc/group",
                                        "/etc/host.conf",
                                        "/etc/hostname",
                                        "/etc/hosts",
                                        "/etc/ld.so.cache",
                                        "/etc/ld.so.conf",
                                        "/etc/ld.so.conf.d",
                                        "/etc/locale.alias",
                                        "/etc/localtime",
                                        "/etc/mime.types",
                                        "/etc/nsswitch.conf",
                                        "/etc/os-release",
                                        "/etc/passwd",
                                        "/etc/profile",
                                        "/etc/protocols",
                                        "/etc/python3",
                                        "/etc/services",
                                        "/etc/terminfo",
                                        "/etc/timezone",
                                        "/nix/store",
                                        "/run/current-system/sw"};

struct Doing {
  Result<Answer> (*act)(const Act&);
  bool writes;
  bool runs_programs;
};

const std::map<std::string_view, Doing>& doings() {
  static const std::map<std::string_view, Doing> kDoings = {
      {"read_file", {&read_file, false, false}},    {"write_file", {&write_file, true, false}},
      {"append_file", {&append_file, true, false}}, {"list_files", {&list_files, false, false}},
      {"delete_file", {&delete_file, true, false}}, {"search_files", {&search_files, false, false}},
      {"run_command", {&run_command, true, true}},  {"run_python", {&run_python, true, true}}};
  return kDoings;
}

const Doing* find_doing(std::string_view tool) {
  const auto found = doings().find(tool);
  return found == doings().end() ? nullptr : &found->second;
}

Result<std::string> read_standard_input() {
  std::string text;
  std::array<char, 64 * base::kKiB> buffer;
  while (true) {
    const ssize_t count = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(base::errno_error(errno, "cannot read the request"));
    if (count == 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(count));
    if (text.size() > kRequestBytesMax)
      return fail(Code::kInvalidArgument, "the request is too large");
  }
}

Result<void> give_up_rights(const Request& request) {
  const process::SandboxPolicy policy = policy_of(request);
  const process::Sandbox sandbox = HEARTH_TRY(process::Sandbox::prepare(policy));
  if (runs_programs(request.tool) && !sandbox.holds_files_and_calls()) {
    return fail(Code::kPermissionDenied,
                "this kernel cannot hold a command, so none is run: " + sandbox.description());
  }
  return sandbox.enter();
}

Result<Answer> answer_request() {
  const std::string text = HEARTH_TRY(read_standard_input());
  const Request request = HEARTH_TRY(parse_request(text));
  const Doing* const doing = find_doing(request.tool);
  if (doing == nullptr)
    return fail(Code::kNotFound, "no tool '" + request.tool + "' is run like this");
  const Fd workspace = HEARTH_TRY(open_folder(request.workspace));
  HEARTH_TRY(give_up_rights(request));
  const auto arguments = HEARTH_TRY(json::parse(request.arguments));
  return doing->act({workspace.get(), request, json::Node(arguments)});
}

}  // namespace

bool runs_programs(std::string_view tool) {
  const Doing* const doing = find_doing(tool);
  return doing != nullptr && doing->runs_programs;
}

process::SandboxPolicy policy_of(const Request& request) {
  using process::SandboxPolicy;
  const Doing* const doing = find_doing(request.tool);
  SandboxPolicy policy;
  policy.memory_bytes_max = kFileToolMemory;
  policy.file_bytes_max = request.limits.file_bytes;
  policy.cpu_seconds_max = request.limits.cpu_seconds;
  if (doing != nullptr && doing->writes) {
    policy.write_paths = {request.workspace};
  } else {
    policy.read_paths = {request.workspace};
  }
  if (doing == nullptr || !doing->runs_programs) return policy;
  policy.exec = SandboxPolicy::Exec::kAllowed;
  policy.group = SandboxPolicy::Group::kStays;
  policy.memory_bytes_max = request.limits.memory_bytes;
  policy.processes_max = request.limits.processes;
  policy.read_paths = {request.workspace};  // to execute what was written there
  for (const char* path : kSystemPaths) {
    if (::access(path, F_OK) == 0) policy.read_paths.emplace_back(path);
  }
  policy.write_paths.push_back(request.scratch);
  return policy;
}

int serve_call() {
  std::signal(SIGPIPE, SIG_DFL);
  // A program that we start must not write our answer.
  ::fcntl(kAnswerDescriptor, F_SETFD, FD_CLOEXEC);
  const Result<Answer> result = answer_request();
  Answer answer;
  if (result) {
    answer = *result;
  } else {
    answer.error = result.error().message;
  }
  return base::write_all(kAnswerDescriptor, answer_text(answer)) ? kDone : kFailed;
}

}  // namespace hearth::tool::held
