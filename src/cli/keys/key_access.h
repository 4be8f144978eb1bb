// The database of inbound keys, opened by a command.
//
// Threads: thread-compatible.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "access/key_store.h"
#include "cli/command.h"

namespace hearth::cli {

struct OpenKeys {
  std::unique_ptr<db::Database> database;
  access::KeyStore store;
};

// Where it is. kPermissionDenied when others could have put something into the home.
Result<std::string> key_place(const Context& context);
Result<OpenKeys> open_keys(const std::string& place);
// Nothing where no key was ever made: looking makes no database.
Result<std::optional<OpenKeys>> find_keys(const Context& context);

}  // namespace hearth::cli
