// What the tests of fetching have in common: a sink that remembers, an environment that names no
// proxy, and what a fetch came to.
#pragma once

#include <cstdlib>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "net/web/curl_web.h"

namespace hearth::net::testing {

// Puts an answer together as HTTP/1.1 has it; `headers` are whole lines.
inline std::string answer(const std::string& status, const std::string& body = {},
                          const std::string& headers = {}) {
  return "HTTP/1.1 " + status + "\r\n" + headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}
inline std::string redirect_to(const std::string& url) {
  return answer("302 Found", "elsewhere", "Location: " + url + "\r\n");
}
inline bool has_line(const std::string& head, const std::string& line) {
  return head.find("\r\n" + line + "\r\n") != std::string::npos;
}

class RememberingSink : public WebSink {
 public:
  Result<void> begin(const WebHead& head) override {
    ++begun;
    EXPECT_TRUE(body.empty());
    this->head = head;
    if (on_begin) return on_begin();
    return {};
  }
  Result<void> take(std::string_view bytes) override {
    EXPECT_EQ(begun, 1);
    body += bytes;
    if (on_take) return on_take();
    return {};
  }

  int begun = 0;
  WebHead head;
  std::string body;
  std::function<Result<void>()> on_begin;
  std::function<Result<void>()> on_take;
};

// Variables of the environment for one test, as they were afterwards. Only while no other thread
// looks at them.
class Environment {
 public:
  Environment() {
    for (const char* name : {"http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy",
                             "ALL_PROXY", "no_proxy", "NO_PROXY", "SSL_CERT_FILE"}) {
      clear(name);
    }
  }
  ~Environment() {
    for (const auto& [name, value] : before_) {
      if (value) {
        ::setenv(name.c_str(), value->c_str(), 1);
      } else {
        ::unsetenv(name.c_str());
      }
    }
  }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

  void set(const char* name, const std::string& value) {
    remember(name);
    ::setenv(name, value.c_str(), 1);
  }
  void clear(const char* name) {
    remember(name);
    ::unsetenv(name);
  }

 private:
  void remember(const char* name) {
    const char* value = std::getenv(name);
    before_.emplace(name, value == nullptr ? std::nullopt : std::optional<std::string>(value));
  }
  std::map<std::string, std::optional<std::string>> before_;
};

class CurlWebTest : public ::testing::Test {
 protected:
  static WebOptions options() {
    WebOptions some;
    some.user_agent = "hearth/test";
    some.connect_timeout = std::chrono::seconds(10);
    some.stall_timeout = std::chrono::seconds(10);
    return some;
  }
  static WebRequest get(const std::string& url) {
    WebRequest request;
    request.url = url;
    return request;
  }
  Result<void> fetch(const WebRequest& request) {
    sink = RememberingSink();
    return web->fetch(request, sink, cancel.token());
  }
  Result<void> fetch(const std::string& url) { return fetch(get(url)); }
  Error error_of(const WebRequest& request) {
    const auto fetched = fetch(request);
    EXPECT_FALSE(fetched);
    return fetched ? Error{} : fetched.error();
  }
  Error error_of(const std::string& url) { return error_of(get(url)); }
  void use(const WebOptions& options) { web = std::make_unique<CurlWeb>(options); }

  Environment environment;
  std::unique_ptr<CurlWeb> web = std::make_unique<CurlWeb>(options());
  RememberingSink sink;
  base::CancelSource cancel;
};

}  // namespace hearth::net::testing
