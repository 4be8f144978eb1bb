// The body of POST /v1/messages, read: what is asked of a model, and how the client wants to hear
// of it. What its fields mean stands in message_fields.h.
//
// Threads: values.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/wish.h"
#include "base/result.h"
#include "chat/request.h"
#include "json/node.h"

namespace hearth::api::anthropic {

// So many names stand in X-Hearth-Ignored, each of so many bytes; what a client calls its fields
// is its own.
inline constexpr std::size_t kIgnoredMax = 48;
inline constexpr std::size_t kIgnoredNameBytesMax = 80;

// What the client called the parts of its request, for errors that are found where nobody knows
// its words: in the provider, or in the runner.
struct FieldNames {
  std::string constraint;          // the field that the request's constraint came from
  std::vector<std::size_t> tools;  // where each tool of the request stood in `tools`
};

struct MessageCall {
  // Whoever asks for a beta sends fields that we cannot all know. They are named then, like what
  // else has no effect; without a beta they are refused.
  enum class Unknown { kRefused, kNamed };
  enum class Thoughts { kTold, kOmitted };
  enum class Answer { kTold, kNone };  // kNone: only the prompt is read, so that a cache has it

  chat::Request request;
  Unknown unknown = Unknown::kRefused;
  bool stream = false;
  Thoughts thoughts = Thoughts::kTold;
  Answer answer = Answer::kTold;
  FieldNames names;
  std::optional<agent::Wish> own_tools = {};  // that the daemon calls for the model
  std::vector<std::string> ignored;           // names for X-Hearth-Ignored, each once
};

// Remembers what has no effect, once. Bytes that a header cannot carry become '?'.
void note_ignored(MessageCall& call, std::string_view name);
// The name of a place without its numbers: "messages.content.citations".
std::string place_name(const json::Node& node);
// A field that is in no table.
Result<void> take_unknown(const json::Node& node, MessageCall& call);

struct Members {
  std::initializer_list<std::string_view> known;
  std::initializer_list<std::string_view> inert = {};  // they have no effect
};
// Of an object. cache_control may stand anywhere: whatever can be found again is kept anyway.
Result<void> check_members(const json::Node& node, const Members& members, MessageCall& call);

// The client's word for what this error is about; empty where it is no field.
std::string field_at_fault(const Error& error, const FieldNames& names);

}  // namespace hearth::api::anthropic
