// What a model goes on with, as llama-server takes it: a text, tokens, or both one behind the
// other; or a list of such prompts, each of which is answered.
//
// Errors:  kInvalidArgument; the context of the error is the field.
// Limits:  kPromptsMax, kPromptPartsMax.
// Threads: pure.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "api/core/answers.h"
#include "base/result.h"
#include "json/node.h"

namespace hearth::api::llamacpp {

inline constexpr std::size_t kPromptsMax = 64;
inline constexpr std::size_t kPromptPartsMax = 256;  // of one prompt: texts, and tokens between

// One behind the other; of a prompt that is one text or one list of tokens, one.
using PromptParts = std::vector<RawPrompt>;

struct Prompts {
  std::vector<PromptParts> all;
  bool is_list = false;  // their answers come as a list, even of one
};

Result<Prompts> read_prompts(const json::Node& node);

// A text, or texts and tokens one behind the other; a list of texts alone is no list of prompts
// here, and an empty one has no parts.
Result<PromptParts> read_parts(const json::Node& node);

// Of 0 to the largest that a token could be.
Result<std::vector<std::int32_t>> read_tokens(const json::Node& node);

}  // namespace hearth::api::llamacpp
