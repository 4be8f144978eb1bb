#include "store/source/answer.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/utf8.h"
#include "store/manifest/manifest.h"
#include "store/name/name_rules.h"
#include "store/source/hub_url.h"

namespace hearth::store {

namespace {

constexpr std::size_t kRetryTimeBytesMax = 40;
constexpr std::uint64_t kRetrySecondsMax = 7 * 24 * 3600;
constexpr int kTooManyRequests = 429;

// Foreign words within our own: as UTF-8 that does nothing to a terminal.
std::string printable(std::string_view text) {
  std::string shown = base::repair_utf8(text);
  std::replace_if(
      shown.begin(), shown.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, '?');
  return shown;
}

Result<void> check_plain(const net::WebHead& head) {
  const std::string* encoding = net::find_header(head.headers, "Content-Encoding");
  if (encoding == nullptr || encoding->empty() || lower_case(*encoding) == "identity") return {};
  return fail(nonsense(head.url,
                       "it is encoded as " + in_quotes(*encoding) + ", and nobody asked for that"));
}

// Keeps what is taken, once the head is one that may be.
class Document : public net::WebSink {
 public:
  explicit Document(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  Result<void> begin(const net::WebHead& head) override {
    document_.head = head;
    return check_plain(head);
  }
  Result<void> take(std::string_view bytes) override {
    if (bytes.size() <= bytes_max_ - document_.body.size()) {
      document_.body += bytes;
      return {};
    }
    return fail(nonsense(document_.head.url,
                         fmt::format("it is longer than {}, which nothing of its kind is",
                                     base::format_bytes(bytes_max_))));
  }
  net::WebDocument document() && { return std::move(document_); }

 private:
  std::size_t bytes_max_;
  net::WebDocument document_;
};

class Head : public net::WebSink {
 public:
  Result<void> begin(const net::WebHead& head) override {
    HEARTH_TRY(check_plain(head));
    head_ = head;
    return {};
  }
  // One byte was asked for; whoever sends a whole file is not listened to.
  Result<void> take(std::string_view) override {
    return fail(Code::kCancelled, "the head of the answer was enough");
  }
  const std::optional<net::WebHead>& head() const { return head_; }

 private:
  std::optional<net::WebHead> head_;
};

std::optional<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

Result<net::WebDocument> ask(const Asking& asking, const net::WebRequest& request,
                             std::size_t bytes_max) {
  Document document(bytes_max);
  HEARTH_TRY(asking.web.fetch(request, document, asking.cancel));
  return std::move(document).document();
}

Result<net::WebHead> ask_head(const Asking& asking, const net::WebRequest& request) {
  Head head;
  const auto fetched = asking.web.fetch(request, head, asking.cancel);
  if (head.head() && !asking.cancel.cancelled()) return *head.head();
  if (!fetched) return fail(fetched.error());
  return fail(nonsense(request.url, "there was no answer"));
}

bool is_success(const net::WebHead& head) {
  return head.status >= 200 && head.status < 300;
}

bool is_redirect(const net::WebHead& head) {
  return head.status >= 300 && head.status < 400;
}

Error nonsense(std::string_view url, const Error& why) {
  return nonsense(url, why.message);
}

Error nonsense(std::string_view url, std::string_view why) {
  const std::string host = host_of(url);
  return make_error(Code::kUpstream,
                    fmt::format("the answer of {} makes no sense: {}",
                                host.empty() ? "the server" : host, printable(why)),
                    host);
}

Error status_error(const net::WebHead& head) {
  const std::string host = host_of(head.url);
  if (head.status == kTooManyRequests) {
    const std::string when = retry_time(head.headers);
    return make_error(Code::kResourceExhausted,
                      fmt::format("{} has been asked too often; try again {}", host,
                                  when.empty() ? "in a few minutes" : when),
                      host);
  }
  if (head.status >= 500) {
    const std::string when = retry_time(head.headers);
    return make_error(Code::kUnavailable,
                      fmt::format("{} cannot answer now (status {}); try again {}", host,
                                  head.status, when.empty() ? "later" : when),
                      host);
  }
  return make_error(
      Code::kUpstream,
      fmt::format("{} answered with status {}, which is not expected here", host, head.status),
      host);
}

std::string retry_time(const net::WebHeaders& headers) {
  const std::string* text = net::find_header(headers, "Retry-After");
  if (text == nullptr) return {};
  if (const auto seconds = number_in(*text)) {
    return *seconds <= kRetrySecondsMax ? fmt::format("in {} seconds", *seconds) : std::string();
  }
  const bool date =
      text->size() <= kRetryTimeBytesMax && std::all_of(text->begin(), text->end(), [](char c) {
        return is_letter_or_digit(c) || c == ' ' || c == ',' || c == ':';
      });
  return date && !text->empty() ? "after " + *text : std::string();
}

std::optional<std::uint64_t> size_header(const net::WebHeaders& headers, std::string_view name) {
  const std::string* text = net::find_header(headers, name);
  const auto size = text == nullptr ? std::nullopt : number_in(*text);
  return size && *size > 0 && *size <= kFileBytesMax ? size : std::nullopt;
}

Result<BlobDigest> registry_digest(std::string_view text) {
  if (text.starts_with("sha256:")) return BlobDigest::parse(text);
  return fail(Code::kInvalidArgument,
              fmt::format("{} is no digest: that is sha256: and {} hexadecimal digits",
                          in_quotes(text), kDigestDigits));
}

}  // namespace hearth::store
