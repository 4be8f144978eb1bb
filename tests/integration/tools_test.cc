// Tools held by the real `hearth --tool`: what they do, and what nobody gets out of them. Each
// escape is tried by a command that would work outside, so that its failing means something.
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <future>
#include <thread>

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/testing/temporary_folder.h"
#include "hearth_command.h"
#include "json/writer.h"
#include "places.h"
#include "process/group_use.h"
#include "tool/builtin/builtin.h"

namespace hearth::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;
using tool::Status;

class Tools : public ::testing::Test {
 protected:
  Tools() {
    std::filesystem::create_directory(folder_.file("work"));
    options_.executable = hearth_path();
    options_.workspace = folder_.file("work");
    options_.scratch = folder_.file("scratch");
    folder_.write("secret.txt", "the key");
  }
  const tool::Toolbox& toolbox() {
    if (!toolbox_) toolbox_ = tool::make_toolbox(options_).value();
    return *toolbox_;
  }
  tool::Outcome run(const std::string& name,
                    const std::vector<std::pair<std::string, std::string>>& arguments,
                    const base::CancelToken& cancel = {}) {
    json::Writer json;
    json.open('{');
    for (const auto& [key, value] : arguments)
      json.key(key).text(value);
    return toolbox().run({name, json.close('}').take()}, cancel);
  }
  tool::Outcome shell(const std::string& command, const base::CancelToken& cancel = {}) {
    return run("run_command", {{"command", command}}, cancel);
  }
  tool::Outcome python(const std::string& code) { return run("run_python", {{"code", code}}); }
  std::string work(const std::string& name) const { return options_.workspace + "/" + name; }
  static std::string content(const std::string& path) {
    return base::load_text_file(path, 1 << 20).value_or("(none)");
  }
  static std::string outside(const std::string& command) {
    process::SpawnOptions options;
    options.program = "/bin/sh";
    options.arguments = {"-c", command};
    options.environment = {"PATH=/usr/bin:/bin"};
    options.out = process::SpawnOptions::Output::kPipe;
    auto child = process::Child::spawn(options).value();
    const std::string text = read_to_end(child.take_stdout()->get());
    EXPECT_TRUE(child.wait(kCommandPatience));
    return text;
  }

  base::testing::TemporaryFolder folder_;
  tool::BuiltinOptions options_;
  std::unique_ptr<tool::Toolbox> toolbox_;
};

TEST_F(Tools, FilesAreWrittenReadListedFoundAndDeleted) {
  EXPECT_EQ(run("write_file", {{"path", "notes/a.txt"}, {"text", "one\ntwo"}}).error, "");
  EXPECT_EQ(content(work("notes/a.txt")), "one\ntwo");
  EXPECT_EQ(run("append_file", {{"path", "notes/a.txt"}, {"line", "three"}}).error, "");
  EXPECT_EQ(run("read_file", {{"path", "notes/a.txt"}}).output, "one\ntwo\nthree\n");
  EXPECT_EQ(run("append_file", {{"path", "b.txt"}, {"line", "new"}}).status, Status::kOk);
  EXPECT_EQ(run("list_files", {{"path", "."}}).output, "b.txt\nnotes/\n");
  EXPECT_EQ(run("search_files", {{"text", "t"}}).output,
            "notes/a.txt:2: two\nnotes/a.txt:3: three\n");
  EXPECT_EQ(run("search_files", {{"text", "new"}, {"path", "notes"}}).output, "(nothing found)\n");
  EXPECT_EQ(run("delete_file", {{"path", "b.txt"}}).output, "deleted");
  EXPECT_FALSE(std::filesystem::exists(work("b.txt")));
}

TEST_F(Tools, WhatCannotBeDoneIsSaid) {
  std::filesystem::create_directory(work("folder"));
  ASSERT_EQ(::mkfifo(work("pipe").c_str(), 0600), 0);
  std::ofstream(work("picture")) << std::string("\x89PNG\0", 5);
  EXPECT_THAT(run("read_file", {{"path", "nowhere"}}).error, HasSubstr("cannot open 'nowhere'"));
  EXPECT_THAT(run("read_file", {{"path", "folder"}}).error, HasSubstr("is a folder"));
  EXPECT_THAT(run("read_file", {{"path", "pipe"}}).error, HasSubstr("no plain file"));
  EXPECT_THAT(run("read_file", {{"path", "picture"}}).error, HasSubstr("is no text"));
  EXPECT_THAT(run("write_file", {{"path", "folder"}, {"text", "x"}}).error, HasSubstr("no plain"));
  EXPECT_THAT(run("append_file", {{"path", "folder"}, {"line", "x"}}).error, HasSubstr("folder"));
  EXPECT_THAT(run("delete_file", {{"path", "folder"}}).error, HasSubstr("is a folder"));
  EXPECT_THAT(run("list_files", {{"path", "picture"}}).error, HasSubstr("no folder"));
  EXPECT_EQ(run("read_file", {{"path", "nowhere"}}).status, Status::kFailed);
}

TEST_F(Tools, AnOverwrittenFileKeepsItsPermissionsAndIsNeverHalf) {
  std::ofstream(work("run.sh")) << "old";
  ASSERT_EQ(::chmod(work("run.sh").c_str(), 0750), 0);
  EXPECT_EQ(run("write_file", {{"path", "run.sh"}, {"text", "new"}}).status, Status::kOk);
  EXPECT_EQ(std::filesystem::status(work("run.sh")).permissions(), std::filesystem::perms(0750));
  options_.limits.file_bytes = 100;
  toolbox_.reset();
  const auto huge = run("write_file", {{"path", "run.sh"}, {"text", std::string(1000, 'x')}});
  EXPECT_EQ(huge.status, Status::kFailed);
  EXPECT_EQ(content(work("run.sh")), "new");
}

TEST_F(Tools, NoPathOfAFileToolLeadsOut) {
  const std::string secret = folder_.file("secret.txt");
  std::filesystem::create_symlink(secret, work("link"));
  std::filesystem::create_symlink(folder_.path(), work("up"));
  std::filesystem::create_symlink("/", work("root"));
  EXPECT_EQ(content(work("link")), "the key") << "outside it works";
  for (const char* path :
       {"link", "up/secret.txt", "root/etc/passwd", "../secret.txt", "up/../secret.txt"}) {
    for (const auto& outcome : {run("read_file", {{"path", path}}),
                                run("search_files", {{"path", path}, {"text", "key"}}),
                                run("write_file", {{"path", path}, {"text", "bad"}}),
                                run("append_file", {{"path", path}, {"line", "bad"}}),
                                run("delete_file", {{"path", path}})})
      EXPECT_THAT(outcome.output, Not(HasSubstr("the key"))) << path;
  }
  EXPECT_EQ(content(secret), "the key");
  EXPECT_THAT(run("read_file", {{"path", "up/secret.txt"}}).error, HasSubstr("is a link"));
  EXPECT_THAT(run("list_files", {{"path", "up"}}).error, HasSubstr("is a link"));
  EXPECT_THAT(run("delete_file", {{"path", "up/secret.txt"}}).error, HasSubstr("is a link"));
  EXPECT_TRUE(std::filesystem::exists(secret));
}

TEST_F(Tools, CommandsRunInTheWorkspaceWithACleanEnvironment) {
  ::setenv("HEARTH_TEST_KEY", "sk-secret", 1);
  const auto seen = shell("pwd; env | sort; echo words >&2; exit 3");
  ::unsetenv("HEARTH_TEST_KEY");
  EXPECT_EQ(seen.exit_code, 3);
  EXPECT_EQ(seen.status, Status::kFailed);
  EXPECT_EQ(seen.error, "exit code 3");
  EXPECT_THAT(seen.output, HasSubstr(std::filesystem::canonical(options_.workspace).string()));
  EXPECT_THAT(seen.output, HasSubstr("words"));
  EXPECT_THAT(seen.output, HasSubstr("HOME=" + options_.scratch));
  EXPECT_THAT(seen.output, Not(HasSubstr("sk-secret")));
  EXPECT_THAT(seen.output, Not(HasSubstr("HEARTH")));
  EXPECT_EQ(shell("echo a > a.txt && mkdir b && mv a.txt b/ && cat b/a.txt").output, "a\n");
  EXPECT_EQ(shell("echo x > $TMPDIR/y && cat $HOME/y").output, "x\n");
  EXPECT_THAT(shell("kill -9 $$").error, HasSubstr("SIGKILL"));
}

TEST_F(Tools, PythonRunsWhereItIs) {
  if (toolbox().find_spec("run_python") == nullptr) return;
  EXPECT_EQ(python("import json, subprocess\n"
                   "print(json.dumps([1, subprocess.run(['echo', 'hi'],"
                   " capture_output=True, text=True).stdout]))")
                .output,
            "[1, \"hi\\n\"]\n");
  EXPECT_EQ(python("raise SystemExit(4)").exit_code, 4);
}

TEST_F(Tools, CommandsReadAndWriteNothingOutside) {
  const std::string secret = folder_.file("secret.txt");
  EXPECT_EQ(outside("cat " + secret), "the key");
  const auto with_path = [&](std::string command) {
    for (std::size_t at = 0; (at = command.find('@')) != std::string::npos;)
      command.replace(at, 1, secret);
    return command;
  };
  for (const char* command : {"cat @", "cat ../secret.txt", "cat @ | cat", "ln -s @ l; cat l",
                              "ln @ h; cat h", "cp @ c; cat c", "cd ..; cat secret.txt"})
    EXPECT_THAT(shell(with_path(command)).output, Not(HasSubstr("the key"))) << command;
  for (const char* command :
       {"echo bad > @", "rm -f @", "mv @ here", "truncate -s 0 @", "echo bad > ../new",
        "mkdir ../new", "dd of=@", "chmod 777 @", "ln -s @ w; echo bad > w", "ln @ w2"}) {
    shell(with_path(command) + " < /dev/null");
    EXPECT_EQ(content(secret), "the key") << command;
  }
  EXPECT_EQ(std::filesystem::hard_link_count(secret), 1U);
  EXPECT_FALSE(std::filesystem::exists(folder_.file("new")));
  for (const char* file : {"/etc/shadow", "/proc/self/environ", "/proc/1/environ", "/dev/mem",
                           "/sys/kernel", "/var/log", "/run/lock", "/boot", ".."})
    EXPECT_NE(shell(std::string("cat ") + file + " || ls " + file + "/").exit_code, 0) << file;
}

TEST_F(Tools, CommandsSeeNothingOfTheDaemon) {
  const std::string pid = std::to_string(::getpid());
  EXPECT_NE(outside("tr '\\0' '\\n' < /proc/" + pid + "/environ"), "");
  for (const std::string& file : {"/proc/" + pid + "/environ", "/proc/" + pid + "/mem",
                                  "/proc/" + pid + "/maps", "/proc/" + pid + "/cmdline"})
    EXPECT_NE(shell("cat " + file).exit_code, 0) << file;
  EXPECT_NE(shell("kill -0 " + pid).exit_code, 0);
  EXPECT_NE(shell("kill -9 " + pid).exit_code, 0);
  EXPECT_NE(shell("kill -9 -1; sleep 0; exit 1").exit_code, 0) << "and we are still here";
}

TEST_F(Tools, CommandsHaveNoNetwork) {
  const Fd server(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(server.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::listen(server.get(), 1), 0);
  ASSERT_EQ(::getsockname(server.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
  const std::string port = std::to_string(ntohs(address.sin_port));
  const std::string code =
      "import socket\nsocket.create_connection(('127.0.0.1', " + port + "), 2)\nprint('connected')";
  if (toolbox().find_spec("run_python") == nullptr) return;
  EXPECT_EQ(outside("/usr/bin/python3 -c \"" + code + "\""), "connected\n");
  EXPECT_THAT(python(code).output, Not(HasSubstr("\nconnected")));
  EXPECT_NE(python(code).exit_code, 0);
  for (const char* family : {"AF_UNIX, socket.SOCK_STREAM", "AF_INET, socket.SOCK_DGRAM",
                             "AF_INET6, socket.SOCK_STREAM", "AF_NETLINK, socket.SOCK_RAW"})
    EXPECT_NE(python(std::string("import socket\nsocket.socket(socket.") + family + ")").exit_code,
              0)
        << family;
}

TEST_F(Tools, CommandsCannotTraceMountOrRaiseThemselves) {
  if (toolbox().find_spec("run_python") == nullptr) return;
  const std::string call = "import ctypes, os, sys\nc = ctypes.CDLL(None, use_errno=True)\n";
  for (const char* what :
       {"c.ptrace(16, os.getppid(), 0, 0)", "c.mount(b'/', b'/', b'', 4096, None)",
        "c.unshare(0x10000000)", "c.chroot(b'.')", "c.setsid()", "c.setpgid(0, 0)",
        "c.syscall(321, 0, 0, 0)", "os.open('/proc/self/mem', os.O_RDWR)"})
    EXPECT_NE(python(call + "sys.exit(0 if " + what + " >= 0 else 7)").exit_code, 0) << what;
  EXPECT_NE(shell("sudo -n true || su -c true").exit_code, 0);
}

TEST_F(Tools, NothingThatACommandStartedOutlivesIt) {
  const auto begun = shell(
      "(while :; do echo alive > beat; sleep 0.01; done) > /dev/null 2>&1 &\n"
      "(setsid sh -c 'while :; do echo alive > beat2; sleep 0.01; done' || true) > /dev/null 2>&1 "
      "&\n"
      "(trap '' HUP TERM INT; nohup sleep 1000) > /dev/null 2>&1 &\n"
      "until [ -s beat ]; do :; done; echo begun");
  EXPECT_EQ(begun.output, "begun\n");
  std::filesystem::remove(work("beat"));
  std::filesystem::remove(work("beat2"));
  // Another one takes longer than a beat.
  EXPECT_EQ(shell("sleep 0.2").status, Status::kOk);
  EXPECT_FALSE(std::filesystem::exists(work("beat")));
  EXPECT_FALSE(std::filesystem::exists(work("beat2")));
}

TEST_F(Tools, AForkBombIsEnded) {
  options_.limits.processes = 20;
  options_.time_limit = 30s;
  const std::size_t before = process::count_all_tasks();
  const auto bomb = shell("b() { b | b & }; b; sleep 1000");
  EXPECT_EQ(bomb.status, Status::kFailed) << bomb.error;
  EXPECT_THAT(bomb.error, ::testing::AnyOf(HasSubstr("more than 20 processes"),
                                           HasSubstr("exit code"), HasSubstr("killed")));
  const auto quiet = [&] { return process::count_all_tasks() < before + 100; };
  const auto until = base::system_clock().now() + 20s;
  while (!quiet() && base::system_clock().now() < until)
    std::this_thread::yield();
  EXPECT_TRUE(quiet());
  EXPECT_EQ(shell("echo still here").output, "still here\n");
}

TEST_F(Tools, TimeIsBounded) {
  options_.time_limit = 500ms;
  const auto begin = base::system_clock().now();
  const auto endless = shell("echo before; trap '' TERM INT; while :; do :; done");
  EXPECT_EQ(endless.status, Status::kTimedOut);
  EXPECT_EQ(endless.output, "before\n");
  EXPECT_FALSE(endless.retryable) << "nobody knows what it has done";
  EXPECT_LT(base::system_clock().now() - begin, 20s);
  EXPECT_EQ(shell("sleep 1000").status, Status::kTimedOut);
}

TEST_F(Tools, ACancelledCallEnds) {
  base::CancelSource cancel;
  auto running = std::async(std::launch::async,
                            [&] { return shell("echo > begun; sleep 1000", cancel.token()); });
  while (!std::filesystem::exists(work("begun")))
    std::this_thread::yield();
  cancel.cancel();
  EXPECT_EQ(running.get().status, Status::kCancelled);
}

TEST_F(Tools, AFloodOfOutputIsBounded) {
  options_.output_bytes_max = 1024;
  const auto some = shell("seq 1 100000");
  EXPECT_EQ(some.status, Status::kOk);
  EXPECT_LT(some.output.size(), 1200U);
  EXPECT_THAT(some.output, HasSubstr("bytes are left out here"));
  EXPECT_THAT(some.output, ::testing::StartsWith("1\n2\n"));
  EXPECT_THAT(some.output, ::testing::EndsWith("99999\n100000\n"));
  const auto endless = shell("yes");
  EXPECT_EQ(endless.status, Status::kFailed);
  EXPECT_THAT(endless.error, HasSubstr("it wrote more than 64"));
}

TEST_F(Tools, MemoryAndFilesAreBounded) {
  options_.limits.memory_bytes = 200 * base::kMiB;
  options_.limits.file_bytes = base::kMiB;
  EXPECT_NE(shell("head -c 3000000 /dev/zero > big").status, Status::kOk);
  EXPECT_LE(std::filesystem::file_size(work("big")), base::kMiB);
  if (toolbox().find_spec("run_python") == nullptr) return;
  EXPECT_NE(python("x = bytearray(400 * 1024 * 1024)").status, Status::kOk);
  // Each within its limit, all together not.
  const auto together = python(
      "import os, time\nfor i in range(6):\n  if os.fork() == 0: break\n"
      "x = bytearray(b'x') * (100 * 1024 * 1024)\ntime.sleep(1000)");
  EXPECT_THAT(together.error, HasSubstr("of memory together"));
}

TEST_F(Tools, TheCommandLineListsAndRunsThem) {
  const std::string home = folder_.file("home");
  const auto tools = [&](std::vector<std::string> words) {
    words.insert(words.begin(), "tools");
    words.insert(words.end(), {"--workspace", options_.workspace});
    return run_hearth(home, words);
  };
  const auto list = tools({"list"});
  EXPECT_EQ(list.code, 0) << list.err;
  EXPECT_THAT(list.out, HasSubstr("run_command"));
  EXPECT_THAT(list.err, HasSubstr("landlock"));
  EXPECT_THAT(tools({"list", "--json"}).out, HasSubstr(R"("name":"calculator")"));
  EXPECT_EQ(tools({"run", "calculator", "expression=2^10"}).out, "1024\n");
  EXPECT_EQ(tools({"run", "write_file", "path=a", "text=b"}).code, 0);
  EXPECT_EQ(content(work("a")), "b");
  const auto asked = tools({"run", "delete_file", "path=a"});
  EXPECT_EQ(asked.code, 1);
  EXPECT_THAT(asked.err, HasSubstr("--approve auto"));
  EXPECT_TRUE(std::filesystem::exists(work("a")));
  EXPECT_EQ(tools({"run", "delete_file", "path=a", "--approve", "auto"}).code, 0);
  EXPECT_FALSE(std::filesystem::exists(work("a")));
  const auto wrong = tools({"run", "read_fil", "path=a"});
  EXPECT_EQ(wrong.code, 1);
  EXPECT_THAT(wrong.err, HasSubstr("did you mean 'read_file'?"));
  EXPECT_THAT(
      tools({"run", "run_command", R"({"command":"exit 3"})", "--approve", "auto", "--json"}).out,
      HasSubstr(R"("exit_code":3)"));
}

}  // namespace
}  // namespace hearth::testing
