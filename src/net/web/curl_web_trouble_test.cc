// Networks that fail, servers that lie or fall silent, and callers that have had enough.
#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/clock.h"
#include "net/testing/cancelled_fetch.h"
#include "net/testing/scripted_peer.h"
#include "net/testing/web_trip.h"
#include "net/web/curl_web.h"

namespace hearth::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::Not;
using namespace testing;

// Says so much and then closes.
ScriptedPeer::Script saying(const std::string& bytes) {
  return [bytes](PeerConnection& connection) {
    connection.read_head();
    connection.send(bytes);
  };
}
ScriptedPeer::Script saying_and_staying(const std::string& bytes) {
  return [bytes](PeerConnection& connection) {
    connection.read_head();
    connection.send(bytes);
    connection.wait_until_gone();
  };
}

// A port where connecting neither succeeds nor fails: its queue is full and nobody accepts.
class FullListener {
 public:
  FullListener() {
    listener_.reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address_;
    HEARTH_ASSERT(::bind(listener_.get(), raw(), size) == 0);
    HEARTH_ASSERT(::listen(listener_.get(), 0) == 0);
    ::getsockname(listener_.get(), raw(), &size);
    for (Fd& waiting : waiting_) {
      waiting.reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
      ::connect(waiting.get(), raw(), size);
    }
  }
  std::string url() const {
    return "http://127.0.0.1:" + std::to_string(ntohs(address_.sin_port)) + "/";
  }

 private:
  sockaddr* raw() { return reinterpret_cast<sockaddr*>(&address_); }
  Fd listener_;
  sockaddr_in address_{};
  Fd waiting_[4];
};

TEST_F(CurlWebTest, SaysWhenNobodyAnswers) {
  std::string url;
  {
    const ScriptedPeer gone(saying(""));
    url = gone.url("/?key=secret");
  }
  const Error error = error_of(url);
  EXPECT_EQ(error.code, Code::kUnavailable);
  EXPECT_THAT(error.message, HasSubstr("nobody answers at 127.0.0.1:"));
  EXPECT_THAT(error.message, HasSubstr("Connection refused"));
  EXPECT_THAT(error.message, Not(HasSubstr("secret")));
}

TEST_F(CurlWebTest, WaitsNoLongerForAConnectionThanItMay) {
  const FullListener full;
  WebOptions hasty = options();
  hasty.connect_timeout = milliseconds(200);
  use(hasty);
  const Error error = error_of(full.url());
  EXPECT_EQ(error.code, Code::kUnavailable);
  EXPECT_THAT(error.message, HasSubstr("has not taken a connection within 0.2 s"));
}

TEST_F(CurlWebTest, TakesNoAnswerThatIsCutShortForWhole) {
  for (const char* cut : {
           "",
           "HTTP/1.1 200 OK\r\nContent-Le",
           "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n",
           "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n123456789",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n123",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n",
           "HTTP/1.1 302 Found\r\nLocation: /a\r\nContent-Length: 10\r\n\r\n123",
       }) {
    ScriptedPeer peer(saying(cut));
    const Error error = error_of(peer.url());
    EXPECT_EQ(error.code, Code::kUnavailable) << cut << "\n" << error.to_string();
    EXPECT_THAT(error.message, HasSubstr(peer.host()));
  }
}

TEST_F(CurlWebTest, TakesAConnectionThatIsResetForBroken) {
  ScriptedPeer peer([](PeerConnection& connection) {
    connection.read_head();
    connection.send("HTTP/1.1 200 OK\r\n\r\n123");  // as long as it stays open
    connection.reset();
  });
  EXPECT_EQ(error_of(peer.url()).code, Code::kUnavailable);
}

TEST_F(CurlWebTest, TellsWhatIsNoHttp) {
  for (const char* strange : {
           "SSH-2.0-something\r\n\r\n",
           "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
           "HTTP/9.7 200 OK\r\n\r\n",
       }) {
    ScriptedPeer peer(saying(strange));
    const Error error = error_of(peer.url());
    EXPECT_EQ(error.code, Code::kUpstream) << strange << "\n" << error.to_string();
    EXPECT_THAT(error.message, Not(HasSubstr("many")));
  }
}

TEST_F(CurlWebTest, ReadsHeadsOnlyUpToTheirLimit) {
  std::string lines = "HTTP/1.1 200 OK\r\n";
  while (lines.size() < kWebHeadBytesMax)
    lines += "X-Long: " + std::string(4000, 'x') + "\r\n";
  const std::string one_line = "HTTP/1.1 200 OK\r\nX-Long: " + std::string(kWebHeadBytesMax, 'x');
  for (const std::string& head : {lines, one_line}) {
    ScriptedPeer peer(saying_and_staying(head + "\r\n\r\n"));
    const Error error = error_of(peer.url());
    EXPECT_EQ(error.code, Code::kUpstream) << error.to_string();
    EXPECT_THAT(error.message, Not(HasSubstr("xxx")));
    EXPECT_EQ(sink.begun, 0);
  }
}

TEST_F(CurlWebTest, CountsTheHeadsOfAllHopsTogether) {
  std::string lines;
  while (lines.size() < kWebHeadBytesMax / 4)
    lines += "X-Long: " + std::string(4000, 'x') + "\r\n";
  ScriptedPeer peer(ScriptedPeer::answering([&lines](const std::string& head) {
    const int hop = head[5] - '0';
    if (hop == 5) return answer("200 OK");
    return answer("302 Found", "", "Location: /" + std::to_string(hop + 1) + "\r\n" + lines);
  }));
  EXPECT_EQ(error_of(peer.url("/1")).code, Code::kUpstream);
  EXPECT_TRUE(fetch(peer.url("/3")));
}

TEST_F(CurlWebTest, GivesUpOnAServerThatFallsSilent) {
  WebOptions hasty = options();
  hasty.stall_timeout = milliseconds(200);
  use(hasty);
  const std::string begun = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n123";
  for (const std::string& said : {std::string(), begun.substr(0, 20), begun}) {
    ScriptedPeer peer(saying_and_staying(said));
    const Error error = error_of(peer.url("/?key=secret"));
    EXPECT_EQ(error.code, Code::kUnavailable);
    EXPECT_EQ(error.message, peer.host() + " has sent nothing for 0.2 s");
  }
  EXPECT_EQ(sink.body, "123");
}

TEST_F(CurlWebTest, IsPatientWithOneByteNowAndThen) {
  WebOptions hasty = options();
  hasty.stall_timeout = milliseconds(500);
  use(hasty);
  ScriptedPeer peer([](PeerConnection& connection) {
    connection.read_head();
    connection.trickle("HTTP/1.1 200", 45);  // longer than the limit, and not yet a line
    connection.send(" OK\r\nContent-Length: 12\r\n\r\n");
    connection.trickle("slow but sure", 45);
  });
  const auto fetched = fetch(peer.url());
  ASSERT_TRUE(fetched) << fetched.error().to_string();
  EXPECT_EQ(sink.body, "slow but sur");
}

TEST_F(CurlWebTest, DoesNotTakeASlowSinkForAStall) {
  WebOptions hasty = options();
  hasty.stall_timeout = milliseconds(150);
  use(hasty);
  std::promise<void> go_on;
  ScriptedPeer peer([&go_on](PeerConnection& connection) {
    connection.read_head();
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n1");
    go_on.get_future().wait();
    connection.send("2");
  });
  sink.on_take = [&go_on, first = true]() mutable -> Result<void> {
    if (!std::exchange(first, false)) return {};
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable never;
    never.wait_for(lock, milliseconds(300), [] { return false; });
    go_on.set_value();
    return {};
  };
  const auto fetched = web->fetch(get(peer.url()), sink, {});
  ASSERT_TRUE(fetched) << fetched.error().to_string();
  EXPECT_EQ(sink.body, "12");
}

TEST_F(CurlWebTest, EndsWithWhatTheSinkRefuses) {
  ScriptedPeer peer(
      ScriptedPeer::answering([](const std::string&) { return answer("200 OK", "body"); }));
  sink.on_begin = [] { return fail(Code::kCorrupt, "another file by now"); };
  auto fetched = web->fetch(get(peer.url()), sink, {});
  ASSERT_FALSE(fetched);
  EXPECT_EQ(fetched.error().message, "another file by now");
  sink = RememberingSink();
  sink.on_take = [] { return fail(Code::kResourceExhausted, "no room"); };
  fetched = web->fetch(get(peer.url()), sink, {});
  ASSERT_FALSE(fetched);
  EXPECT_EQ(fetched.error().message, "no room");
  sink = RememberingSink();
  sink.on_take = []() -> Result<void> { throw std::runtime_error("a sink with a bug"); };
  fetched = web->fetch(get(peer.url()), sink, {});
  ASSERT_FALSE(fetched);
  EXPECT_EQ(fetched.error().code, Code::kInternal);
  EXPECT_TRUE(fetch(peer.url()));  // nothing of it is left behind
}

TEST_F(CurlWebTest, DoesNotBeginWhatIsCancelledAlready) {
  ScriptedPeer peer(saying(""));
  cancel.cancel();
  EXPECT_EQ(error_of(peer.url()).code, Code::kCancelled);
  EXPECT_EQ(peer.connections(), 0);
}

TEST_F(CurlWebTest, HearsSoonThatItIsCancelledWhileItConnects) {
  const FullListener full;
  double best = 1e9;
  for (int i = 0; i < kTries; ++i) {
    // Nothing tells that a connection is not made yet; after a while it must be under way.
    auto after_a_while = std::async(std::launch::async, [] {
      std::promise<void> never;
      never.get_future().wait_for(milliseconds(60));
    });
    best = std::min(best, heard_within_ms(*web, get(full.url()), std::move(after_a_while)));
  }
  EXPECT_LT(best, kHeardWithinMs);
}

TEST_F(CurlWebTest, HearsSoonThatItIsCancelledWhileNothingArrives) {
  for (const char* said : {"", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n123"}) {
    double best = 1e9;
    for (int i = 0; i < kTries; ++i) {
      std::promise<void> silent;
      auto is_silent = silent.get_future();
      ScriptedPeer peer([&silent, said](PeerConnection& connection) {
        connection.read_head();
        connection.send(said);
        silent.set_value();
        connection.wait_until_gone();
      });
      best = std::min(best, heard_within_ms(*web, get(peer.url()), std::move(is_silent)));
    }
    EXPECT_LT(best, kHeardWithinMs) << said;
  }
}

TEST_F(CurlWebTest, HearsSoonThatItIsCancelledWhileItMustNotBeFaster) {
  ScriptedPeer peer(saying_and_staying("HTTP/1.1 200 OK\r\n\r\n" + std::string(10'000, 'x')));
  WebOptions slow = options();
  slow.bytes_per_second_max = 1000;  // the second piece waits for a second
  double best = 1e9;
  for (int i = 0; i < kTries; ++i) {
    use(slow);
    sink = RememberingSink();
    std::promise<void> begun;
    auto has_begun = begun.get_future();
    sink.on_take = [&begun] {
      begun.set_value();
      return Result<void>();
    };
    best = std::min(best, heard_within_ms(*web, get(peer.url()), std::move(has_begun), sink));
  }
  EXPECT_LT(best, kHeardWithinMs);
}

TEST_F(CurlWebTest, HearsThatItIsCancelledWhileABodyRushesIn) {
  ScriptedPeer peer([](PeerConnection& connection) {
    connection.read_head();
    connection.send("HTTP/1.1 200 OK\r\n\r\n");
    while (connection.send(std::string(64 * 1024, 'x'))) {
    }
  });
  sink.on_take = [this] {
    cancel.cancel();
    return Result<void>();
  };
  const auto fetched = web->fetch(get(peer.url()), sink, cancel.token());
  ASSERT_FALSE(fetched);
  EXPECT_EQ(fetched.error().code, Code::kCancelled);
}

}  // namespace
}  // namespace hearth::net
