#include "net/request_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "net/response_head.h"
#include "net/target.h"

namespace hearth::net {
namespace {

using ::testing::HasSubstr;

// Feeds the text in pieces of `step` bytes, as a socket would.
tl::expected<HttpRequest, Refusal> parse(std::string text, std::size_t step,
                                         const HttpLimits& limits = {}) {
  RequestParser parser(limits);
  std::string unread;
  for (std::size_t at = 0; at < text.size() && parser.state() != RequestParser::State::kDone;
       at += step) {
    unread += text.substr(at, step);
    while (!unread.empty() && parser.state() != RequestParser::State::kDone) {
      const auto used = parser.put(unread);
      if (!used) return tl::unexpected<Refusal>(used.error());
      unread.erase(0, *used);
      if (*used == 0) break;
    }
  }
  if (parser.state() != RequestParser::State::kDone) {
    return tl::unexpected<Refusal>(Refusal{0, make_error(Code::kCancelled, "not done"), {}});
  }
  return parser.take();
}

int status_of(const std::string& text, const HttpLimits& limits = {}) {
  const auto request = parse(text, text.size(), limits);
  return request ? 200 : request.error().status;
}

TEST(RequestParser, ReadsTheSameRequestInWhateverPiecesItComes) {
  const std::string text =
      "POST /v1/x%20y?a=1 HTTP/1.1\r\nHost: h\r\nX-One:  two \r\nTransfer-Encoding: chunked\r\n\r\n"
      "5;ext=1\r\nhello\r\nb\r\n, the world\r\n0\r\nX-Late: t\r\n\r\n";
  EXPECT_TRUE(rc::check("in pieces of any size", [&] {
    const auto step = *rc::gen::inRange<std::size_t>(1, text.size() + 1);
    const auto request = parse(text, step);
    RC_ASSERT(request.has_value());
    RC_ASSERT(request->method == "POST");
    RC_ASSERT(request->path == "/v1/x y");
    RC_ASSERT(request->query == "a=1");
    RC_ASSERT(request->body == "hello, the world");
    RC_ASSERT(request->find_header("x-one") == "two");
    RC_ASSERT(!request->find_header("x-none").has_value());
    RC_ASSERT(!request->find_header("x-late").has_value());
  }));
}

TEST(RequestParser, RefusesWhatIsNotHttp) {
  EXPECT_EQ(status_of("nonsense\r\n\r\n"), 400);
  EXPECT_EQ(status_of("GET / HTTP/3.0\r\nHost: h\r\n\r\n"), 400);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: h\r\nBad Header: x\r\n\r\n"), 400);
  EXPECT_EQ(status_of("\x16\x03\x01\x02\x00\x01\x00\r\n\r\n"), 400);
  EXPECT_EQ(status_of("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n"), 400);
  EXPECT_EQ(status_of("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: x\r\n\r\n"), 400);
  EXPECT_EQ(status_of("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
            400);
}

TEST(RequestParser, RefusesWhatTwoServersCouldReadDifferently) {
  const std::string post = "POST / HTTP/1.1\r\nHost: h\r\n";
  EXPECT_EQ(status_of(post + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"), 400);
  EXPECT_EQ(status_of(post + "Content-Length: 3\r\nContent-Encoding: gzip\r\n\r\n"), 415);
  EXPECT_EQ(status_of(post + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n"), 400);
  EXPECT_EQ(status_of(post + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"), 400);
  EXPECT_EQ(status_of(post + "Transfer-Encoding: gzip, chunked\r\n\r\n"), 501);
  EXPECT_EQ(status_of(post + "Transfer-Encoding: identity\r\n\r\n"), 501);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\n\r\n"), 400);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), 400);
  EXPECT_EQ(status_of("GET / HTTP/1.0\r\n\r\n"), 200);
}

TEST(RequestParser, RefusesWhatIsOverALimit) {
  HttpLimits limits;
  limits.header_bytes = 1000;
  limits.body_bytes = 100;
  const std::string get = "GET / HTTP/1.1\r\nHost: h\r\n";
  EXPECT_EQ(status_of(get + "X: " + std::string(800, 'x') + "\r\n\r\n", limits), 200);
  EXPECT_EQ(status_of(get + "X: " + std::string(2000, 'x') + "\r\n\r\n", limits), 431);
  EXPECT_EQ(status_of(get + "X: " + std::string(2000, 'x'), limits), 431);
  EXPECT_EQ(status_of(get + "Content-Length: 101\r\n\r\n", limits), 413);
  EXPECT_EQ(status_of(get + "Content-Length: 100\r\n\r\n" + std::string(100, 'x'), limits), 200);
  const std::string chunked = get + "Transfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(
      status_of(chunked + "40\r\n" + std::string(64, 'x') + "\r\n40\r\n" + std::string(37, 'x'),
                limits),
      413);
  EXPECT_EQ(status_of(chunked + "1;" + std::string(2000, 'x'), limits), 431);
  EXPECT_EQ(status_of(chunked + "0\r\nX: " + std::string(2000, 'x'), limits), 431);
}

TEST(Target, IsDecodedOnceAndRefusedWhenItIsNotText) {
  EXPECT_EQ(parse_target("/a%2Fb%2520?q=%41")->path, "/a/b%20");
  EXPECT_EQ(parse_target("/a%2Fb%2520?q=%41")->query, "q=%41");
  EXPECT_EQ(parse_target("http://h:1/x?y")->path, "/x");
  EXPECT_EQ(parse_target("http://h")->path, "/");
  EXPECT_EQ(parse_target("/%41")->path, "/A");
  for (const char* bad : {"", "x", "/%", "/%4", "/%zz", "/%00", "/%0a", "/%ff", "host:443"}) {
    EXPECT_FALSE(parse_target(bad)) << bad;
  }
}

TEST(ResponseHead, CannotBeSplitByAHeaderValue) {
  ResponseHead head;
  head.connection = "close";
  const std::string text = format_head(head, {{"X-A", "1\r\nX-B: 2"}}, 784111777000);
  EXPECT_THAT(text, HasSubstr("X-A: 1  X-B: 2\r\n"));
  EXPECT_THAT(text, HasSubstr("Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"));
}

TEST(Target, AValueThatWasEncodedIsReadBack) {
  for (const char* value : {"plain", "a b&c=d", "100 %", "/p/ä?#+.gguf", ""})
    EXPECT_EQ(query_value("x=1&model=" + query_encoded(value) + "&y=2", "model"), value);
  EXPECT_EQ(query_encoded("a b&c"), "a%20b%26c");
}

}  // namespace
}  // namespace hearth::net
