// The body of POST /v1/responses becomes a chat::Request. Its fields stand in a table in the
// classes of request_fields.h. What was said before may be kept here, and is put before what is new
// when it has been found.
//
// Errors:  kInvalidArgument; the context of the error is the field, for `param`.
// Limits:  those of chat/request.h and request_fields.h, and the constants below.
// Threads: pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/openai/request_fields.h"
#include "api/openai/response_items.h"
#include "base/result.h"

namespace hearth::api::openai {

inline constexpr std::size_t kMetadataMax = 16;  // these three are OpenAI's
inline constexpr std::size_t kMetadataKeyBytesMax = 64;
inline constexpr std::size_t kMetadataValueBytesMax = 512;
inline constexpr std::size_t kResponseIdBytesMax = 128;
inline constexpr std::size_t kNamedItemsMax = 256;

struct ResponseCall {
  ChatCall chat;  // its messages are those of `input` alone, before join_past()
  std::optional<std::string> instructions;
  std::string previous;  // the id of the response before this one; may be empty
  bool store = true;
  std::string input;  // its items as they are listed, if they are to be kept
  std::string echo;   // what a response says again of its request: members, and the end of them
};

struct ResponseReading {
  std::string id_stem;  // what the ids of the input's items begin with
  Blank blank = nullptr;
  NamedItems named = {};
};
Result<ResponseCall> parse_response_call(std::string_view body, const ResponseReading& reading);
// The items that the body only names, to be had before it is parsed. Each once, and no more than
// kNamedItemsMax: those beyond are not found then.
std::vector<std::string> items_named_by(std::string_view body);

// The conversation as a whole: instructions, what was said before, and what is new. `past` are
// arrays of items as JSON: input and output by turns. kCorrupt when one of them is none.
Result<void> join_past(ResponseCall& call, const std::vector<std::string>& past);

// The `param` of this error; empty where no field is at fault.
std::string response_field_at_fault(const Error& error, const FieldNames& names);

}  // namespace hearth::api::openai
