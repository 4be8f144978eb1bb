// What becomes of pictures that a request names by their URL, seen by the handler behind.
#include "api/core/pictures.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/anthropic/errors.h"
#include "api/core/reply.h"
#include "api/testing/face.h"

namespace hearth::api {
namespace {

using ::testing::ElementsAre;
using testing::Face;
using ::testing::HasSubstr;
using testing::kChat;
using ::testing::Not;

// Every URL that is asked for, and what is there: the picture "hi", or what the URL says.
class Fetches {
 public:
  std::vector<std::string> asked;
  std::size_t bytes = 2;

  PictureFetch face() {
    return [this](const std::string& url, const Callback<net::Picture>& done) {
      asked.push_back(url);
      Result<net::Picture> picture = net::Picture{"image/png", "hi" + std::string(bytes - 2, ' ')};
      if (url.ends_with("private"))
        picture = fail(Code::kPermissionDenied, "that address is not fetched from");
      done(std::move(picture));
      return CallOff([] {});
    };
  }
};

// A server of one route that says what it was given.
class Echo {
 public:
  explicit Echo(PictureFetch fetch, ErrorDialect errors = openai_error)
      : router_(Guard({}), registry_, nullptr) {
    router_.add("POST", "/", with_pictures(std::move(fetch), errors, [](Call& call) {
                  return send_json(call.exchange, call.body());
                }));
    net::HttpServerOptions options;
    options.handler = [this](net::HttpExchange& exchange) { return router_.handle(exchange); };
    options.shape_refusal = [this](const net::Refusal& refusal) { return router_.refuse(refusal); };
    server_.emplace(loop_, options);
    port_ = server_->listen_tcp("127.0.0.1", 0).value();
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~Echo() {
    asio::co_spawn(loop_, server_->drain(std::chrono::milliseconds(0)), asio::use_future).get();
    thread_.join();
  }
  Echo(const Echo&) = delete;
  Echo& operator=(const Echo&) = delete;

  net::testing::RawReply send(const std::string& body) const {
    net::testing::RawClient client(port_);
    client.request("POST", "/", body);
    return client.read_reply();
  }

 private:
  asio::io_context loop_{1};
  metrics::Registry registry_;
  Router router_;
  std::optional<net::HttpServer> server_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

std::string in_message(const std::string& parts) {
  return R"({"n":1.5,"messages":[{"role":"user","content":[)" + parts + "]}]}";
}
std::string openai_part(const std::string& url) {
  return R"({"type":"image_url","image_url":{"url":")" + url + R"(","detail":"low"}})";
}

TEST(Pictures, TheBytesTakeThePlaceOfTheirUrl) {
  Fetches fetches;
  const Echo echo(fetches.face());
  EXPECT_EQ(
      echo.send(in_message(openai_part("http://a/1") + R"(,{"type":"text","text":"x"})")).body,
      R"({"n":1.5,"messages":[{"role":"user","content":[{"type":"image_url","image_url":)"
      R"({"url":"data:image/png;base64,aGk=","detail":"low"}},{"type":"text","text":"x"}]}]})");
  EXPECT_THAT(echo.send(in_message(R"({"type":"image_url","image_url":"HTTPS://a/2"})")).body,
              HasSubstr(R"("image_url":"data:image/png;base64,aGk=")"));
  EXPECT_THAT(
      echo.send(R"({"input":[{"content":[{"type":"input_image","image_url":"http://a/3"}]}]})")
          .body,
      HasSubstr(R"("image_url":"data:)"));
  const std::string anthropic = R"({"type":"image","source":{"type":"url","url":"http://a/4"}})";
  EXPECT_THAT(echo.send(in_message(R"({"type":"tool_result","content":[)" + anthropic + "]}")).body,
              HasSubstr(R"("source":{"type":"base64","media_type":"image/png","data":"aGk="})"));
  EXPECT_THAT(fetches.asked, ElementsAre("http://a/1", "HTTPS://a/2", "http://a/3", "http://a/4"));
}

TEST(Pictures, WhatNamesNoneStaysToTheByte) {
  Fetches fetches;
  const Echo echo(fetches.face());
  for (const std::string& body :
       {in_message(openai_part("data:image/png;base64,aGk=")), in_message(openai_part("file:///x")),
        in_message(R"({"type":"image_url"})"),
        in_message(R"({"type":"text","text":"image http:"})"),
        in_message(R"({"type":"image","source":{"type":"base64","data":"http://a"}})"),
        std::string(R"({"messages":{"image_url":"http://a"}})"), std::string("{\"image_url\""),
        std::string("\"image_url\""), in_message("7")})
    EXPECT_EQ(echo.send(body).body, body);
  EXPECT_TRUE(fetches.asked.empty());
}

TEST(Pictures, WhereNoneAreFetchedItIsSaidHowThatIsChanged) {
  const Echo echo({});
  const auto reply =
      echo.send(in_message(R"({"type":"text","text":""},)" + openai_part("http://a")));
  EXPECT_EQ(reply.status, 400);
  EXPECT_THAT(reply.body, HasSubstr(R"("param":"messages[0].content[1].image_url.url")"));
  EXPECT_THAT(reply.body, HasSubstr("server.fetch_images"));
  const Echo other({}, anthropic::anthropic_error);
  EXPECT_THAT(other.send(in_message(openai_part("http://a"))).body,
              HasSubstr(R"({"type":"error","error":{"type":"invalid_request_error")"));
}

TEST(Pictures, OneThatCannotBeFetchedIsTheClientsFault) {
  Fetches fetches;
  const Echo echo(fetches.face());
  const auto reply = echo.send(in_message(openai_part("http://a/private")));
  EXPECT_EQ(reply.status, 400);
  EXPECT_THAT(reply.body, HasSubstr("that address is not fetched from"));
  EXPECT_THAT(reply.body, Not(HasSubstr("http://a")));
}

TEST(Pictures, ThereAreNoMoreThanAFew) {
  Fetches fetches;
  const Echo echo(fetches.face());
  std::string parts = openai_part("http://a");
  for (std::size_t i = 0; i < kPicturesMax; ++i)
    parts += "," + openai_part("http://a");
  EXPECT_THAT(echo.send(in_message(parts)).body, HasSubstr("content[8].image_url.url"));
  EXPECT_TRUE(fetches.asked.empty());
  fetches.bytes = kPicturesBytesMax / 2 + 1;
  EXPECT_THAT(echo.send(in_message(openai_part("http://a") + "," + openai_part("http://b"))).body,
              HasSubstr("too large together"));
}

TEST(Pictures, ADialectSaysWhatItSaysOfAPictureThatWasSentAlong) {
  Fetches fetches;
  Face face(std::chrono::seconds(15), nullptr, {}, fetches.face());
  const auto said = [&](const std::string& url) {
    const std::string part = R"([{"role":"user","content":[)" + openai_part(url) + "]}]";
    return face.send("POST", kChat, R"({"model":"m","messages":)" + part + "}").body;
  };
  EXPECT_EQ(said("http://a/1"), said("data:image/png;base64,aGk="));
  EXPECT_EQ(fetches.asked.size(), 1U);
  const auto told = [&](const std::string& source) {
    return face
        .send("POST", "/v1/messages",
              R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":[)"
              R"({"type":"image","source":)" +
                  source + "}]}]}",
              "x-request-id: same\r\n")
        .body;
  };
  EXPECT_THAT(told(R"({"type":"url","url":"http://a/2"})"), HasSubstr("no model here sees"));
  EXPECT_EQ(fetches.asked.size(), 2U);
  Face closed;
  EXPECT_THAT(closed.send("POST", kChat, in_message(openai_part("http://a/3"))).body,
              HasSubstr("server.fetch_images"));
}

}  // namespace
}  // namespace hearth::api
