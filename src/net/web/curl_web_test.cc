#include "net/web/curl_web.h"

#include <atomic>
#include <chrono>
#include <future>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/mutex.h"
#include "net/testing/scripted_peer.h"
#include "net/testing/web_trip.h"

namespace hearth::net {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using namespace testing;

// Requests as peers have seen them, from all their threads.
class Heads {
 public:
  void add(const std::string& head) {
    const base::Lock lock(mutex_);
    heads_.push_back(head);
  }
  std::vector<std::string> all() {
    const base::Lock lock(mutex_);
    return heads_;
  }

 private:
  base::Mutex mutex_;
  std::vector<std::string> heads_ GUARDED_BY(mutex_);
};

ScriptedPeer::Script keeping(Heads& heads, ScriptedPeer::Answers answers) {
  return ScriptedPeer::answering([&heads, answers](const std::string& head) {
    heads.add(head);
    return answers(head);
  });
}

TEST_F(CurlWebTest, HandsOnAnAnswerWithItsHead) {
  Heads heads;
  ScriptedPeer peer(keeping(heads, [](const std::string&) {
    return answer("200 OK", "the body", "ETag: \"a\"\r\nX-Two: 1\r\nX-Two: 2\r\n");
  }));
  WebRequest request = get(peer.url("/a/b?c=d"));
  request.headers = {{"Accept", "text/plain"}, {"X-Empty", ""}};
  ASSERT_TRUE(fetch(request));
  EXPECT_EQ(sink.begun, 1);
  EXPECT_EQ(sink.head.status, 200);
  EXPECT_EQ(sink.head.url, peer.url("/a/b?c=d"));
  EXPECT_EQ(*find_header(sink.head.headers, "etag"), "\"a\"");
  EXPECT_EQ(sink.head.headers.size(), 4u);
  EXPECT_EQ(sink.body, "the body");
  const std::string head = heads.all().at(0);
  EXPECT_THAT(head, HasSubstr("GET /a/b?c=d HTTP/1.1\r\n"));
  EXPECT_TRUE(has_line(head, "User-Agent: hearth/test"));
  EXPECT_TRUE(has_line(head, "Accept: text/plain"));
  EXPECT_TRUE(has_line(head, "X-Empty:"));
  for (const char* unasked : {"Accept-Encoding", "Cookie", "Authorization", "Range"})
    EXPECT_THAT(head, Not(HasSubstr(unasked)));
}

TEST_F(CurlWebTest, BeginsOnceAlsoWhereNoBodyIs) {
  ScriptedPeer peer(ScriptedPeer::answering([](const std::string& head) -> std::string {
    if (head.starts_with("HEAD ")) return "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n";
    if (head.starts_with("GET /none ")) return "HTTP/1.1 204 No Content\r\n\r\n";
    return answer("404 Not Found");
  }));
  WebRequest request = get(peer.url());
  request.method = WebRequest::Method::kHead;
  ASSERT_TRUE(fetch(request));
  EXPECT_EQ(sink.begun, 1);
  EXPECT_EQ(*find_header(sink.head.headers, "Content-Length"), "1000");
  ASSERT_TRUE(fetch(peer.url("/none")));
  EXPECT_EQ(sink.begun, 1);
  EXPECT_EQ(sink.head.status, 204);
  ASSERT_TRUE(fetch(peer.url("/missing")));
  EXPECT_EQ(sink.begun, 1);
  EXPECT_EQ(sink.head.status, 404);
  EXPECT_EQ(sink.body, "");
}

TEST_F(CurlWebTest, TakesTheLastHeadAndNoTrailerForTheHead) {
  ScriptedPeer peer(ScriptedPeer::answering([](const std::string&) {
    return "HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n"
           "HTTP/1.1 200 OK\r\nX-Late: 1\r\nTransfer-Encoding: chunked\r\n\r\n"
           "3\r\nabc\r\n0\r\nX-Trailer: 1\r\n\r\n";
  }));
  ASSERT_TRUE(fetch(peer.url()));
  EXPECT_EQ(sink.begun, 1);
  EXPECT_EQ(sink.head.status, 200);
  EXPECT_EQ(sink.body, "abc");
  EXPECT_NE(find_header(sink.head.headers, "X-Late"), nullptr);
  EXPECT_EQ(find_header(sink.head.headers, "X-Early"), nullptr);
  EXPECT_EQ(find_header(sink.head.headers, "X-Trailer"), nullptr);
}

TEST_F(CurlWebTest, LeavesBytesAsTheyAreSent) {
  ScriptedPeer peer(ScriptedPeer::answering([](const std::string&) {
    return answer("200 OK", "no gzip at all", "Content-Encoding: gzip\r\nSet-Cookie: a=b\r\n");
  }));
  ASSERT_TRUE(fetch(peer.url()));
  EXPECT_EQ(sink.body, "no gzip at all");
}

TEST_F(CurlWebTest, AsksForARangeAtEveryHop) {
  Heads heads;
  ScriptedPeer peer(keeping(heads, [](const std::string& head) {
    if (head.starts_with("GET /a ")) return redirect_to("/b");
    return answer("206 Partial Content", "2345", "Content-Range: bytes 2-5/10\r\n");
  }));
  WebRequest request = get(peer.url("/a"));
  request.range = ByteRange{2, 5};
  ASSERT_TRUE(fetch(request));
  EXPECT_EQ(sink.head.status, 206);
  EXPECT_EQ(sink.body, "2345");
  ASSERT_EQ(heads.all().size(), 2u);
  for (const std::string& head : heads.all())
    EXPECT_TRUE(has_line(head, "Range: bytes=2-5")) << head;
}

TEST_F(CurlWebTest, KeepsConnectionsForTheNextFetchOfAnyThread) {
  ScriptedPeer peer(ScriptedPeer::answering([](const std::string& head) {
    return head.starts_with("GET /a ") ? redirect_to("/b") : answer("200 OK", "x");
  }));
  ASSERT_TRUE(fetch(peer.url("/a")));
  ASSERT_TRUE(fetch(peer.url("/b")));
  std::thread([&] { EXPECT_TRUE(fetch(peer.url("/a"))); }).join();
  EXPECT_EQ(peer.connections(), 1);
}

TEST_F(CurlWebTest, FollowsRedirectsAndSaysWhereTheyLed) {
  ScriptedPeer end(
      ScriptedPeer::answering([](const std::string&) { return answer("200 OK", "the end"); }));
  ScriptedPeer peer(ScriptedPeer::answering([&end](const std::string& head) {
    if (head.starts_with("GET /a/b ")) return redirect_to("../c?d=e");
    return redirect_to(end.url("/f"));
  }));
  ASSERT_TRUE(fetch(peer.url("/a/b")));
  EXPECT_EQ(sink.begun, 1);
  EXPECT_EQ(sink.head.url, end.url("/f"));
  EXPECT_EQ(sink.body, "the end");
}

TEST_F(CurlWebTest, SendsTheKeyToItsOwnOriginAndNeverAgainAfterLeaving) {
  Heads first_heads;
  Heads second_heads;
  std::string back;
  ScriptedPeer second(
      keeping(second_heads, [&back](const std::string&) { return redirect_to(back); }));
  ScriptedPeer first(keeping(first_heads, [&second](const std::string& head) {
    if (head.starts_with("GET /a ")) return redirect_to("/b");
    if (head.starts_with("GET /b ")) return redirect_to(second.url("/c"));
    return answer("200 OK", "back");
  }));
  back = first.url("/d");
  WebRequest request = get(first.url("/a"));
  request.authorization = "Bearer secret";
  request.headers = {{"X-Everywhere", "1"}};
  ASSERT_TRUE(fetch(request));
  EXPECT_EQ(sink.body, "back");
  const auto at_first = first_heads.all();
  const auto at_second = second_heads.all();
  ASSERT_EQ(at_first.size(), 3u);
  ASSERT_EQ(at_second.size(), 1u);
  EXPECT_TRUE(has_line(at_first[0], "Authorization: Bearer secret"));
  EXPECT_TRUE(has_line(at_first[1], "Authorization: Bearer secret"));
  EXPECT_THAT(at_second[0], Not(HasSubstr("secret")));
  EXPECT_THAT(at_first[2], Not(HasSubstr("secret")));
  for (const auto& heads : {at_first, at_second}) {
    for (const std::string& head : heads)
      EXPECT_TRUE(has_line(head, "X-Everywhere: 1"));
  }
}

TEST_F(CurlWebTest, TellsARedirectWhereThatIsWanted) {
  ScriptedPeer peer(ScriptedPeer::answering([](const std::string&) { return redirect_to("/b"); }));
  WebRequest request = get(peer.url("/a"));
  request.redirects = WebRequest::Redirects::kTell;
  ASSERT_TRUE(fetch(request));
  EXPECT_EQ(sink.head.status, 302);
  EXPECT_EQ(*find_header(sink.head.headers, "location"), "/b");
  EXPECT_EQ(sink.body, "elsewhere");
}

TEST_F(CurlWebTest, TakesWhatLeadsNowhereForTheAnswer) {
  ScriptedPeer peer(ScriptedPeer::answering([](const std::string& head) {
    if (head.starts_with("GET /a ")) return answer("302 Found", "no place");
    return answer("304 Not Modified", "", "Location: /x\r\n");
  }));
  ASSERT_TRUE(fetch(peer.url("/a")));
  EXPECT_EQ(sink.body, "no place");
  ASSERT_TRUE(fetch(peer.url("/b")));
  EXPECT_EQ(sink.head.status, 304);
}

TEST_F(CurlWebTest, ReadsLittleOfABodyThatOnlySaysElsewhere) {
  std::promise<void> cut_short;
  ScriptedPeer peer([&cut_short](PeerConnection& connection) {
    if (connection.read_head().starts_with("GET /b ")) {
      connection.send(answer("200 OK", "the end"));
      return;
    }
    connection.send("HTTP/1.1 302 Found\r\nLocation: /b\r\n\r\n");
    while (connection.send(std::string(64 * 1024, 'x'))) {
    }
    cut_short.set_value();
  });
  ASSERT_TRUE(fetch(peer.url("/a")));
  EXPECT_EQ(sink.body, "the end");
  EXPECT_EQ(cut_short.get_future().wait_for(std::chrono::seconds(20)), std::future_status::ready);
}

TEST_F(CurlWebTest, GoesNoFurtherThanItMay) {
  std::atomic<int> hops{0};
  ScriptedPeer peer(ScriptedPeer::answering(
      [&hops](const std::string&) { return redirect_to("/" + std::to_string(++hops)); }));
  const Error error = error_of(peer.url("/?key=secret"));
  EXPECT_EQ(error.code, Code::kPermissionDenied);
  EXPECT_THAT(error.message, HasSubstr("after 8 redirects"));
  EXPECT_THAT(error.message, Not(HasSubstr("secret")));
  EXPECT_EQ(hops, kRedirectsMax + 1);
  EXPECT_EQ(sink.begun, 0);
}

TEST_F(CurlWebTest, DoesNotFollowToFilesOrUsers) {
  for (const char* place : {"file:///etc/hostname", "ftp://127.0.0.1/", "http://u:p@127.0.0.1/"}) {
    ScriptedPeer peer(
        ScriptedPeer::answering([place](const std::string&) { return redirect_to(place); }));
    EXPECT_EQ(error_of(peer.url()).code, Code::kPermissionDenied) << place;
  }
}

TEST_F(CurlWebTest, SendsNothingOfARequestThatIsNone) {
  ScriptedPeer peer(ScriptedPeer::answering([](const std::string&) { return answer("200 OK"); }));
  WebRequest header = get(peer.url());
  header.headers = {{"X-A", "b\r\nX-C: d"}};
  EXPECT_EQ(error_of(header).code, Code::kInvalidArgument);
  EXPECT_EQ(error_of("http://user:word@" + peer.host()).code, Code::kInvalidArgument);
  EXPECT_EQ(error_of(peer.url("/a b")).code, Code::kInvalidArgument);
  EXPECT_EQ(error_of("file:///etc/hostname").code, Code::kInvalidArgument);
  EXPECT_EQ(peer.connections(), 0);
}

TEST_F(CurlWebTest, KeepsAWholeDocument) {
  ScriptedPeer peer(
      ScriptedPeer::answering([](const std::string&) { return answer("200 OK", "12345678"); }));
  const auto whole = read_document(*web, get(peer.url()), 8, {});
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->body, "12345678");
  const auto too_long = read_document(*web, get(peer.url()), 7, {});
  ASSERT_FALSE(too_long);
  EXPECT_EQ(too_long.error().code, Code::kResourceExhausted);
}

TEST_F(CurlWebTest, FetchesOnManyThreadsAtOnce) {
  constexpr int kThreads = 8;
  constexpr int kFetches = 12;
  const std::string body(200'000, 'y');
  ScriptedPeer peer(ScriptedPeer::answering([&body](const std::string& head) {
    return head.starts_with("GET /a ") ? redirect_to("/b") : answer("200 OK", body);
  }));
  std::atomic<int> whole{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int fetched = 0; fetched < kFetches; ++fetched) {
        RememberingSink own;
        const auto done = web->fetch(get(peer.url(fetched % 2 == 0 ? "/a" : "/b")), own, {});
        if (done && own.body == body) ++whole;
      }
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_EQ(whole, kThreads * kFetches);
  EXPECT_LE(peer.connections(), kThreads);
}

TEST_F(CurlWebTest, HoldsAllFetchesTogetherToOneRate) {
  constexpr int kThreads = 8;
  constexpr std::size_t kBytes = 50'000;
  constexpr std::size_t kBytesPerSecond = 800'000;
  const std::string body(kBytes, 'y');
  ScriptedPeer peer(
      ScriptedPeer::answering([&body](const std::string&) { return answer("200 OK", body); }));
  WebOptions slow = options();
  slow.bytes_per_second_max = kBytesPerSecond;
  use(slow);
  const auto began = base::system_clock().now();
  std::atomic<int> whole{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      RememberingSink own;
      if (web->fetch(get(peer.url()), own, {}) && own.body == body) ++whole;
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_EQ(whole, kThreads);
  // The last piece does not wait for its own time to pass.
  constexpr double kSecondsAtLeast =
      static_cast<double>(kThreads * kBytes - kBytesPerSecond / 10) / kBytesPerSecond;
  EXPECT_GE(base::to_ms(base::system_clock().now() - began), 1000 * kSecondsAtLeast);
}

}  // namespace
}  // namespace hearth::net
