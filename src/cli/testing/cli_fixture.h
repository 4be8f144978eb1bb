// Whole commands against a scripted daemon, in a home of their own.
//
// Threads: confined to the test; the daemon's script runs on a thread of its own.
#pragma once

#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>

#include "base/fd.h"
#include "cli/cli.h"
#include "cli/console.h"
#include "cli/testing/fake_daemon.h"

namespace hearth::cli::testing {

struct Outcome {
  int code = -1;
  std::string out;
  std::string notices;
};

class Cli : public ::testing::Test {
 protected:
  // What the script of the fake daemon does with requests other than /health/live.
  void answer_with(FakeDaemon::Script script) { daemon_.emplace(home_.home(), std::move(script)); }

  Outcome run(std::vector<std::string> words, const std::string& input = "") {
    const std::string folder = home_.path() + "/";
    std::ofstream(folder + "in") << input;
    const Fd in(::open((folder + "in").c_str(), O_RDONLY));
    const Fd out(::open((folder + "out").c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600));
    const Fd notices(::open((folder + "notices").c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600));
    words.insert(words.begin(), {"hearth", "--home", home_.path()});
    std::vector<const char*> argv;
    for (const std::string& word : words)
      argv.push_back(word.c_str());
    Console console(in.get(), out.get(), notices.get());
    Outcome outcome;
    outcome.code = cli::run(static_cast<int>(argv.size()), argv.data(), console, wiring_);
    outcome.out = *base::load_text_file(folder + "out", 1 << 20);
    outcome.notices = *base::load_text_file(folder + "notices", 1 << 20);
    return outcome;
  }

  // A file in the home with this content; its path.
  std::string write(const std::string& name, const std::string& content) {
    const std::string path = home_.path() + "/" + name;
    std::ofstream(path, std::ios::binary) << content;
    return path;
  }

  TemporaryHome home_;
  Wiring wiring_{nullptr, "/nowhere/hearth"};
  std::optional<FakeDaemon> daemon_;
};

inline void say_hello(const FakeRequest&, const FakeReply& reply) {
  reply.start_events();
  reply.text("hel");
  reply.text("lo");
  reply.finish();
}

}  // namespace hearth::cli::testing
