#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/testing/face.h"

namespace hearth::api {
namespace {

using net::testing::RawClient;
using net::testing::RawReply;
using testing::Face;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using What = fleet::ModelNews::What;

constexpr const char* kEvents = "/hearth/v1/models/events";

TEST(ModelEvents, WhoWasAwayHearsWhatCameAfterTheLastThatHeHeard) {
  Face face;
  face.on_loop([&] {
    face.news.tell(What::kLoading, "m");
    face.news.tell(What::kReady, "m");
    face.news.tell(What::kRefused, "n", "it is damaged");
    face.news.end();
  });
  const std::string expected =
      "id: 2\nevent: ready\ndata: .\"model\":\"m\",\"time_ms\":[0-9]+,\"detail\":\"\".\n\n"
      "id: 3\nevent: refused\n"
      "data: .\"model\":\"n\",\"time_ms\":[0-9]+,\"detail\":\"it is damaged\".\n\n";
  EXPECT_THAT(face.send("GET", std::string(kEvents) + "?after=1").body, MatchesRegex(expected));
  const RawReply reply = face.send("GET", kEvents, "", "Last-Event-ID: 1\r\n");
  EXPECT_THAT(reply.body, MatchesRegex(expected));
  EXPECT_THAT(reply.headers.at("content-type"), HasSubstr("text/event-stream"));
  EXPECT_EQ(face.send("GET", std::string(kEvents) + "?after=3").body, ": waiting\n\n");
  EXPECT_EQ(face.send("GET", kEvents).body, ": waiting\n\n") << "only what is new";
}

TEST(ModelEvents, WhoMissedSomeIsTold) {
  Face face;
  face.on_loop([&] {
    face.news.tell(What::kLoading, "m");
    face.news.end();
  });
  EXPECT_EQ(face.send("GET", std::string(kEvents) + "?after=7").body,
            "id: 1\nevent: missed\ndata: {}\n\n");
}

TEST(ModelEvents, NewsAreToldAtOnceAndTheStreamEndsWithTheDaemon) {
  Face face;
  RawClient client(face.port);
  client.request("GET", kEvents, "");
  ASSERT_TRUE(face.becomes_true([&] {
    bool listened = false;
    face.on_loop([&] { listened = face.news.listeners() > 0; });
    return listened;
  }));
  face.on_loop([&] { face.news.tell(What::kCrashed, "m"); });
  face.on_loop([&] { face.news.end(); });
  const RawReply reply = client.read_reply();
  EXPECT_TRUE(reply.complete);
  EXPECT_THAT(reply.body, HasSubstr("id: 1\nevent: crashed\n"));
}

TEST(ModelEvents, WhoLeavesIsForgotten) {
  Face face;
  {
    RawClient client(face.port);
    client.request("GET", kEvents, "");
    ASSERT_TRUE(face.becomes_true([&] {
      bool listened = false;
      face.on_loop([&] { listened = face.news.listeners() > 0; });
      return listened;
    }));
  }
  EXPECT_TRUE(face.becomes_true([&] {
    bool left = false;
    face.on_loop([&] { left = face.news.listeners() == 0; });
    return left;
  }));
}

TEST(ModelEvents, AnIdThatIsNoneIsRefused) {
  Face face;
  EXPECT_THAT(face.send("GET", std::string(kEvents) + "?after=x").body,
              HasSubstr(R"("param":"after")"));
}

}  // namespace
}  // namespace hearth::api
