// The exact shapes of OpenAI's chat completions: the whole answer, and the chunks of a stream.
// It writes strings; it reads no events and no sockets.
//
// Threads: thread-compatible.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "chat/event.h"

namespace hearth::api::openai {

struct CompletionName {
  std::string id;  // "chatcmpl-…"
  std::int64_t created_s = 0;
  std::string model;  // as the client wrote it
};

std::string_view finish_reason(chat::Finished::Reason reason);

// The object "hearth" is not OpenAI's: the seed, with which the same request is answered the same
// way again, and where the time went.
std::string whole_completion(const CompletionName& name, std::string_view text,
                             chat::Finished::Reason reason, const chat::Usage& usage,
                             std::uint64_t seed);

// Server-sent events, each "data: …" with its empty line.
class ChunkWriter {
 public:
  enum class UsageField { kAbsent, kPresent };  // kPresent: "usage":null in every other chunk

  ChunkWriter(const CompletionName& name, UsageField usage);

  bool with_usage() const { return usage_ == UsageField::kPresent; }
  std::string role() const;
  std::string text(std::string_view delta) const;
  std::string finish(chat::Finished::Reason reason, const chat::Usage& usage,
                     std::uint64_t seed) const;
  std::string usage(const chat::Usage& usage) const;
  static std::string error(const Error& error);
  static std::string_view done() { return "data: [DONE]\n\n"; }
  // A comment: keeps proxies and clients from giving up while nothing is said.
  static std::string_view ping() { return ": waiting\n\n"; }

 private:
  std::string chunk(std::string_view delta, std::string_view reason,
                    std::string_view more = {}) const;

  std::string prefix_;  // everything before "choices", the same in every chunk
  UsageField usage_;
};

}  // namespace hearth::api::openai
