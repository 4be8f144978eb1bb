// What apps/ gives to the command line: the parts that are not HTTP.
//
// Threads: values.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "config/home.h"
#include "config/settings.h"
#include "store/catalog.h"

namespace hearth::cli {

struct ServeOptions {
  // kPrivate: only the Unix socket, and it ends when it has been idle for private.idle_seconds.
  enum class Mode : std::uint8_t { kPublic, kPrivate };
  config::Home home;
  config::Settings settings;
  Mode mode = Mode::kPublic;
  // Gets one byte and is closed once the daemon answers; -1 is none.
  int ready_fd = -1;
};

struct Wiring {
  // Serves until it is told to stop; its result is the exit code.
  std::function<int(const ServeOptions&)> serve;
  // Started with `serve --private` when a command needs a daemon.
  std::string executable;
  // The models that the daemon of this home would know.
  std::function<store::Catalog(const config::Home&, const config::Settings&)> catalog = {};
};

}  // namespace hearth::cli
