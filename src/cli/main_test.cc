// The main function of cli_test. Besides the tests it can be two other programs, which the tests
// start by running themselves: a private daemon, and the command line on a terminal.
#include <fstream>
#include <future>
#include <iostream>
#include <string_view>

#include <gmock/gmock.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/testing/fake_daemon.h"
#include "config/runners.h"

namespace hearth::cli {
namespace {

// What a private daemon does as far as commands can tell: it answers, and stops when told to.
int serve_fake(const ServeOptions& options) {
  if (std::filesystem::exists(options.home.data_folder() + "/refuse")) {
    std::cerr << "the disk is on fire" << std::endl;
    return 1;
  }
  std::ofstream(options.home.data_folder() + "/started", std::ios::app) << ::getpid() << "\n";
  std::promise<void> told;
  const testing::FakeDaemon daemon(
      options.home, [&](const testing::FakeRequest& request, const testing::FakeReply& reply) {
        if (request.line == "POST /hearth/v1/shutdown") {
          reply.json(200, "{}");
          told.set_value();
        } else if (request.line == "GET /hearth/v1/version") {
          reply.json(200, R"({"version":"fake","protocol":1})");
        } else {
          reply.json(200, R"({"models":[],"loaded":[]})");
        }
      });
  (void)base::write_all(options.ready_fd, "+");
  ::close(options.ready_fd);
  told.get_future().wait();
  return 0;
}

}  // namespace
}  // namespace hearth::cli

int main(int argc, char** argv) {
  const std::string_view first = argc > 1 ? argv[1] : "";
  if (!first.empty() && !first.starts_with("--gtest") && !first.starts_with("--gmock")) {
    hearth::cli::Console console(STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO);
    return hearth::cli::run(argc, argv, console,
                            {&hearth::cli::serve_fake, hearth::config::own_executable()});
  }
  ::testing::InitGoogleMock(&argc, argv);
  return RUN_ALL_TESTS();
}
