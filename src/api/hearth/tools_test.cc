// Tools over HTTP: what is asked of whoever runs them, and what is answered.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/testing/face.h"

namespace hearth::api {
namespace {

using testing::Face;
using ::testing::HasSubstr;

constexpr const char* kEcho = "/tools/echo/execute";

TEST(ToolRoutes, ListWhatThereIs) {
  Face face;
  EXPECT_EQ(face.send("GET", "/tools").body, R"({"tools":[]})");
}

TEST(ToolRoutes, TheBodyIsTheArgumentsOrHasThem) {
  Face face;
  const auto asked = [&](const char* body) {
    EXPECT_EQ(face.send("POST", kEcho, body).status, 200) << body;
    return face.tool_wish;
  };
  EXPECT_EQ(asked(R"({"text":"hi"})").arguments, R"({"text":"hi"})");
  EXPECT_EQ(asked("").arguments, "{}");
  const ToolWish bare = asked(R"({"arguments":{"text":"hi"}})");
  EXPECT_EQ(bare.arguments, R"({"text":"hi"})");
  EXPECT_EQ(bare.agreement, ToolWish::Agreement::kNone);
  const ToolWish agreed = asked(R"({"arguments":{"text":"hi"},"approve":true})");
  EXPECT_EQ(agreed.arguments, R"({"text":"hi"})");
  EXPECT_EQ(agreed.agreement, ToolWish::Agreement::kGiven);
  EXPECT_EQ(agreed.name, "echo");
  // Of a tool that has an argument of this name among others, it is one.
  EXPECT_EQ(asked(R"({"arguments":{"a":1},"more":2})").arguments,
            R"({"arguments":{"a":1},"more":2})");
  EXPECT_EQ(asked(R"({"approve":true})").agreement, ToolWish::Agreement::kNone);
}

TEST(ToolRoutes, TheOutcomeIsTheAnswer) {
  Face face;
  const auto reply = face.send("POST", kEcho, R"({"text":"hi"})");
  EXPECT_EQ(reply.body, R"({"status":"ok","output":"{\"text\":\"hi\"}","exit_code":0,"error":null,)"
                        R"("retryable":false})");
}

TEST(ToolRoutes, WhatIsNotRunIsSaidWithItsStatus) {
  Face face;
  EXPECT_EQ(face.send("POST", "/tools/nobody/execute", "{}").status, 404);
  const auto refused = face.send("POST", "/tools/guarded/execute", "{}");
  EXPECT_EQ(refused.status, 403);
  EXPECT_THAT(refused.body, HasSubstr("approve"));
  EXPECT_EQ(
      face.send("POST", "/tools/guarded/execute", R"({"arguments":{},"approve":true})").status,
      200);
  EXPECT_EQ(face.send("POST", kEcho, "nonsense").status, 400);
  EXPECT_EQ(face.send("POST", kEcho, "[]").status, 400);
  EXPECT_EQ(face.send("POST", kEcho, R"({"arguments":{},"approve":"yes"})").status, 400);
  EXPECT_EQ(face.send("POST", "/tools/echo", "{}").status, 404);
  EXPECT_EQ(face.send("GET", kEcho).status, 405);
}

}  // namespace
}  // namespace hearth::api
