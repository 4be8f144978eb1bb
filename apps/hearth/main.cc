// hearth: the daemon and the command line in one executable, without llama.cpp. This file only
// wires: `serve` is the daemon, everything else is a client of it.
#include <unistd.h>

#include "catalog.h"
#include "cli/cli.h"
#include "config/runners.h"
#include "serve.h"

int main(int argc, char** argv) {
  hearth::cli::Console console(STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO);
  const hearth::cli::Wiring wiring{&hearth::serve, hearth::config::own_executable(),
                                   &hearth::make_catalog};
  return hearth::cli::run(argc, argv, console, wiring);
}
