#include "net/web/web_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hearth::net {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

WebRequest request() {
  WebRequest good;
  good.url = "https://example.org/a";
  good.headers = {{"Accept", "application/json"}, {"X-Empty", ""}};
  good.authorization = "Bearer secret";
  good.range = ByteRange{0, 0};
  return good;
}

Error refusal(const WebRequest& bad) {
  const auto checked = check_request(bad);
  EXPECT_FALSE(checked);
  return checked ? Error{} : checked.error();
}

TEST(WebRequestCheck, TakesWhatMayBeSent) {
  const auto url = check_request(request());
  ASSERT_TRUE(url) << url.error().to_string();
  EXPECT_EQ(url->text, "https://example.org/a");
}

TEST(WebRequestCheck, RefusesHeadersThatWouldBecomeTwo) {
  for (const char* value : {"a\r\nX: y", "a\nb", "\x01", "\x7f", "\r"}) {
    WebRequest bad = request();
    bad.headers[0].second = value;
    EXPECT_EQ(refusal(bad).code, Code::kInvalidArgument);
    bad = request();
    bad.authorization = std::string("Bearer secret") + value;
    EXPECT_EQ(refusal(bad).code, Code::kInvalidArgument);
    EXPECT_THAT(refusal(bad).message, Not(HasSubstr("secret")));
  }
  for (const char* name : {"", "A B", "A:", "A\n", "\xc3\xa4"}) {
    WebRequest bad = request();
    bad.headers[0].first = name;
    EXPECT_EQ(refusal(bad).code, Code::kInvalidArgument) << name;
  }
}

TEST(WebRequestCheck, RefusesSecretsThatWouldGoEverywhere) {
  for (const char* name :
       {"Authorization", "COOKIE", "Proxy-Authorization", "host", "Range", "Accept-Encoding"}) {
    WebRequest bad = request();
    bad.headers.emplace_back(name, "secret");
    EXPECT_EQ(refusal(bad).code, Code::kInvalidArgument) << name;
    EXPECT_THAT(refusal(bad).message, Not(HasSubstr("secret")));
  }
}

TEST(WebRequestCheck, RefusesARangeThatEndsBeforeItBegins) {
  WebRequest bad = request();
  bad.range = ByteRange{2, 1};
  EXPECT_EQ(refusal(bad).message, "bytes 2 to 1 are no range");
}

}  // namespace
}  // namespace hearth::net
