// The exact shapes of Anthropic's answers: the whole message, and the events of a stream. It writes
// strings; it reads no sockets and decides nothing of whose turn it is.
//
// Threads: thread-compatible.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "api/anthropic/message_call.h"
#include "api/core/tally.h"
#include "chat/event.h"

namespace hearth::api::anthropic {

struct MessageName {
  std::string id;     // "msg_…"
  std::string model;  // as the client wrote it
  std::uint32_t max_tokens = 0;
  MessageCall::Thoughts thoughts = MessageCall::Thoughts::kTold;
  MessageCall::Answer answer = MessageCall::Answer::kTold;
};

// An answer that stopped for want of tokens before it had max_tokens of them has filled the
// context, and says so.
std::string_view stop_reason(const Choice& choice, const chat::Usage& usage,
                             const MessageName& name);

// Thoughts first, then text, then calls.
std::string whole_message(const MessageName& name, const Choice& choice, const Summary& summary);

// Each function returns what is to be sent, with the empty lines that end events. Blocks stand
// strictly one after another: what belongs to another block than the open one closes that.
class MessageEvents {
 public:
  explicit MessageEvents(const MessageName& name) : name_(name) {}

  // Of the prompt is told what is known; the rest comes with the end.
  std::string start(const Summary& summary) const;
  std::string text(const chat::TextDelta& delta);
  std::string thinking(const chat::ThinkingDelta& delta);
  std::string tool_call(const chat::ToolCallDelta& delta);
  std::string finish(const Choice& choice, const Summary& summary);
  static std::string error(std::string_view body);
  static std::string ping();

 private:
  struct Block {
    enum class Kind { kText, kThinking, kToolUse };
    Kind kind = Kind::kText;
    std::uint32_t call = 0;  // kToolUse: whose arguments it has
  };

  bool is_open(Block::Kind kind) const { return open_ && open_->kind == kind; }
  // The events that close the open block and begin this one, described by its JSON.
  std::string begin_block(const Block& block, std::string_view json);
  std::string close_block();
  std::string delta(std::string_view type, std::string_view key, std::string_view text) const;

  const MessageName& name_;
  std::optional<Block> open_;
  std::size_t index_ = 0;  // of the open block, or of the next one
};

}  // namespace hearth::api::anthropic
