// A name server that does not answer: getaddrinfo of this program is ours, and waits.
#include <algorithm>
#include <chrono>
#include <future>
#include <memory>
#include <string_view>
#include <utility>

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <netdb.h>

#include "base/mutex.h"
#include "net/testing/cancelled_fetch.h"
#include "net/testing/scripted_peer.h"
#include "net/testing/web_trip.h"
#include "net/web/curl_web.h"

namespace {

using namespace std::chrono_literals;

constexpr std::string_view kStuckName = "stuck.example";

// One lookup that is asked for and then not answered until it is over, or for long enough to
// fail a test. Who looks up is left behind by a fetch that is cancelled: it holds what it needs.
struct StuckLookup {
  std::promise<void> asked;
  std::promise<void> over;
};
hearth::base::Mutex mutex;
std::shared_ptr<StuckLookup> next_lookup GUARDED_BY(mutex);

std::shared_ptr<StuckLookup> exchange_next(std::shared_ptr<StuckLookup> lookup) {
  const hearth::base::Lock lock(mutex);
  return std::exchange(next_lookup, std::move(lookup));
}

}  // namespace

extern "C" int getaddrinfo(const char* name, const char* service, const addrinfo* hints,
                           addrinfo** found) {
  if (name != nullptr && name == kStuckName) {
    if (const auto lookup = exchange_next(nullptr)) {
      lookup->asked.set_value();
      lookup->over.get_future().wait_for(3s);
    }
    return EAI_AGAIN;
  }
  static const auto next =
      reinterpret_cast<decltype(&getaddrinfo)>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  return next(name, service, hints, found);
}

namespace hearth::net {
namespace {

using namespace testing;

TEST_F(CurlWebTest, HearsSoonThatItIsCancelledWhileANameIsLookedUp) {
  double best = 1e9;
  for (int i = 0; i < kTries; ++i) {
    const auto lookup = std::make_shared<StuckLookup>();
    auto asked = lookup->asked.get_future();
    exchange_next(lookup);
    const WebRequest request = get("http://" + std::string(kStuckName) + "/");
    best = std::min(best, heard_within_ms(*web, request, std::move(asked)));
    lookup->over.set_value();
  }
  EXPECT_LT(best, kHeardWithinMs);
}

TEST_F(CurlWebTest, SaysWhichNameHasNoAddress) {
  const Error error = error_of("http://" + std::string(kStuckName) + "/?key=secret");
  EXPECT_EQ(error.code, Code::kUnavailable);
  EXPECT_EQ(error.message,
            "no address is known for stuck.example: check how it is written, and whether this "
            "machine is online");
}

TEST_F(CurlWebTest, FetchesAfterANameThatHasNoAddress) {
  ScriptedPeer peer(
      ScriptedPeer::answering([](const std::string&) { return answer("200 OK", "the body"); }));
  EXPECT_EQ(error_of("http://" + std::string(kStuckName) + "/").code, Code::kUnavailable);
  ASSERT_TRUE(fetch(get(peer.url("/"))));
  EXPECT_EQ(sink.body, "the body");
}

}  // namespace
}  // namespace hearth::net
