// The tools that ship with Hearth. Their names and arguments are those that the built-in model was
// taught (models/ember/seeds/tools.txt); docs/tools.md describes each.
//
// Ownership: a Toolbox owns its tools, and they own what is given here.
// Errors:    kNotFound for a workspace that is no folder, kInvalidArgument for one that holds what
//            no tool may see, or for the name of a tool that is to be left out and does not exist.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/cancellation.h"
#include "base/result.h"
#include "net/web/web.h"
#include "tool/held/request.h"
#include "tool/toolbox.h"

namespace hearth::tool {

// Asks a person and returns his answer; kCancelled when the token says so or he leaves.
using Asking = std::function<Result<std::string>(const std::string& question,
                                                 const base::CancelToken& cancel)>;

struct BuiltinOptions {
  std::string executable;             // `hearth`, which holds tools as `hearth --tool`
  std::string workspace;              // absolute; empty: no files, no commands
  std::string scratch;                // absolute: what commands have as their home
  std::vector<std::string> guarded;   // folders that no workspace may hold: those of Hearth itself
  std::vector<std::string> hosts;     // that pages may be fetched from; none: no pages
  std::vector<std::string> left_out;  // names of tools
  held::Limits limits;
  base::Duration time_limit = std::chrono::seconds(60);  // of commands
  std::size_t output_bytes_max = kOutputBytesUsual;
  Asking ask;                     // empty: nobody can be asked
  std::shared_ptr<net::Web> web;  // empty: the web itself, public addresses only
};

Result<std::unique_ptr<Toolbox>> make_toolbox(const BuiltinOptions& options);

// What holds commands on this machine, in a line for people; an error says why nothing does.
Result<std::string> holding_words(const BuiltinOptions& options);

}  // namespace hearth::tool
