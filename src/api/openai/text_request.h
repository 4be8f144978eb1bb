// The body of POST /v1/completions, the older face of OpenAI: prompts that no template goes around.
// Its fields stand in a table in the classes of request_fields.h; how tokens are chosen is said in
// the same words as there.
//
// Errors:  kInvalidArgument; the context of the error is the field, for `param`.
// Limits:  those of chat/request.h, and the constants below.
// Threads: pure.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "api/core/answers.h"
#include "api/openai/request_fields.h"
#include "base/result.h"

namespace hearth::api::openai {

inline constexpr std::uint32_t kTextTokensDefault = 16;  // OpenAI's, where the model says nothing
inline constexpr std::size_t kTextAnswersMax = 128;      // of all prompts together

struct TextCall {
  ChatCall chat;  // its choices are those told of each prompt; a request without a prompt
  std::vector<RawPrompt> prompts;
  std::uint32_t candidates = 1;  // "best_of": so many are made for each prompt, the best are told
  bool echo = false;             // the prompt is told with the answer
  bool reads_only = false;       // of 0 tokens: the answer is not told
};

Result<TextCall> parse_text_call(std::string_view body, const Blank& blank = nullptr);

}  // namespace hearth::api::openai
