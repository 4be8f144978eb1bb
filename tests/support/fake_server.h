// A stand-in of tests/fakes as a process: it prints where it listens, and ends with its input.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "json/parse.h"
#include "printed_text.h"
#include "process/child.h"

namespace hearth::testing {

class FakeServer {
 public:
  // A program of Python and its arguments.
  explicit FakeServer(std::vector<std::string> arguments) {
    process::SpawnOptions options;
    options.program = HEARTH_PYTHON;
    options.arguments = std::move(arguments);
    options.in = process::SpawnOptions::Input::kPipe;
    options.out = process::SpawnOptions::Output::kPipe;
    auto child = process::Child::spawn(options);
    HEARTH_ASSERT(child.has_value());
    child_.emplace(std::move(*child));
    PrintedText printed(*child_->take_stdout());
    addresses_ = *json::parse(printed.line_with("{"));
  }

  // "http://127.0.0.1:PORT"
  std::string address(const char* server) const {
    return std::string(addresses_.at(server).as_string());
  }
  void end() { child_.reset(); }

 private:
  std::optional<process::Child> child_;
  boost::json::value addresses_;
};

}  // namespace hearth::testing
