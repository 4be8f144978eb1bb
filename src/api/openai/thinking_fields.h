// Whether and how long a model thinks before it answers, and the variables of its template:
// OpenAI's `reasoning_effort`, llama-server's fields of budgets and `chat_template_kwargs`, and
// `hearth.thinking`. Fields that say different things are refused.
//
// Errors:  kInvalidArgument; the context of the error is the field.
// Limits:  chat::kTemplateArgumentsMax, and the constants below.
// Threads: pure.
#pragma once

#include "api/openai/request_fields.h"
#include "base/result.h"
#include "json/node.h"

namespace hearth::api::openai {

inline constexpr std::size_t kTemplateArgumentNameBytesMax = 64;
inline constexpr std::size_t kTemplateArgumentBytesMax = 64 * 1024;

// "none" is off; other words are the template's to understand.
Result<void> read_effort(const json::Node& node, ChatCall& call);
// -1 is no budget.
Result<void> read_thinking_budget(const json::Node& node, ChatCall& call);
// What we do is "auto" and "deepseek": thinking in a field of its own.
Result<void> read_thinking_format(const json::Node& node, ChatCall& call);
Result<void> read_template_arguments(const json::Node& node, ChatCall& call);
// true or false.
Result<void> read_thinking(const json::Node& node, ChatCall& call);

}  // namespace hearth::api::openai
