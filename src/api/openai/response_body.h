// The exact shape of a response of OpenAI's: what was put out, item by item, and what is said of
// it.
//
// Threads: pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "api/core/tally.h"
#include "base/error.h"
#include "json/writer.h"

namespace hearth::api::openai {

struct ResponseName {
  std::string id;  // "resp_…"
  std::int64_t created_s = 0;
  std::string echo = {};  // members of an object, as ResponseCall has them, and its end
};

// "resp_…", and from it the ids of what belongs to it: "msg_…_0".
std::string make_response_id();
std::string id_in_response(std::string_view word, std::string_view response_id,
                           std::string_view place);
// The other way round; empty for what is no such id.
std::string response_of_item(std::string_view item_id);

struct OutputItem {
  enum class Kind : std::uint8_t { kReasoning, kMessage, kCall };
  Kind kind = Kind::kMessage;
  std::string id;
  std::string text = {};  // what is thought or said, or the arguments of a call
  std::string call_id = {};
  std::string name = {};
  std::vector<chat::TokenLogprob> logprobs = {};
};

// What was put out as a whole: at least a message, which may be empty.
std::vector<OutputItem> items_of(const Choice& choice, const ResponseName& name);

enum class ItemStatus : std::uint8_t { kInProgress, kCompleted, kIncomplete };
// A new one has its frame alone.
enum class ItemExtent : std::uint8_t { kFrame, kWhole };
void write_item(json::Writer& json, const OutputItem& item, ItemStatus status, ItemExtent extent);
// What a message or a thought is made of, as an object.
void write_item_part(json::Writer& json, const OutputItem& item, ItemExtent extent);
// [{"token":…}]
void write_item_logprobs(json::Writer& json, const std::vector<chat::TokenLogprob>& logprobs);

struct ResponseState {
  enum class Status : std::uint8_t { kInProgress, kCompleted, kIncomplete, kFailed };
  Status status = Status::kInProgress;
  const std::vector<OutputItem>* output = nullptr;  // none yet
  const Summary* summary = nullptr;                 // with the usage, at the end
  const Error* error = nullptr;                     // of one that failed
};
ResponseState::Status status_of(chat::Finished::Reason reason);
// {"id":…,"object":"response",…}
std::string response_body(const ResponseName& name, const ResponseState& state);
// The array `output` alone.
std::string output_body(const std::vector<OutputItem>& output, ResponseState::Status status);

}  // namespace hearth::api::openai
