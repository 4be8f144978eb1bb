// The exact shapes of OpenAI's older completions: the whole answer, and the chunks of a stream. How
// likely tokens were stands in lists beside each other, with the place of each token in the text.
//
// Threads: thread-compatible.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/core/tally.h"
#include "api/openai/completion_body.h"
#include "json/writer.h"

namespace hearth::api::openai {

// Counts characters, as those do who cut the text by these numbers.
class TextLogprobs {
 public:
  enum class Alternatives : std::uint8_t { kNone, kTold };

  explicit TextLogprobs(Alternatives alternatives) : alternatives_(alternatives) {}
  // {"tokens":[…],"token_logprobs":[…],"top_logprobs":[…],"text_offset":[…]}; what comes later in
  // a stream goes on where this stopped.
  void write(json::Writer& json, const std::vector<chat::TokenLogprob>& logprobs);

 private:
  Alternatives alternatives_;
  std::uint64_t offset_ = 0;
};

// What a token says; one that is a part of a character is told as its bytes, "bytes:\xe2\x80".
std::string token_text(std::string_view bytes);

struct TextChoice {
  std::string_view echo;  // goes before the text
  const Choice* choice = nullptr;
  std::optional<TextLogprobs::Alternatives> logprobs = {};  // none where nobody asked
};
std::string whole_text_completion(const CompletionName& name,
                                  const std::vector<TextChoice>& choices, const Summary& summary);

// Of a chunk; usage is a field of its own, null in all chunks but the last where it is asked for.
class TextChunks {
 public:
  TextChunks(const CompletionName& name, ChunkWriter::UsageField usage);

  // `logprobs` is JSON, and so is `reason`.
  std::string chunk(std::size_t choice, std::string_view text, std::string_view logprobs,
                    std::string_view reason, std::string_view more = {}) const;
  std::string usage(const chat::Usage& usage) const;
  bool with_usage() const { return usage_ == ChunkWriter::UsageField::kPresent; }

 private:
  std::string prefix_;
  ChunkWriter::UsageField usage_;
};

}  // namespace hearth::api::openai
