// A web of one file, served from memory, on which everything can go wrong that does on the real
// one: each answer follows the next act of a script, and all is well when there is none.
//
// Threads: thread-safe; what is public and no function is set before the first fetch.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "net/web/web.h"

namespace hearth::store::testing {

// Bytes that are nowhere alike.
inline std::string noise(std::size_t size, std::uint64_t seed = 1) {
  std::string bytes(size, '\0');
  std::uint64_t state = seed * 0x9e3779b97f4a7c15U + 1;
  for (char& byte : bytes) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    byte = static_cast<char>(state >> 32);
  }
  return bytes;
}

struct Act {
  enum class Kind : std::uint8_t {
    kServe,
    kCut,          // the connection breaks after `number` bytes
    kFinishEarly,  // the body ends there, as if it were whole
    kStatus,       // `number`, with `text` as Retry-After
    kNarrow,       // a range of at most `number` bytes
    kShifted,      // a range that begins `number` bytes later
    kWhole,        // 200, as if no range had been asked for
    kNewTag,       // the file's ETag is `text` from now on
    kSaySize,      // the file is said to have `number` bytes
    kPacked,       // Content-Encoding: gzip
    kTooLong,      // `number` bytes more than the head says
    kFlipped,      // one byte of the body, the number-th, is another one
    kStall,        // nothing comes until it is cancelled
    kRefuse,       // the fetch fails with kPermissionDenied, as for a bad certificate
  };
  Kind kind = Kind::kServe;
  std::uint64_t number = 0;
  std::string text;
};

class FaultyWeb : public net::Web {
 public:
  explicit FaultyWeb(std::string content) : content_(std::move(content)) {}

  std::string tag = "\"one\"";  // empty: none
  std::string last_modified;    // empty: none
  bool has_ranges = true;
  bool says_length = true;
  std::size_t piece_bytes = 4096;
  // Called before each piece, with how much has been sent in all. False: the connection breaks.
  std::function<bool(std::uint64_t)> before_piece;

  void then(Act act) {
    const base::Lock lock(mutex_);
    acts_.push_back(std::move(act));
  }
  void forget_script() {
    const base::Lock lock(mutex_);
    acts_.clear();
  }
  void replace(std::string content, std::string new_tag) {
    const base::Lock lock(mutex_);
    content_ = std::move(content);
    tag = std::move(new_tag);
  }
  std::vector<net::WebRequest> requests() const {
    const base::Lock lock(mutex_);
    return requests_;
  }
  std::uint64_t sent_bytes() const {
    const base::Lock lock(mutex_);
    return sent_;
  }
  // Returns when so many fetches wait to be cancelled.
  void wait_for_stalls(unsigned count) {
    const base::Lock lock(mutex_);
    while (stalled_ < count)
      changed_.wait(mutex_);
  }

  Result<void> fetch(const net::WebRequest& request, net::WebSink& sink,
                     const base::CancelToken& cancel) override {
    Act act;
    Reply reply;
    {
      const base::Lock lock(mutex_);
      requests_.push_back(request);
      if (!acts_.empty()) {
        act = acts_.front();
        acts_.pop_front();
      }
      if (act.kind == Act::Kind::kNewTag) tag = act.text;
      reply = reply_to(request, act);
    }
    if (act.kind == Act::Kind::kRefuse) return fail(Code::kPermissionDenied, "not trusted");
    HEARTH_TRY(sink.begin(reply.head));
    return send(reply, act, sink, cancel);
  }

 private:
  struct Reply {
    net::WebHead head;
    std::string body;
  };

  static std::string number(std::uint64_t value) { return std::to_string(value); }

  Reply reply_to(const net::WebRequest& request, const Act& act) const REQUIRES_LOCK(mutex_) {
    Reply reply;
    reply.head.url = "https://cdn.example/blob?signature=secret";
    auto& headers = reply.head.headers;
    if (act.kind == Act::Kind::kStatus) {
      reply.head.status = static_cast<int>(act.number);
      if (!act.text.empty()) headers.emplace_back("Retry-After", act.text);
      return reply;
    }
    if (!tag.empty()) headers.emplace_back("ETag", tag);
    if (!last_modified.empty()) headers.emplace_back("Last-Modified", last_modified);
    if (act.kind == Act::Kind::kPacked) headers.emplace_back("Content-Encoding", "gzip");
    const std::string* state = net::find_header(request.headers, "If-Range");
    const bool same = !state || *state == tag || *state == last_modified;
    const std::uint64_t size = act.kind == Act::Kind::kSaySize ? act.number : content_.size();
    if (request.range && has_ranges && same && act.kind != Act::Kind::kWhole) {
      answer_range(*request.range, size, act, reply);
    } else {
      reply.head.status = 200;
      reply.body = content_;
      if (says_length) headers.emplace_back("content-length", number(size));
    }
    return reply;
  }

  void answer_range(net::ByteRange range, std::uint64_t size, const Act& act, Reply& reply) const
      REQUIRES_LOCK(mutex_) {
    auto& headers = reply.head.headers;
    if (act.kind == Act::Kind::kNarrow) range.last = std::min(range.last, range.first + act.number);
    if (act.kind == Act::Kind::kShifted) range.first += act.number;
    range.last = std::min(range.last, size - 1);
    if (range.first > range.last) {
      reply.head.status = 416;
      headers.emplace_back("Content-Range", "bytes */" + number(size));
      return;
    }
    reply.head.status = 206;
    headers.emplace_back("content-range", "bytes " + number(range.first) + "-" +
                                              number(range.last) + "/" + number(size));
    reply.body = content_.substr(range.first, range.last - range.first + 1);
  }

  Result<void> send(Reply& reply, const Act& act, net::WebSink& sink,
                    const base::CancelToken& cancel) {
    if (act.kind == Act::Kind::kStall) return stall(cancel);
    if (act.kind == Act::Kind::kTooLong) reply.body += noise(act.number, 99);
    if (act.kind == Act::Kind::kFlipped && act.number < reply.body.size())
      reply.body[act.number] = static_cast<char>(reply.body[act.number] ^ 1);
    const bool ends = act.kind == Act::Kind::kCut || act.kind == Act::Kind::kFinishEarly;
    std::string_view left = reply.body;
    if (ends) left = left.substr(0, act.number);
    while (!left.empty()) {
      if (cancel.cancelled()) return fail(Code::kCancelled, "cancelled");
      const std::string_view piece = left.substr(0, piece_bytes);
      if (before_piece && !before_piece(sent_bytes()))
        return fail(Code::kUnavailable, "cdn.example broke the connection");
      HEARTH_TRY(sink.take(piece));
      left.remove_prefix(piece.size());
      const base::Lock lock(mutex_);
      sent_ += piece.size();
    }
    if (act.kind == Act::Kind::kCut)
      return fail(Code::kUnavailable, "cdn.example broke the connection");
    return {};
  }

  Result<void> stall(const base::CancelToken& cancel) {
    const base::Lock lock(mutex_);
    ++stalled_;
    changed_.notify_all();
    while (!cancel.cancelled())
      changed_.wait_until(mutex_, base::system_clock().now() + std::chrono::milliseconds(2));
    return fail(Code::kCancelled, "cancelled");
  }

  mutable base::Mutex mutex_;
  base::Condition changed_;
  std::string content_;
  std::deque<Act> acts_;
  std::vector<net::WebRequest> requests_;
  std::uint64_t sent_ = 0;
  unsigned stalled_ = 0;
};

}  // namespace hearth::store::testing
