// What each client has to be told so that it comes to this daemon, and how its file looks then.
// Nothing is read or written here.
//
// Threads: pure.
// Errors:  of a merge: what is wrong with the file, as the end of "… is left alone: ".
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/home.h"

namespace hearth::cli {

// A client that sends a key anyway, where none is needed, sends this one.
inline constexpr std::string_view kNoKey = "hearth-needs-no-key";

struct Target {
  std::string url;  // "http://127.0.0.1:4327"
  std::string model;
  bool needs_key = false;
};

struct Plan {
  std::string file;      // absolute; empty where it is not known which
  std::string settings;  // as somebody would write them by hand
  // The file as it is to be, of what it is; asked again it changes nothing.
  std::function<Result<std::string>(std::string before)> merge;
  // Read by the client, too, and what stands there wins; empty where there is no such file.
  std::string rival_file = {};
  std::string key_variable;  // that the client reads its key from, where one is needed
  std::vector<std::string> remarks;
};

struct Client {
  std::string_view name;   // of the command
  std::string_view title;  // of the program
  Result<Plan> (*plan)(const Target& target, const config::Environment& environment);
};
std::span<const Client> clients();

// plan_json.cc, plan_lines.cc
Result<Plan> plan_claude(const Target& target, const config::Environment& environment);
Result<Plan> plan_opencode(const Target& target, const config::Environment& environment);
Result<Plan> plan_codex(const Target& target, const config::Environment& environment);
Result<Plan> plan_aider(const Target& target, const config::Environment& environment);
Result<Plan> plan_continue(const Target& target, const config::Environment& environment);
Result<Plan> plan_open_webui(const Target& target, const config::Environment& environment);
Result<Plan> plan_ollama(const Target& target, const config::Environment& environment);

// `variable` where it is set and absolute, else `below` in the user's home. kNotFound without
// either.
Result<std::string> user_folder(const config::Environment& environment, const char* variable,
                                std::string_view below);

}  // namespace hearth::cli
