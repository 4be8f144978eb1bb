#include "net/web/web_url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "net/web/web.h"

namespace hearth::net {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

WebUrl url(std::string_view text) {
  auto parsed = parse_web_url(text);
  EXPECT_TRUE(parsed) << text << ": " << parsed.error().to_string();
  return parsed.value_or(WebUrl{});
}

std::string led(std::string_view from, std::string_view location) {
  const auto next = follow_redirect(url(from), location, 0);
  return next ? next->text : std::string(base::code_name(next.error().code));
}

TEST(WebUrl, TellsTheOriginOfAUrl) {
  const struct {
    const char* text;
    WebOrigin origin;
    const char* host;
  } cases[] = {
      {"https://example.org", {"https", "example.org", 443}, "example.org"},
      {"http://example.org/a?b#c", {"http", "example.org", 80}, "example.org"},
      {"HTTPS://Example.ORG:8443/A", {"https", "example.org", 8443}, "example.org:8443"},
      {"https://example.org:80/", {"https", "example.org", 80}, "example.org:80"},
      {"http://[::1]:9000/x", {"http", "[::1]", 9000}, "[::1]:9000"},
      {"http://127.0.0.1/x@y:1/", {"http", "127.0.0.1", 80}, "127.0.0.1"},
      {"https://example.org?q=a@b", {"https", "example.org", 443}, "example.org"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(url(c.text).origin, c.origin) << c.text;
    EXPECT_EQ(host_text(url(c.text).origin), c.host);
  }
}

TEST(WebUrl, RefusesWhatIsNoUrlOfTheWeb) {
  using namespace std::string_view_literals;
  for (const auto text :
       {""sv, "example.org"sv, "example.org/x"sv, "//example.org/x"sv, "file:///etc/passwd"sv,
        "ftp://example.org/x"sv, "javascript:1"sv, "https://"sv, "https:///"sv,
        "https://example.org:99999/"sv, "https://example.org:port/"sv,
        "https://user@example.org/"sv, "https://user:p4ss@example.org/"sv,
        "https://example.org/a b"sv, "https://example.org/a\r\nX: y"sv, "https://exa\0mple.org/"sv,
        "https://example.org/\x7f"sv, " https://example.org/"sv}) {
    const auto parsed = parse_web_url(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, Code::kInvalidArgument) << text;
    EXPECT_THAT(parsed.error().message, Not(HasSubstr("p4ss"))) << text;
  }
}

TEST(WebUrl, FollowsALocationFromWhereItCame) {
  const char* from = "https://example.org/a/b?c=d";
  EXPECT_EQ(led(from, "https://cdn.example.net/x?y"), "https://cdn.example.net/x?y");
  EXPECT_EQ(led(from, "/x"), "https://example.org/x");
  EXPECT_EQ(led(from, "x?y"), "https://example.org/a/x?y");
  EXPECT_EQ(led(from, "../x"), "https://example.org/x");
  EXPECT_EQ(led(from, "?y"), "https://example.org/a/b?y");
  EXPECT_EQ(led(from, "//other.example/x"), "https://other.example/x");
  EXPECT_EQ(led(from, "/a b"), "https://example.org/a%20b");
  EXPECT_EQ(led(from, "/a%2Fb%20c"), "https://example.org/a%2Fb%20c");
  EXPECT_EQ(led(from, "/x#part"), "https://example.org/x");
}

TEST(WebUrl, DoesNotFollowWhereSecretsOrFilesCouldBeLost) {
  const char* from = "https://example.org/a";
  for (const char* location :
       {"http://example.org/a", "HTTP://example.org/", "file:///etc/passwd", "ftp://example.org/",
        "https://user:p4ss@example.org/", "gopher://example.org/", "https://example.org/\r\nX: y",
        "https://example.org:99999/"}) {
    EXPECT_EQ(led(from, location), "permission_denied") << location;
  }
  EXPECT_EQ(led("http://example.org/a", "https://example.org/a"), "https://example.org/a");
}

TEST(WebUrl, FollowsNoFurtherThanItsLimit) {
  EXPECT_TRUE(follow_redirect(url("http://a.example/"), "/b", kRedirectsMax - 1));
  const auto one_more = follow_redirect(url("http://a.example/?key"), "/b", kRedirectsMax);
  ASSERT_FALSE(one_more);
  EXPECT_EQ(one_more.error().message,
            "a.example redirects once more after 8 redirects; that is not followed");
}

TEST(WebUrl, OnlyKnowsTheRedirectsThatKeepTheRequest) {
  for (const int status : {301, 302, 303, 307, 308})
    EXPECT_TRUE(is_redirect(status)) << status;
  for (const int status : {200, 204, 300, 304, 305, 306, 309, 404})
    EXPECT_FALSE(is_redirect(status)) << status;
}

// Whatever a server writes into a Location: nothing else than the web, never less safe, and what
// is fetched is read again as what it was judged by.
RC_GTEST_PROP(WebUrlProperty, FollowsOnlyToTheWebAndReadsItTheSameWayAgain, ()) {
  const auto location = *rc::gen::container<std::string>(rc::gen::oneOf(
      rc::gen::elementOf(std::string("/:@?#.%\\[]htpsfile ")), rc::gen::inRange<char>(1, 127)));
  const auto secure = *rc::gen::arbitrary<bool>();
  const WebUrl from = url(secure ? "https://a.example/b" : "http://a.example/b");
  const auto next = follow_redirect(from, location, 0);
  if (!next) {
    RC_ASSERT(next.error().code == Code::kPermissionDenied);
    return;
  }
  RC_ASSERT(next->origin.scheme == "https" || (!secure && next->origin.scheme == "http"));
  const auto again = parse_web_url(next->text);
  RC_ASSERT(again.has_value());
  RC_ASSERT(again->origin == next->origin);
}

}  // namespace
}  // namespace hearth::net
