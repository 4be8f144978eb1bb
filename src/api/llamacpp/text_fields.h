// The bodies of POST /tokenize, /detokenize and /apply-template.
//
// Errors:  kInvalidArgument; the context of the error is the field.
// Threads: pure.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "api/llamacpp/prompt_fields.h"
#include "base/result.h"
#include "chat/request.h"

namespace hearth::api::llamacpp {

// The model of a request that names this one, or, empty, none.
using NameModel = std::function<Result<std::string>(const std::string& named)>;

// What becomes tokens: of each part that is a text the request is made, with that text.
struct TokenizeAsk {
  chat::TokenizeRequest request;
  PromptParts parts;
};

Result<TokenizeAsk> read_tokenize(std::string_view body, const NameModel& model);
Result<chat::TokenizeRequest> read_detokenize(std::string_view body, const NameModel& model);
// The fields of POST /v1/chat/completions.
Result<chat::TokenizeRequest> read_apply_template(std::string_view body, const NameModel& model);

}  // namespace hearth::api::llamacpp
