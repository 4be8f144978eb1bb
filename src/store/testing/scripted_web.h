// A web that answers as a test has written down, and keeps what it was asked.
//
// Threads: thread-compatible.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "net/web/web.h"

namespace hearth::store::testing {

struct Answer {
  int status = 200;
  net::WebHeaders headers;
  std::string body;
};

class ScriptedWeb : public net::Web {
 public:
  // "GET https://…" or "HEAD https://…". Several answers are given one after the other, and the
  // last one for ever.
  void on(const std::string& what, Answer answer) { answers_[what].push_back(std::move(answer)); }

  const std::vector<net::WebRequest>& asked() const { return asked_; }
  // "GET https://…", one a line.
  std::string asked_text() const {
    std::string text;
    for (const net::WebRequest& request : asked_)
      text += key(request) + "\n";
    return text;
  }

  Result<void> fetch(const net::WebRequest& request, net::WebSink& sink,
                     const base::CancelToken& cancel) override {
    if (cancel.cancelled()) return fail(Code::kCancelled, "cancelled");
    asked_.push_back(request);
    const auto found = answers_.find(key(request));
    if (found == answers_.end()) return fail(Code::kUnavailable, "nobody answers");
    std::size_t& next = next_[found->first];
    const Answer& answer = found->second[std::min(next, found->second.size() - 1)];
    ++next;
    HEARTH_TRY(sink.begin({answer.status, answer.headers, request.url}));
    if (request.method == net::WebRequest::Method::kHead || answer.body.empty()) return {};
    return sink.take(answer.body);
  }

 private:
  static std::string key(const net::WebRequest& request) {
    const bool head = request.method == net::WebRequest::Method::kHead;
    return (head ? "HEAD " : "GET ") + request.url;
  }

  std::map<std::string, std::vector<Answer>> answers_;
  std::map<std::string, std::size_t> next_;
  std::vector<net::WebRequest> asked_;
};

}  // namespace hearth::store::testing
