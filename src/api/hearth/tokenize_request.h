// The body of POST /hearth/v1/tokenize becomes a chat::TokenizeRequest: a text, or a conversation
// in the fields of POST /v1/chat/completions, all of which may be there.
//
// Errors:  kInvalidArgument; the context of the error is the field.
// Threads: pure.
#pragma once

#include <string_view>

#include "api/openai/field_names.h"
#include "base/result.h"
#include "chat/request.h"

namespace hearth::api {

struct TokenizeCall {
  chat::TokenizeRequest request;
  openai::FieldNames names;
};

Result<TokenizeCall> parse_tokenize_request(std::string_view body);

}  // namespace hearth::api
