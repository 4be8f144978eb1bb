#include "store/source/web_file.h"

#include <array>

#include <fmt/format.h>

#include "base/trimmed.h"
#include "store/name/name_rules.h"
#include "store/name/split_file.h"
#include "store/source/hub_url.h"

namespace hearth::store {

namespace {

// What servers answer that know GET and not HEAD.
constexpr std::array kNoHead{400, 403, 405, 501};
constexpr int kUnauthorized = 401;
constexpr int kForbidden = 403;
constexpr int kNotThere = 404;
constexpr int kGone = 410;
constexpr std::size_t kEndingDigits = 5;  // "-00001-of-00003.gguf"
constexpr std::string_view kPartEnding = "-00001-of-00003.gguf";

Error explain(const net::WebHead& head, std::string_view url) {
  const std::string host = host_of(url);
  if (head.status == kNotThere || head.status == kGone) {
    return make_error(Code::kNotFound,
                      fmt::format("{} has no file {}; check the address", host,
                                  in_quotes(url.substr(url.find(host) + host.size()))));
  }
  if (head.status == kUnauthorized || head.status == kForbidden) {
    return make_error(Code::kPermissionDenied,
                      fmt::format("{} does not give this file to everybody (status {}); fetch it "
                                  "yourself and name its path",
                                  host, head.status));
  }
  return status_error(head);
}

Result<void> check_kind(const net::WebHead& head) {
  const std::string* type = net::find_header(head.headers, "Content-Type");
  const std::string kind = type == nullptr ? std::string() : lower_case(*type);
  const std::string_view bare =
      base::trimmed(std::string_view(kind).substr(0, kind.find(';')), " ");
  if (bare != "text/html" && bare != "application/xhtml+xml") return {};
  return fail(Code::kUpstream,
              fmt::format("{} shows a page at this address, and no file; copy the address of the "
                          "download itself, and where one must log in first, fetch it yourself "
                          "and name its path",
                          host_of(head.url)));
}

Result<net::WebHead> ask_first_byte(const Asking& asking, const std::string& url) {
  net::WebRequest request;
  request.url = url;
  request.range = net::ByteRange{0, 0};
  return ask_head(asking, request);
}

// 0: nobody says.
Result<std::uint64_t> size_of_first_byte(const net::WebHead& head, const std::string& url) {
  // Ranges begin behind the end of an empty file.
  if (head.status == 416) return fail(nonsense(url, "the file is empty"));
  if (!is_success(head)) return fail(explain(head, url));
  HEARTH_TRY(check_kind(head));
  if (head.status != 206) return size_header(head.headers, "Content-Length").value_or(0);
  const std::string* range = net::find_header(head.headers, "Content-Range");
  return range == nullptr ? 0 : size_in_content_range(*range).value_or(0);
}

Result<std::uint64_t> ask_size(const Asking& asking, const std::string& url) {
  net::WebRequest request;
  request.url = url;
  request.method = net::WebRequest::Method::kHead;
  const net::WebHead head = HEARTH_TRY(ask_head(asking, request));
  const bool no_head = std::find(kNoHead.begin(), kNoHead.end(), head.status) != kNoHead.end();
  if (is_success(head)) {
    HEARTH_TRY(check_kind(head));
    if (const auto size = size_header(head.headers, "Content-Length")) return *size;
  } else if (!no_head) {
    return fail(explain(head, url));
  }
  const net::WebHead first = HEARTH_TRY(ask_first_byte(asking, url));
  return size_of_first_byte(first, url);
}

// What the last part of the path says, as a file is called.
std::string file_name_of(std::string_view url) {
  const std::string name = unescaped_from_url(url.substr(url.rfind('/') + 1));
  if (name.size() <= kFileNameBytesMax) return name;
  return name.substr(name.size() - kFileNameBytesMax);
}

std::string part_url(std::string_view url, std::uint32_t number) {
  const std::size_t at = url.size() - kPartEnding.size() + 1;
  return fmt::format("{}{:05}{}", url.substr(0, at), number, url.substr(at + kEndingDigits));
}

}  // namespace

std::optional<std::uint64_t> size_in_content_range(std::string_view header) {
  const std::size_t slash = header.rfind('/');
  if (!lower_case(header.substr(0, 6)).starts_with("bytes ") || slash == std::string_view::npos)
    return std::nullopt;
  return size_header({{"size", std::string(header.substr(slash + 1))}}, "size");
}

Result<Offer> find_on_the_web(const ModelName& name, const WebName& wanted, const Asking& asking) {
  const auto split = split_file(wanted.url);
  const std::uint32_t count = split ? split->part.count : 1;
  std::vector<OfferedFile> files;
  for (std::uint32_t number = 1; number <= count; ++number) {
    const std::string url = split ? part_url(wanted.url, number) : wanted.url;
    const std::uint64_t size = HEARTH_TRY(ask_size(asking, url));
    files.push_back({FileRole::kModel, {number, count}, file_name_of(url), url, size, {}});
  }
  std::string origin = HEARTH_TRY(origin_of(wanted.url));
  Manifest manifest{name, Origin{name, {}, std::move(origin)}, {}, {}, {}};
  return Offer{std::move(manifest), std::move(files), {}};
}

}  // namespace hearth::store
