// A stock PostgreSQL server for one test program: in a folder of its own, on a socket in it,
// without a port. It starts at the first use and stops at the end, also when the program is killed.
//
// Threads: as the tests, one.
#pragma once

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/result.h"
#include "base/testing/temporary_folder.h"

namespace hearth::db::testing {

class PostgresServer {
 public:
  static PostgresServer& shared() {
    static PostgresServer server;
    return server;
  }

  PostgresServer() : programs_(find_programs()) {
    if (const passwd* user = other_user()) {
      HEARTH_ASSERT(::chown(folder_.path().c_str(), user->pw_uid, user->pw_gid) == 0);
    }
    initialise();
    start();
  }
  ~PostgresServer() {
    if (::getpid() == owner_) stop();
  }
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  // Without a password; "locked" is a user who needs one.
  std::string url(const std::string& database, const std::string& user = "hearth") const {
    return "postgresql://" + user + "@/" + database + "?host=" + folder_.path();
  }

  // Returns when connections are accepted.
  void start() {
    int ends[2];
    HEARTH_ASSERT(::pipe2(ends, O_CLOEXEC) == 0);
    log_.reset(ends[0]);
    Fd says(ends[1]);
    // It says little, which has room there, and nobody reads what comes after the start.
    ::fcntl(says.get(), F_SETPIPE_SZ, 1 << 20);
    pid_ = run("postgres",
               {"-D", data(), "-k", folder_.path(), "-c", "listen_addresses=", "-c", "fsync=off",
                "-c", "shared_buffers=16MB", "-c", "log_min_messages=log", "-c",
                "log_checkpoints=off", "-c", "lc_messages=C"},
               says.get());
    says.reset();  // so that the log ends with the server
    wait_until_ready();
  }

  // As its operator does: connections are cut.
  void stop() {
    if (pid_ < 0) return;
    ::kill(pid_, SIGINT);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }

  // The name of a database that no other test has; whoever is connected to "postgres" makes it.
  std::string next_name() { return "test_" + std::to_string(++databases_); }

 private:
  [[noreturn]] static void give_up(const std::string& words) {
    std::fprintf(stderr, "The tests cannot start a PostgreSQL server: %s\n", words.c_str());
    std::abort();
  }

  // The newest of those that are installed, as Debian and Fedora lay them.
  static std::string find_programs() {
    std::vector<std::pair<int, std::string>> found;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator("/usr/lib/postgresql", none))
      found.emplace_back(std::atoi(entry.path().filename().c_str()), entry.path() / "bin");
    found.emplace_back(0, "/usr/bin");
    found.emplace_back(0, "/usr/local/bin");
    std::sort(found.rbegin(), found.rend());
    for (const auto& [version, folder] : found) {
      if (::access((folder + "/initdb").c_str(), X_OK) == 0) return folder;
    }
    give_up("there is none; it is the package postgresql");
  }

  // PostgreSQL refuses root.
  static const passwd* other_user() {
    if (::getuid() != 0) return nullptr;
    const passwd* user = ::getpwnam("postgres");
    if (user == nullptr) user = ::getpwnam("nobody");
    if (user == nullptr) give_up("root needs another user to start it as");
    return user;
  }

  std::string data() const { return folder_.file("data"); }

  pid_t run(const std::string& program, std::vector<std::string> arguments, int output) const {
    arguments.insert(arguments.begin(), programs_ + "/" + program);
    std::vector<char*> pointers;
    for (std::string& argument : arguments)
      pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    char locale[] = "LC_ALL=C";
    char path[] = "PATH=/usr/bin:/bin";
    char* environment[] = {locale, path, nullptr};
    const passwd* user = other_user();
    const pid_t pid = ::fork();
    HEARTH_ASSERT(pid >= 0);
    if (pid > 0) return pid;
    const bool other =
        user == nullptr || (::setgroups(0, nullptr) == 0 && ::setgid(user->pw_gid) == 0 &&
                            ::setuid(user->pw_uid) == 0 && ::chdir("/") == 0);
    // After the change of user, which would undo it; to PostgreSQL it is "at once".
    ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
    if (other && ::dup2(output, 1) == 1 && ::dup2(output, 2) == 2)
      ::execve(pointers[0], pointers.data(), environment);
    ::_exit(127);
  }

  void initialise() {
    const std::string log = folder_.write("initdb.log", "");
    const Fd output(::open(log.c_str(), O_WRONLY | O_CLOEXEC));
    const pid_t pid =
        run("initdb",
            {"-D", data(), "-U", "hearth", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"},
            output.get());
    int status = 0;
    ::waitpid(pid, &status, 0);
    if (status != 0) give_up("initdb failed:\n" + *base::load_text_file(log, 1 << 20));
    std::ofstream(data() + "/pg_hba.conf")
        << "local all locked scram-sha-256\nlocal all all trust\n";
  }

  void wait_until_ready() const {
    std::string log;
    char buffer[512];
    while (log.find("ready to accept connections") == std::string::npos) {
      const ssize_t count = ::read(log_.get(), buffer, sizeof buffer);
      if (count <= 0) give_up("it ended:\n" + log);
      log.append(buffer, static_cast<std::size_t>(count));
    }
  }

  base::testing::TemporaryFolder folder_;
  const std::string programs_;
  const pid_t owner_ = ::getpid();
  pid_t pid_ = -1;
  Fd log_;  // open as long as the server writes
  int databases_ = 0;
};

}  // namespace hearth::db::testing
