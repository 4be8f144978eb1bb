// Shell completions from a description of the command line.
//
// Threads: pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hearth::cli {

struct ShellOption {
  std::string name;  // "--json"
  std::string help;
};

struct ShellCommand {
  std::string name;
  std::string help;
  std::vector<ShellOption> options;
  std::vector<ShellCommand> commands;
};

// REQUIRES: shell is "bash", "zsh" or "fish". The program is called "hearth".
std::string completion_script(std::string_view shell, const ShellCommand& program);

}  // namespace hearth::cli
