#include "store/pull/answer.h"

#include <algorithm>
#include <charconv>
#include <string_view>

#include <fmt/format.h>

#include "store/manifest/manifest.h"
#include "store/name/name_rules.h"
#include "store/pull/journal_text.h"

namespace hearth::store {

namespace {

constexpr int kOk = 200;
constexpr int kPartialContent = 206;
constexpr int kUnauthorized = 401;
constexpr int kForbidden = 403;
constexpr int kNotFoundStatus = 404;
constexpr int kRequestTimeout = 408;
constexpr int kGone = 410;
constexpr int kRangeNotSatisfiable = 416;
constexpr int kTooEarly = 425;
constexpr int kTooManyRequests = 429;
constexpr int kServerErrors = 500;
constexpr std::uint64_t kSecondsMax = 1'000'000;

std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (text.empty() || error != std::errc() || stop != end) return std::nullopt;
  return number;
}

std::optional<std::uint64_t> length_of(const net::WebHead& head) {
  const std::string* length = net::find_header(head.headers, "Content-Length");
  return length ? number_of(*length) : std::nullopt;
}

struct ContentRange {
  std::optional<Extent> part;         // nothing in "bytes */SIZE"
  std::optional<std::uint64_t> size;  // nothing in "bytes 0-9/*"
};

std::optional<ContentRange> content_range_of(const net::WebHead& head) {
  constexpr std::string_view kUnit = "bytes ";
  const std::string* value = net::find_header(head.headers, "Content-Range");
  if (!value || lower_case(value->substr(0, kUnit.size())) != kUnit) return std::nullopt;
  const std::string_view text = std::string_view(*value).substr(kUnit.size());
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string_view size = text.substr(slash + 1);
  ContentRange range{{}, number_of(size)};
  if (!range.size && size != "*") return std::nullopt;
  const std::string_view part = text.substr(0, slash);
  if (part == "*") return range;
  const std::size_t dash = part.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto first = number_of(part.substr(0, dash));
  const auto last = number_of(part.substr(dash + 1));
  if (!first || !last || *last < *first || *last >= kFileBytesMax) return std::nullopt;
  if (range.size && *last >= *range.size) return std::nullopt;
  range.part = Extent{*first, *last + 1};
  return range;
}

std::string validator_of(const net::WebHead& head) {
  const std::string* value = net::find_header(head.headers, "ETag");
  if (!value) value = net::find_header(head.headers, "Last-Modified");
  return value && value->size() <= kValidatorBytesMax ? *value : "";
}

Answer refused(Code code, std::string message) {
  Answer answer;
  answer.error = make_error(code, std::move(message));
  return answer;
}

Answer later(Code code, std::string message, const net::WebHead& head) {
  Answer answer = refused(code, std::move(message));
  answer.kind = Answer::Kind::kLater;
  answer.retry_after_ms = retry_after_of(head);
  return answer;
}

Answer changed(const std::string& host) {
  Answer answer = refused(Code::kUnavailable,
                          host +
                              " has another file by now than when the download began; pull it "
                              "again");
  answer.kind = Answer::Kind::kChanged;
  return answer;
}

Answer wrong_size(const std::string& host, std::uint64_t said, std::uint64_t promised) {
  return refused(Code::kCorrupt,
                 fmt::format("{} has a file of {} bytes, but {} bytes were promised; it was "
                             "replaced, or something on the way answers in its place",
                             host, said, promised));
}

Answer not_satisfiable(const net::WebHead& head, const Expected& expected) {
  const std::string host = host_of(head.url);
  const auto range = content_range_of(head);
  const std::uint64_t expected_bytes =
      expected.promised_bytes != 0 ? expected.promised_bytes : expected.known_bytes;
  if (range && range->size && *range->size != expected_bytes) {
    if (expected.promised_bytes != 0) return wrong_size(host, *range->size, expected_bytes);
    if (expected.known_bytes != 0) return changed(host);
    return refused(Code::kUpstream,
                   fmt::format("{} says that its file has {} bytes", host, *range->size));
  }
  return refused(Code::kUpstream, host + " refuses a range that lies within its file (416)");
}

Answer unsuccessful(const net::WebHead& head, const Expected& expected) {
  const std::string host = host_of(head.url);
  switch (head.status) {
    case kUnauthorized:
      return refused(Code::kUnauthenticated,
                     host + " wants to know who asks for this file (401): give it a token");
    case kForbidden:
      return refused(Code::kPermissionDenied,
                     host +
                         " does not give this file to us (403): its terms have to be accepted "
                         "there, or the token has no right to it");
    case kNotFoundStatus:
    case kGone:
      return refused(Code::kNotFound, fmt::format("{} has no such file ({})", host, head.status));
    case kRangeNotSatisfiable:
      return not_satisfiable(head, expected);
    case kTooManyRequests:
      return later(Code::kResourceExhausted, host + " wants us to wait (429)", head);
    case kRequestTimeout:
    case kTooEarly:
      break;
    default:
      if (head.status < kServerErrors)
        return refused(Code::kUpstream, fmt::format("{} answers with {}", host, head.status));
  }
  return later(Code::kUnavailable, fmt::format("{} is in trouble ({})", host, head.status), head);
}

// A size of the file, held against what is known of it; nothing when it fits.
std::optional<Answer> judge_size(std::uint64_t size, const Expected& expected,
                                 const std::string& host) {
  if (expected.promised_bytes != 0 && size != expected.promised_bytes)
    return wrong_size(host, size, expected.promised_bytes);
  if (expected.known_bytes != 0 && size != expected.known_bytes) return changed(host);
  if (size == 0) return refused(Code::kUpstream, host + " has an empty file");
  if (size > kFileBytesMax) {
    return refused(Code::kUpstream, fmt::format("{} says that its file has {} bytes, and at most "
                                                "{} are possible",
                                                host, size, kFileBytesMax));
  }
  return std::nullopt;
}

Answer judge_whole(const net::WebHead& head, const Expected& expected) {
  const auto length = length_of(head);
  if (length) {
    if (auto wrong = judge_size(*length, expected, host_of(head.url))) return *wrong;
  }
  Answer answer;
  answer.kind = Answer::Kind::kWhole;
  answer.size_bytes = length.value_or(expected.promised_bytes);
  answer.body = {0, answer.size_bytes};
  answer.validator = validator_of(head);
  return answer;
}

Answer judge_range(const net::WebHead& head, const Expected& expected) {
  const std::string host = host_of(head.url);
  if (!expected.range)
    return refused(Code::kUpstream, host + " sends a part of the file where all was asked for");
  const auto range = content_range_of(head);
  if (!range || !range->part)
    return refused(Code::kUpstream, host + " does not say which part of the file it sends");
  const std::uint64_t size =
      range->size.value_or(std::max(expected.promised_bytes, expected.known_bytes));
  if (!range->size && size == 0)
    return refused(Code::kUpstream, host + " does not say how long its file is");
  if (auto wrong = judge_size(size, expected, host)) return *wrong;
  const Extent& asked = *expected.range;
  if (range->part->begin != asked.begin || range->part->end > asked.end) {
    return refused(
        Code::kUpstream,
        fmt::format("{} sends bytes {} to {} of its file, and {} to {} were asked for", host,
                    range->part->begin, range->part->end - 1, asked.begin, asked.end - 1));
  }
  if (const auto length = length_of(head); length && *length != range->part->size()) {
    return refused(Code::kUpstream, fmt::format("{} sends {} bytes and calls them a range of {}",
                                                host, *length, range->part->size()));
  }
  Answer answer;
  answer.kind = Answer::Kind::kRange;
  answer.body = *range->part;
  answer.size_bytes = size;
  answer.validator = validator_of(head);
  return answer;
}

}  // namespace

// Only in seconds; who says a date has our own back-off.
std::optional<std::int64_t> retry_after_of(const net::WebHead& head) {
  const std::string* value = net::find_header(head.headers, "Retry-After");
  const auto seconds = value ? number_of(*value) : std::nullopt;
  if (!seconds) return std::nullopt;
  return static_cast<std::int64_t>(std::min(*seconds, kSecondsMax)) * 1000;
}

Answer judge_answer(const net::WebHead& head, const Expected& expected) {
  if (head.status != kOk && head.status != kPartialContent) return unsuccessful(head, expected);
  const std::string* coding = net::find_header(head.headers, "Content-Encoding");
  if (coding && !coding->empty() && lower_case(*coding) != "identity") {
    return refused(Code::kUpstream, host_of(head.url) + " sends the file packed (" +
                                        in_quotes(*coding) + "), which nobody asked for");
  }
  const std::string validator = validator_of(head);
  if (!expected.validator.empty() && !validator.empty() && validator != expected.validator)
    return changed(host_of(head.url));
  return head.status == kOk ? judge_whole(head, expected) : judge_range(head, expected);
}

std::optional<std::string> if_range_of(const std::string& validator) {
  if (validator.empty() || validator.starts_with("W/")) return std::nullopt;
  return validator;
}

std::string host_of(const std::string& url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string::npos) return "the server";
  std::string_view rest = std::string_view(url).substr(scheme + 3);
  rest = rest.substr(0, rest.find_first_of("/?#"));
  if (const std::size_t at = rest.rfind('@'); at != std::string_view::npos)
    rest.remove_prefix(at + 1);
  return rest.empty() ? "the server" : std::string(rest);
}

}  // namespace hearth::store
