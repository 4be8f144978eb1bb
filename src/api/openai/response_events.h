// The exact sequence of events of a response that is streamed: each item is added, its parts grow,
// and it is done before the next one begins. Every event has the next number.
//
// Threads: thread-compatible.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "api/openai/response_body.h"
#include "chat/event.h"

namespace hearth::api::openai {

class ResponseEvents {
 public:
  explicit ResponseEvents(ResponseName name) : name_(std::move(name)) {}

  std::string begin();
  // REQUIRES: is_output.
  std::string delta(const chat::Event& event);
  // Ends what is open. The response is as body() has it then.
  std::string finish(chat::Finished::Reason reason, const Summary& summary);
  std::string failure(const Error& error);

  const std::string& body() const { return body_; }
  const std::vector<OutputItem>& output() const { return output_; }

 private:
  std::string event(std::string_view type, std::string_view members);
  std::string event_with(std::string_view type, std::string_view response);
  // Of the item that is open: its id and place, as members.
  std::string place() const;
  std::string open(OutputItem item);
  std::string ensure_open(OutputItem::Kind kind);
  std::string close(ItemStatus status);
  std::string text_delta(const chat::TextDelta& delta);
  std::string thought_delta(const chat::ThinkingDelta& delta);
  std::string call_delta(const chat::ToolCallDelta& delta);

  const ResponseName name_;
  std::vector<OutputItem> output_;  // the last one may be open
  bool is_open_ = false;
  std::uint32_t call_ = 0;  // the number of the call that is open
  std::uint64_t next_number_ = 0;
  std::string body_;
};

}  // namespace hearth::api::openai
