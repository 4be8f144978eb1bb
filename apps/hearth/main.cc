// hearth: the daemon and the command line in one executable, without llama.cpp. This file only
// wires: `serve` is the daemon, `--tool` holds a tool, everything else is a client of the daemon.
#include <string_view>

#include <unistd.h>

#include "catalog.h"
#include "cli/cli.h"
#include "config/runners.h"
#include "serve.h"
#include "tool/held/child.h"

int main(int argc, char** argv) {
  // The process of one tool; nothing of the command line has begun, no thread runs.
  if (argc == 2 && std::string_view(argv[1]) == hearth::tool::held::kProgramArgument)
    return hearth::tool::held::serve_call();
  hearth::cli::Console console(STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO);
  const hearth::cli::Wiring wiring{&hearth::serve, hearth::config::own_executable(),
                                   &hearth::make_catalog};
  return hearth::cli::run(argc, argv, console, wiring);
}
