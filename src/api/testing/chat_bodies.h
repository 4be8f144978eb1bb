// Bodies of chat requests, and what is wrong with them, for tests of single fields.
//
// Threads: pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include "api/openai/request_fields.h"

namespace hearth::api::openai::testing {

// A whole request with these further fields.
inline std::string with(const std::string& fields) {
  return R"({"model":"m","messages":[{"role":"user","content":"hi"}],)" + fields + "}";
}
inline std::string with_messages(const std::string& messages) {
  return R"({"model":"m","messages":)" + messages + "}";
}

inline Error error_of(const std::string& body) {
  auto call = parse_chat_call(body);
  if (call) ADD_FAILURE() << "accepted: " << body;
  return call ? Error{} : call.error();
}

// The request's, or one without anything after a failure of the test.
inline chat::Request request_of(const std::string& body) {
  auto call = parse_chat_call(body);
  if (!call) ADD_FAILURE() << call.error().message << ": " << body;
  return call ? call->request : chat::Request{};
}

// Fields, and the name of the one that the refusal must be about.
using WrongField = std::pair<const char*, const char*>;

inline void expect_refused_by_name(const std::string& body, std::string_view name) {
  const Error error = error_of(body);
  EXPECT_EQ(error.code, Code::kInvalidArgument) << body;
  EXPECT_EQ(error.context, name) << body << ": " << error.message;
  EXPECT_NE(error.message.find(name), std::string::npos) << error.message;
}

}  // namespace hearth::api::openai::testing
