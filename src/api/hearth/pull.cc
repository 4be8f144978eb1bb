// POST /hearth/v1/models/pull: a model is fetched, and told line by line how far it is.
#include <memory>
#include <utility>

#include "api/core/errors.h"
#include "api/core/reply.h"
#include "api/hearth/installed_body.h"
#include "api/hearth/routes.h"
#include "api/hearth/told_work.h"
#include "json/node.h"
#include "json/parse.h"
#include "json/writer.h"

namespace hearth::api {

namespace {

using Step = store::BlobProgress::Step;

constexpr json::Limits kPullLimits{.bytes = 16 * base::kKiB, .depth = 8, .values = 64};

struct PullRequest {
  PullWish wish;
  Telling telling = Telling::kLines;
};

Result<PullRequest> read_request(std::string_view body) {
  const auto document = json::parse(body, kPullLimits);
  if (!document) return fail(Code::kInvalidArgument, document.error().message);
  const json::Node root(*document);
  PullRequest request;
  for (const auto& [key, value] : HEARTH_TRY(root.members())) {
    if (key == "model") {
      request.wish.model = HEARTH_TRY(value.text());
    } else if (key == "digest") {
      request.wish.digest = HEARTH_TRY(value.text());
    } else if (key == "insecure") {
      request.wish.insecure = HEARTH_TRY(value.boolean());
    } else if (key == "stream") {
      request.telling = HEARTH_TRY(read_telling(value));
    } else {
      return fail(value.wrong("is not a field of this request"));
    }
  }
  HEARTH_TRY(root.require("model"));
  return request;
}

std::string_view status_of(Step step) {
  switch (step) {
    case Step::kWaiting:
      return "waiting";
    case Step::kDownloading:
      return "downloading";
    case Step::kChecking:
      return "checking";
    case Step::kRetrying:
      return "retrying";
  }
  return "downloading";
}

std::string progress_line(const store::PullProgress& progress) {
  json::Writer json;
  json.open('{').key("status").text(status_of(progress.blob.step));
  json.key("file").text(progress.file_name);
  json.key("number").number(progress.file).key("files").number(progress.files);
  json.key("file_done_bytes").number(progress.blob.done_bytes);
  json.key("file_size_bytes").number(progress.blob.size_bytes);
  json.key("done_bytes").number(progress.done_bytes);
  json.key("size_bytes").number(progress.size_bytes);
  if (!progress.blob.problem.empty()) {
    json.key("problem").text(progress.blob.problem);
    json.key("retry_in_ms").number(progress.blob.retry_in_ms);
  }
  return json.close('}').take();
}

std::string installed_line(const store::Manifest& manifest) {
  json::Writer json;
  json.open('{');
  write_installed(json, manifest);
  return json.close('}').take();
}

}  // namespace

asio::awaitable<void> pull_model(Call& call, OwnRoutes parts) {
  auto request = read_request(call.exchange.request().body);
  if (!request) {
    std::string param = request.error().context;
    co_await send_error(call.exchange, std::move(request).error(), std::move(param));
    co_return;
  }
  call.note.model = request->wish.model;
  const auto work = std::make_shared<ToldWork>(co_await asio::this_coro::executor);
  const PullEars ears{
      [work](const store::PullProgress& progress) {
        // The first line waits for the hub's answer, so that what is wrong with a
        // name has a status.
        if (progress.files > 0) work->tell(progress_line(progress));
      },
      [work](const Result<store::Manifest>& result) { work->end(result.map(installed_line)); }};
  auto leave = parts.control.pull(request->wish, ears);
  if (!leave) {
    co_await send_error(call.exchange, std::move(leave).error(), std::string(kModelField));
    co_return;
  }
  const CallOff called_off = *std::move(leave);
  co_await tell_work(call.exchange, work, request->telling, called_off);
}

}  // namespace hearth::api
