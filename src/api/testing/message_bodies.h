// Bodies of Anthropic requests, and what is wrong with them, for tests of single fields.
//
// Threads: pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include "api/anthropic/message_fields.h"

namespace hearth::api::anthropic::testing {

// A whole request with these further fields.
inline std::string with(const std::string& fields) {
  return R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hi"}],)" + fields +
         "}";
}
inline std::string with_messages(const std::string& messages) {
  return R"({"model":"m","max_tokens":9,"messages":)" + messages + "}";
}
// One user's message of these blocks.
inline std::string with_blocks(const std::string& blocks) {
  return with_messages(R"([{"role":"user","content":[)" + blocks + "]}]");
}

inline MessageCall call_of(const std::string& body, const MessageReading& reading = {}) {
  auto call = parse_message_call(body, reading);
  if (!call) ADD_FAILURE() << call.error().message << ": " << body;
  return call ? std::move(*call) : MessageCall{};
}
inline chat::Request request_of(const std::string& body) {
  return call_of(body).request;
}

// Fields, and the name of the one that the refusal must be about.
using WrongField = std::pair<const char*, const char*>;

inline void expect_refused_by_name(const std::string& body, std::string_view name) {
  const auto call = parse_message_call(body);
  ASSERT_FALSE(call.has_value()) << "accepted: " << body;
  EXPECT_EQ(call.error().code, Code::kInvalidArgument) << body;
  EXPECT_EQ(call.error().context, name) << body << ": " << call.error().message;
  EXPECT_NE(call.error().message.find(name), std::string::npos) << call.error().message;
}

}  // namespace hearth::api::anthropic::testing
