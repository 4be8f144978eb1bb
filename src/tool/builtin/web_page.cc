// fetch_page: a page of the web, from hosts that are listed and addresses that anybody may reach.
#include <memory>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "net/web/curl_web.h"
#include "net/web/public_address.h"
#include "net/web/web_url.h"
#include "tool/builtin/small_tools.h"
#include "tool/output_clip.h"

namespace hearth::tool {

namespace {

constexpr std::size_t kPageBytesMax = 4 * base::kMiB;
constexpr std::chrono::milliseconds kPageTime{30'000};
constexpr int kFirstFailure = 400;

bool is_text(std::string_view type) {
  for (const std::string_view known : {"text/", "application/json", "application/xml",
                                       "application/xhtml+xml", "application/javascript"}) {
    if (type.starts_with(known)) return true;
  }
  return type.empty() || type.find("+json") != std::string_view::npos ||
         type.find("+xml") != std::string_view::npos;
}

std::shared_ptr<net::Web> public_web() {
  net::WebOptions options;
  options.user_agent = "hearth/" HEARTH_VERSION;
  options.whole_timeout = kPageTime;
  options.may_reach = &net::is_reachable_by_all;
  return std::make_shared<net::CurlWeb>(std::move(options));
}

// The listed hosts are asked of every step of the way, so that none leads to another.
Result<net::WebDocument> fetch(net::Web& web, const std::vector<std::string>& hosts,
                               const std::string& address, const base::CancelToken& cancel) {
  net::WebUrl url = HEARTH_TRY(net::parse_web_url(address));
  for (int followed = 0;; ++followed) {
    if (!is_listed_host(hosts, url.origin.host)) {
      return fail(Code::kPermissionDenied,
                  fmt::format("pages of {} may not be fetched; tools.hosts lists those that may",
                              net::host_text(url.origin)));
    }
    net::WebRequest request;
    request.url = url.text;
    request.redirects = net::WebRequest::Redirects::kTell;
    auto document = HEARTH_TRY(net::read_document(web, request, kPageBytesMax, cancel));
    const std::string* const location = net::find_header(document.head.headers, "location");
    if (!net::is_redirect(document.head.status) || location == nullptr) return document;
    url = HEARTH_TRY(net::follow_redirect(url, *location, followed));
  }
}

class Page final : public Tool {
 public:
  Page(std::vector<std::string> hosts, std::shared_ptr<net::Web> web, std::size_t output_bytes_max)
      : Tool({.name = "fetch_page",
              .description = "Downloads a web page.",
              .parameters = R"({"type":"object","additionalProperties":false,"required":["url"],)"
                            R"("properties":{"url":{"type":"string","maxLength":4000,)"
                            R"("description":"Address of the page"}}})",
              .reaches_network = true,
              .time_limit = kPageTime,
              .output_bytes_max = output_bytes_max}),
        hosts_(std::move(hosts)),
        web_(std::move(web)) {}

  Outcome run(const Work& work) const override {
    const auto url = work.arguments.find("url");
    const auto document = fetch(*web_, hosts_, std::string(url->text().value_or("")), work.cancel);
    if (!document) return outcome_of(document.error());
    const std::string* const type = net::find_header(document->head.headers, "content-type");
    if (type != nullptr && !is_text(*type)) return failed("that is no text but " + *type);
    OutputClip clip(spec().output_bytes_max, work.hear);
    clip.take(document->body);
    Outcome outcome;
    outcome.output = clip.text();
    if (document->head.status < kFirstFailure) return outcome;
    outcome.status = Status::kFailed;
    outcome.error = fmt::format("the server answered {}", document->head.status);
    outcome.retryable = document->head.status == 429 || document->head.status >= 500;
    return outcome;
  }

 private:
  static Outcome outcome_of(const Error& error) {
    Outcome outcome = failed(error.message);
    if (error.code == Code::kCancelled) outcome.status = Status::kCancelled;
    if (error.code == Code::kDeadlineExceeded) outcome.status = Status::kTimedOut;
    if (error.code == Code::kPermissionDenied || error.code == Code::kInvalidArgument)
      outcome.status = Status::kRefused;
    outcome.retryable = error.code == Code::kUnavailable || error.code == Code::kDeadlineExceeded;
    return outcome;
  }

  const std::vector<std::string> hosts_;
  const std::shared_ptr<net::Web> web_;
};

}  // namespace

bool is_listed_host(const std::vector<std::string>& hosts, const std::string& host) {
  for (const std::string& one : hosts) {
    if (one == host) return true;
    if (one.starts_with('.') && (host.ends_with(one) || host == one.substr(1))) return true;
  }
  return false;
}

std::unique_ptr<Tool> page_tool(const BuiltinOptions& options) {
  return std::make_unique<Page>(options.hosts, options.web ? options.web : public_web(),
                                options.output_bytes_max);
}

}  // namespace hearth::tool
