// The body of POST /v1/messages and of POST /v1/messages/count_tokens becomes a MessageCall. Every
// field stands in a table (message_fields.cc; tool_fields.cc, content_blocks.cc and
// output_fields.cc for what is inside) in one of three classes: honoured; accepted without effect
// because nothing depends on it, and named in the reply; or refused by name. A field that is in no
// table is refused too, unless the client asks for betas, whose fields nobody can all know: then
// it is named. Nothing is silently dropped.
//
// Errors:  kInvalidArgument; the context of the error is the field.
// Limits:  those of chat/request.h, and of the readers.
// Threads: pure.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "api/anthropic/message_call.h"
#include "base/result.h"
#include "chat/request.h"

namespace hearth::api::anthropic {

// What a request for this model is before anything of the body is in it; null: as all are.
using Blank = std::function<chat::Request(const std::string& model)>;

struct MessageReading {
  enum class Of { kAnswer, kCount };  // kCount: max_tokens may be missing
  Of of = Of::kAnswer;
  MessageCall::Unknown unknown = MessageCall::Unknown::kRefused;
  Blank blank = nullptr;
};

Result<MessageCall> parse_message_call(std::string_view body, const MessageReading& reading = {});

}  // namespace hearth::api::anthropic
