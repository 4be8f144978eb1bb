// How Ollama says an answer: one JSON object, or lines of them, the last of which has "done": true,
// how it ended and where the time went. Calls of tools are said whole, when the answer has ended.
//
// Threads: confined to the loop.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/core/answer_writer.h"
#include "base/clock.h"
#include "chat/gathered_calls.h"
#include "chat/request.h"
#include "json/writer.h"

namespace hearth::api::ollama {

inline constexpr std::string_view kLinesType = "application/x-ndjson";

class AnswerLines final : public AnswerWriter {
 public:
  enum class Shape { kGenerate, kChat };  // "response", or "message"
  struct Terms {
    Shape shape = Shape::kChat;
    std::string model;  // as the client wrote it
    // What was said before the answer, which the last line gives back as "context"; of a chat and
    // of a raw prompt nothing.
    std::vector<chat::Message> past;
    bool with_logprobs = false;
  };
  explicit AnswerLines(Terms terms);

  std::string whole(const Tally& tally) override;
  ErrorReply refusal(const Error& error) override;
  std::string_view stream_type() const override { return kLinesType; }
  std::string begin(const Tally& /*tally*/) override { return {}; }
  std::string delta(const ChoiceEvent& event) override;
  std::string own_call(const agent::CallNews& news) override;
  std::string finish(std::size_t choice, const Tally& tally) override;
  std::string failure(const Error& error) override;
  // A line that says nothing: this format has no comments.
  std::string ping() override;

 private:
  struct Said {
    std::string_view text = {};
    std::string_view thinking = {};
    const std::vector<chat::ToolCall>* calls = nullptr;
  };
  // An object that is still open: who says it and when, and what is said.
  json::Writer begin_object(const Said& said) const;
  std::string line(const Said& said) const;
  void write_end(json::Writer& json, const Tally& tally) const;
  void write_times(json::Writer& json, const chat::Usage& usage) const;

  const Terms terms_;
  const base::TimePoint began_ = base::system_clock().now();
  std::string text_;  // of a stream, for "context"
  chat::GatheredCalls calls_;
};

// What /api/generate and /api/chat say to a request that only loads or unloads a model.
std::string loaded_body(AnswerLines::Shape shape, std::string_view model, std::string_view reason);

}  // namespace hearth::api::ollama
