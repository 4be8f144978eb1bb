// Options about what an answer is made of, and their files: what its text must be, what the model
// may call, and whether it thinks before.
//
// Errors:  name the option, the file and what is wrong with it.
// Limits:  kOptionFileBytesMax.
// Threads: confined to the main thread.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "base/result.h"
#include "cli/completion.h"

namespace CLI {
class App;
}

namespace hearth::cli {

inline constexpr std::size_t kOptionFileBytesMax = 1024 * 1024;

struct AnswerOptions {
  std::string schema_file;
  std::string grammar_file;
  std::string tools_file;
  std::string thinking;  // "on", "off", or empty
  bool json_object = false;
};

// --think and --think-tokens.
void add_thinking_options(CLI::App& command, AnswerOptions& options, CompletionRequest& request);
// --keep-alive: how long the model stays loaded.
void add_keep_alive_option(CLI::App& command, std::string& text);
// --schema, --grammar, --json-object and --tools.
void add_form_options(CLI::App& command, AnswerOptions& options);
// What the options say, in the request.
Result<void> apply(const AnswerOptions& options, CompletionRequest& request);
// The daemon's error, told by option and file where it is about what stands in one.
Error about_option(const AnswerOptions& options, Error error);

}  // namespace hearth::cli
