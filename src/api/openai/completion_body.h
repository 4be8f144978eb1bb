// The exact shapes of OpenAI's chat completions: the whole answer, and the chunks of a stream.
// It writes strings; it reads no events and no sockets.
//
// Threads: thread-compatible.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/call_news.h"
#include "api/core/tally.h"
#include "base/error.h"
#include "chat/event.h"
#include "json/writer.h"

namespace hearth::api::openai {

struct CompletionName {
  std::string id;  // "chatcmpl-…"
  std::int64_t created_s = 0;
  std::string model;  // as the client wrote it
};

std::string_view finish_reason(chat::Finished::Reason reason);

// The members id, object, created, model and system_fingerprint of an object that is open.
void write_name(json::Writer& json, const CompletionName& name, std::string_view object);
// {"prompt_tokens":…}
void write_usage(json::Writer& json, const chat::Usage& usage);

// With the object "hearth", which is not OpenAI's; see core/own_body.h.
std::string whole_completion(const CompletionName& name, const std::vector<Choice>& choices,
                             const Summary& summary);

// Server-sent events, each "data: …" with its empty line.
class ChunkWriter {
 public:
  enum class UsageField { kAbsent, kPresent };  // kPresent: "usage":null in every other chunk
  enum class LogprobsField { kNull, kPresent };

  ChunkWriter(const CompletionName& name, UsageField usage, LogprobsField logprobs);

  bool with_usage() const { return usage_ == UsageField::kPresent; }
  std::string role(std::size_t choice) const;
  std::string text(std::size_t choice, const chat::TextDelta& delta) const;
  std::string thinking(std::size_t choice, const chat::ThinkingDelta& delta) const;
  std::string tool_call(std::size_t choice, const chat::ToolCallDelta& delta) const;
  // Without a delta: {"hearth":{"call":…}} beside it.
  std::string own_call(const agent::CallNews& news) const;
  // With the summary in the last one of an answer.
  std::string finish(std::size_t choice, chat::Finished::Reason reason,
                     const Summary* summary) const;
  std::string usage(const chat::Usage& usage) const;
  static std::string error(const Error& error, std::string_view param);
  static std::string_view done() { return "data: [DONE]\n\n"; }
  // A comment: keeps proxies and clients from giving up while nothing is said.
  static std::string_view ping() { return ": waiting\n\n"; }

 private:
  struct Part {  // all but the index is JSON
    std::size_t choice = 0;
    std::string_view delta;
    std::string_view logprobs = "null";
    std::string_view reason = "null";
    std::string_view more = {};  // fields after the choices
  };
  std::string chunk(const Part& part) const;

  std::string prefix_;  // everything before "choices", the same in every chunk
  UsageField usage_;
  LogprobsField logprobs_;
};

}  // namespace hearth::api::openai
