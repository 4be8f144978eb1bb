// The template that `model.chat_template` names, in place of the models' own: a file by its path,
// or NAME.jinja in the folder of templates.
//
// Errors:  say what was looked for and where. kInvalidArgument for what is no name, no text or
//          too long.
// Limits:  kChatTemplateBytesMax.
// Threads: pure, but for reading the file.
#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"

namespace hearth::config {

// Several times the longest that is known. It is sent to a runner before that reads anything, so
// it has to fit into a socket's buffer, which is about 200 KiB.
inline constexpr std::size_t kChatTemplateBytesMax = 128 * 1024;

// Empty for an empty setting: the models' own are used.
Result<std::string> load_chat_template(const std::string& setting, const std::string& folder);

}  // namespace hearth::config
