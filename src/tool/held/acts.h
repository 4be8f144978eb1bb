// What the process that holds a tool does once it has given up its rights. Output goes to standard
// output as it comes.
//
// Threads: the only one.
// Errors:  in words for whoever called the tool.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "json/node.h"
#include "tool/held/beneath.h"
#include "tool/held/request.h"

namespace hearth::tool::held {

struct Act {
  int workspace = -1;  // its descriptor
  const Request& request;
  const json::Node& arguments;  // valid for the tool's schema
};

// files.cc
Result<Answer> read_file(const Act& act);
Result<Answer> write_file(const Act& act);
Result<Answer> append_file(const Act& act);
Result<Answer> list_files(const Act& act);
Result<Answer> delete_file(const Act& act);
// search.cc
Result<Answer> search_files(const Act& act);
// command.cc
Result<Answer> run_command(const Act& act);
Result<Answer> run_python(const Act& act);

// Where python3 is that a command may use; empty where there is none.
std::string find_python();

// The argument; empty where it was left out.
std::string argument_of(const Act& act, std::string_view name);
// The place that the argument `path` names.
Result<Place> place_of(const Act& act, Folders folders);

void print(std::string_view text);

}  // namespace hearth::tool::held
