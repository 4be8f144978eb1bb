// A real `hearth serve` started as a service manager would: with a listening TCP socket that it
// made, and told where to send its news.
//
// Errors: what cannot be set up ends the test.
#pragma once

#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/fd.h"
#include "places.h"
#include "process/child.h"

namespace hearth::testing {

// What a service manager hears.
class NewsSocket {
 public:
  explicit NewsSocket(std::string path) : path_(std::move(path)) {
    fd_.reset(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path_.c_str(), path_.size() + 1);
    HEARTH_ASSERT(::bind(fd_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    const timeval patience{30, 0};  // a test that waits this long has failed
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }
  const std::string& path() const { return path_; }
  // The next news; empty when none comes.
  std::string next() {
    char text[1024];
    const ssize_t size = ::recv(fd_.get(), text, sizeof text, 0);
    return size < 0 ? std::string() : std::string(text, static_cast<std::size_t>(size));
  }
  // The next news with this in it, whatever comes before.
  std::string next_with(const std::string& text) {
    std::string news = next();
    while (!news.empty() && news.find(text) == std::string::npos)
      news = next();
    return news;
  }

 private:
  std::string path_;
  Fd fd_;
};

inline Fd tcp_listener(in_addr_t host) {
  Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(host);
  HEARTH_ASSERT(::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  HEARTH_ASSERT(::listen(fd.get(), 128) == 0);
  return fd;
}

class ServiceProcess {
 public:
  // A home, and nothing started yet.
  explicit ServiceProcess(in_addr_t host = INADDR_LOOPBACK) : listener_(tcp_listener(host)) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    news_.emplace(home_ + "/notify");
  }
  ~ServiceProcess() {
    child_.reset();
    std::filesystem::remove_all(home_);
  }
  ServiceProcess(const ServiceProcess&) = delete;
  ServiceProcess& operator=(const ServiceProcess&) = delete;

  const std::string& home() const { return home_; }
  std::string socket_path() const { return home_ + "/run/hearth.sock"; }
  std::string log_path() const { return home_ + "/log"; }
  std::uint16_t port() const { return port_; }
  NewsSocket& news() { return *news_; }
  process::Child& process() { return *child_; }

  std::string write(const std::string& name, const std::string& content) const {
    std::ofstream(home_ + "/" + name, std::ios::binary) << content;
    return home_ + "/" + name;
  }
  std::string log() const {
    std::ifstream file(log_path(), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  // `more_sockets` follow the TCP socket. The home's own Unix socket is made by the daemon unless
  // it is among them.
  void start(std::vector<std::string> environment = {}, const std::vector<int>& more_sockets = {}) {
    process::SpawnOptions options;
    // The announcement names the process that it is for, which is known when it runs.
    options.program = "/bin/sh";
    options.arguments = {"-c", R"(LISTEN_PID=$$; export LISTEN_PID; exec "$0" serve 2>"$1")",
                         hearth_path(), log_path()};
    options.environment = std::move(environment);
    for (std::string variable :
         {"HEARTH_HOME=" + home_, "NOTIFY_SOCKET=" + news_->path(),
          "LISTEN_FDS=" + std::to_string(1 + more_sockets.size()),
          std::string("LISTEN_FDNAMES=web:control"), std::string("HEARTH_MODELS_FOUND=no"),
          std::string("HEARTH_MODEL_THREADS=1")}) {
      options.environment.push_back(std::move(variable));
    }
    options.descriptors = {{listener_.get(), 3}};
    for (const int socket : more_sockets) {
      options.descriptors.emplace_back(socket, 3 + static_cast<int>(options.descriptors.size()));
    }
    auto child = process::Child::spawn(options);
    HEARTH_ASSERT(child.has_value());
    child_.emplace(*std::move(child));
  }
  void start_and_wait(std::vector<std::string> environment = {},
                      const std::vector<int>& more_sockets = {}) {
    start(std::move(environment), more_sockets);
    EXPECT_NE(news_->next_with("READY=1"), "") << log();
  }

 private:
  static std::string make_home() {
    std::string home = ::testing::TempDir() + "hearth_XXXXXX";
    HEARTH_ASSERT(::mkdtemp(home.data()) != nullptr);
    return home;
  }

  std::string home_ = make_home();
  Fd listener_;
  std::uint16_t port_ = 0;
  std::optional<NewsSocket> news_;
  std::optional<process::Child> child_;
};

}  // namespace hearth::testing
