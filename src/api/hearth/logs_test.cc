#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/testing/face.h"

namespace hearth::api {
namespace {

using net::testing::RawClient;
using net::testing::RawReply;
using testing::Face;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kLogs = "/hearth/v1/logs";
constexpr const char* kEvents = "Accept: text/event-stream\r\n";
constexpr log::Level kInfo = log::Level::kInfo;

std::string event(int id, const std::string& line) {
  const std::string number = std::to_string(id);
  return "id: " + number + "\nevent: line\ndata: {\"id\":" + number +
         ",\"time_ms\":5,\"level\":\"info\",\"line\":\"" + line + "\"}\n\n";
}

TEST(Logs, TheLastLinesAreShown) {
  Face face;
  for (const char* line : {"a", "b", "c"})
    face.log_tail.add(kInfo, 5, line);
  EXPECT_EQ(face.send("GET", std::string(kLogs) + "?lines=1").body,
            R"({"lines":[{"id":3,"time_ms":5,"level":"info","line":"c"}]})");
  EXPECT_EQ(face.send("GET", std::string(kLogs) + "?lines=0").body, R"({"lines":[]})");
  EXPECT_THAT(face.send("GET", kLogs).body, HasSubstr(R"("line":"a")"));
  for (const char* wrong : {"?lines=x", "?lines=-1", "?lines=1001", "?after=x"})
    EXPECT_EQ(face.send("GET", kLogs + std::string(wrong)).status, 400) << wrong;
}

TEST(Logs, WhatLooksLikeAKeyIsNotShown) {
  Face face;
  const std::string secret = "hearth-" + std::string(43, 'k');
  face.log_tail.add(kInfo, 5, "path=\"/v1/" + secret + "\"");
  EXPECT_THAT(face.send("GET", kLogs).body, Not(HasSubstr(secret)));
  face.log_tail.end();
  EXPECT_THAT(face.send("GET", kLogs, "", kEvents).body, Not(HasSubstr(secret)));
}

TEST(Logs, WhoWasAwayHearsWhatCameAfterTheLastThatHeHeard) {
  Face face;
  for (const char* line : {"a", "b", "c"})
    face.log_tail.add(kInfo, 5, line);
  face.log_tail.end();
  const std::string after = std::string(kEvents) + "Last-Event-ID: 1\r\n";
  const RawReply reply = face.send("GET", kLogs, "", after);
  EXPECT_EQ(reply.body, event(2, "b") + event(3, "c"));
  EXPECT_THAT(reply.headers.at("content-type"), HasSubstr("text/event-stream"));
  EXPECT_EQ(face.send("GET", std::string(kLogs) + "?after=2", "", kEvents).body, event(3, "c"));
  EXPECT_EQ(face.send("GET", std::string(kLogs) + "?lines=2", "", kEvents).body, reply.body);
  EXPECT_EQ(face.send("GET", std::string(kLogs) + "?after=9", "", kEvents).body,
            "id: 3\nevent: missed\ndata: {}\n\n");
}

TEST(Logs, LinesOfAnyThreadAreToldAtOnce) {
  Face face;
  RawClient client(face.port);
  client.request("GET", kLogs, "", kEvents);
  ASSERT_TRUE(face.becomes_true([&] { return face.log_tail.listeners() > 0; }));
  std::thread([&face] {
    for (int i = 0; i < 100; ++i)
      face.log_tail.add(kInfo, 5, "x");
    face.log_tail.end();
  }).join();
  const RawReply reply = client.read_reply();
  EXPECT_TRUE(reply.complete);
  EXPECT_THAT(reply.body, HasSubstr(event(1, "x")));
  EXPECT_THAT(reply.body, HasSubstr(event(100, "x")));
}

TEST(Logs, WhoLeavesIsForgotten) {
  Face face;
  {
    RawClient client(face.port);
    client.request("GET", kLogs, "", kEvents);
    ASSERT_TRUE(face.becomes_true([&] { return face.log_tail.listeners() > 0; }));
  }
  EXPECT_TRUE(face.becomes_true([&] { return face.log_tail.listeners() == 0; }));
}

TEST(Logs, TheSettingsAreThoseOfTheDaemon) {
  Face face;
  EXPECT_EQ(face.send("GET", "/hearth/v1/config").body, R"({"settings":[]})");
}

}  // namespace
}  // namespace hearth::api
