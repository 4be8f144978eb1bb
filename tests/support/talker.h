// A hearth-runner that is no server: what it prints, line by line, and how it ends. For trainings.
//
// Errors: what cannot be started ends the test.
#pragma once

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "places.h"
#include "printed_text.h"
#include "process/child.h"

namespace hearth::testing {

class Talker {
 public:
  explicit Talker(std::vector<std::string> arguments)
      : child_(spawn(std::move(arguments))), out_(*child_.take_stdout()) {}
  // The next line with this text in it; empty at the end.
  std::string line_with(std::string_view text) { return out_.line_with(text); }
  std::string last_line() {
    std::string last;
    for (std::string line = line_with(""); !line.empty(); line = line_with(""))
      last = line;
    return last;
  }
  // NaN where the line has no such number.
  static double number_in(const std::string& line, const std::string& key) {
    const std::size_t found = line.find("\"" + key + "\":");
    return found == std::string::npos ? NAN : std::atof(line.c_str() + found + key.size() + 3);
  }
  process::Child& process() { return child_; }
  int exit_code() {
    constexpr auto kPatience = std::chrono::seconds(240);
    const auto ended = child_.wait(kPatience);
    return ended && ended->signal == 0 ? ended->code : -1;
  }

 private:
  static process::Child spawn(std::vector<std::string> arguments) {
    process::SpawnOptions options;
    options.program = runner_path();
    options.arguments = std::move(arguments);
    options.out = process::SpawnOptions::Output::kPipe;
    auto child = process::Child::spawn(options);
    HEARTH_ASSERT(child.has_value());
    return *std::move(child);
  }

  process::Child child_;
  PrintedText out_;
};

}  // namespace hearth::testing
