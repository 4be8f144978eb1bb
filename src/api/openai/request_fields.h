// The body of POST /v1/chat/completions becomes a chat::Request. Every field OpenAI or a local
// server has given a meaning stands in a table (request_fields.cc; sampling_fields.cc for how
// tokens are chosen, core/own_fields.cc for the object `hearth`) in one of three classes: honoured;
// accepted without effect because nothing depends on it, and named in the reply; or refused by
// name. Nothing is silently dropped.
//
// Errors:  kInvalidArgument; the context of the error is the field, for `param`.
// Limits:  those of chat/request.h, and the constants below.
// Threads: pure.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/wish.h"
#include "api/openai/field_names.h"
#include "base/result.h"
#include "chat/request.h"
#include "json/node.h"

namespace hearth::api::openai {

inline constexpr std::int64_t kChoicesMax = 8;
inline constexpr std::size_t kMessagesMax = 10'000;

struct ChatCall {
  chat::Request request;
  FieldNames names;
  std::uint32_t choices = 1;  // "n": so many answers, the seed of each one above the last
  bool stream = false;
  bool include_usage = false;
  std::vector<std::string> ignored;           // fields for X-Hearth-Ignored, each once
  std::optional<agent::Wish> own_tools = {};  // that the daemon calls for the model
};

// Remembers a field that has no effect, once.
void note_ignored(ChatCall& call, std::string_view name);

// The fields `stream` and `stream_options`.
Result<void> read_stream(const json::Node& node, ChatCall& call);
Result<void> read_stream_options(const json::Node& node, ChatCall& call);

// The field `stop`: a text or a list of them.
Result<void> read_stop(const json::Node& node, ChatCall& call);

// What a request for this model is before anything of the body is in it; null: as all are.
using Blank = std::function<chat::Request(const std::string& model)>;

Result<ChatCall> parse_chat_call(std::string_view body, const Blank& blank = nullptr);
// The same of a body that has other fields beside: these are not looked at.
Result<ChatCall> read_chat_call(const json::Node& root, std::span<const std::string_view> others,
                                const Blank& blank = nullptr);

}  // namespace hearth::api::openai
