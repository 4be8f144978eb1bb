// A whole `hearth` command in a home, and what it printed.
//
// Errors: what cannot be set up ends the test.
#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/fd.h"
#include "places.h"
#include "process/child.h"

namespace hearth::testing {

// No command takes this long unless it is broken.
inline constexpr auto kCommandPatience = std::chrono::seconds(60);

struct Outcome {
  int code = -1;
  std::string out;
  std::string err;
};

inline std::string read_to_end(int fd) {
  std::string text;
  char buffer[4096];
  ssize_t count = 0;
  while ((count = ::read(fd, buffer, sizeof buffer)) > 0) {
    text.append(buffer, static_cast<std::size_t>(count));
  }
  return text;
}

// What it prints is small enough for its pipes.
inline Outcome run_hearth(const std::string& home, std::vector<std::string> arguments,
                          const std::string& input = "",
                          const std::vector<std::string>& environment = {}) {
  process::SpawnOptions options;
  options.program = hearth_path();
  options.arguments = std::move(arguments);
  options.environment = {"HEARTH_HOME=" + home, "HEARTH_MODEL_THREADS=1"};
  options.environment.insert(options.environment.end(), environment.begin(), environment.end());
  options.in = process::SpawnOptions::Input::kPipe;
  options.out = process::SpawnOptions::Output::kPipe;
  options.err = process::SpawnOptions::Output::kPipe;
  auto child = process::Child::spawn(options);
  HEARTH_ASSERT(child.has_value());
  {
    const Fd to = child->take_stdin().value();
    EXPECT_TRUE(base::write_all(to.get(), input));
  }
  Outcome outcome;
  outcome.out = read_to_end(child->take_stdout()->get());
  outcome.err = read_to_end(child->take_stderr()->get());
  const auto ended = child->wait(kCommandPatience);
  EXPECT_TRUE(ended) << outcome.err;
  if (ended) outcome.code = ended->code;
  return outcome;
}

}  // namespace hearth::testing
