// Reading from the internet: what its callers need of it, so that they can be tested without one.
// The real one is CurlWeb.
//
// Threads: thread-safe; a fetch blocks its caller and nobody else, and many may run beside each
//          other.
// Errors:  kCancelled; kUnavailable when nobody answers, the connection breaks, or nothing comes
//          for too long; kUpstream for an answer that is not HTTP or does not hold what its head
//          promises; kPermissionDenied for a certificate that is not trusted, a redirect that is
//          not followed, or a proxy that lets nobody through; kInvalidArgument for a URL that is
//          none or a header that cannot be sent. A body that ends too early is kUnavailable: asked
//          again, it may come whole. A status that is not 2xx is an answer, not an error. Messages
//          name the host and never a header or a query.
// Limits:  kWebHeadBytesMax, kRedirectsMax.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/cancellation.h"
#include "base/result.h"

namespace hearth::net {

inline constexpr std::size_t kWebHeadBytesMax = 256 * 1024;  // of all answers on the way
inline constexpr int kRedirectsMax = 8;

using WebHeaders = std::vector<std::pair<std::string, std::string>>;

// The value of a header by its name in any case of letters; null when there is none.
const std::string* find_header(const WebHeaders& headers, std::string_view name);

// Bytes of something, both ends included.
struct ByteRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;

  bool operator==(const ByteRange&) const = default;
};

struct WebRequest {
  enum class Method : std::uint8_t { kGet, kHead };
  enum class Redirects : std::uint8_t { kFollow, kTell };  // kTell: the 3xx is the answer

  Method method = Method::kGet;
  std::string url;
  WebHeaders headers;         // go wherever it leads, so no secrets (web_request.h)
  std::string authorization;  // that header's value: goes to the URL's own origin and nowhere else
  std::optional<ByteRange> range;
  Redirects redirects = Redirects::kFollow;
};

// The last answer on the way. Bodies come as they are sent: no compression is asked for, so a
// Content-Encoding is the server's mistake and for the caller to refuse.
struct WebHead {
  int status = 0;
  WebHeaders headers;
  std::string url;  // of this answer: where redirects have led
};

// Takes an answer as it arrives, on the thread that fetches. What it refuses ends the fetch, and
// its error is the fetch's.
class WebSink {
 public:
  virtual ~WebSink() = default;
  // Once, before the first byte.
  virtual Result<void> begin(const WebHead& head) = 0;
  virtual Result<void> take(std::string_view bytes) = 0;
};

class Web {
 public:
  virtual ~Web() = default;
  // Returns when the answer has been taken whole.
  virtual Result<void> fetch(const WebRequest& request, WebSink& sink,
                             const base::CancelToken& cancel) = 0;
};

// An answer that is kept whole, whatever its status.
struct WebDocument {
  WebHead head;
  std::string body;
};

// kResourceExhausted when the body is longer than `bytes_max`.
Result<WebDocument> read_document(Web& web, const WebRequest& request, std::size_t bytes_max,
                                  const base::CancelToken& cancel);

}  // namespace hearth::net
