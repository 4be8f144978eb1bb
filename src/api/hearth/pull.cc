// POST /hearth/v1/models/pull: a model is fetched, and told line by line how far it is.
#include <memory>
#include <utility>

#include "api/core/errors.h"
#include "api/core/reply.h"
#include "api/hearth/routes.h"
#include "json/node.h"
#include "json/parse.h"
#include "json/writer.h"
#include "net/signal.h"
#include "store/manifest/manifest_words.h"

namespace hearth::api {

namespace {

using Step = store::BlobProgress::Step;

constexpr json::Limits kPullLimits{.bytes = 16 * base::kKiB, .depth = 8, .values = 64};
constexpr const char* kLines = "application/x-ndjson";

struct PullRequest {
  PullWish wish;
  bool stream = true;
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
      request.stream = HEARTH_TRY(value.boolean());
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
  return json.close('}').take() + "\n";
}

std::string installed_body(const store::Manifest& manifest) {
  json::Writer json;
  json.open('{').key("status").text("installed");
  json.key("model").text(manifest.name.short_text()).key("name").text(manifest.name.text());
  json.key("files").open('[');
  for (const store::ManifestFile& file : manifest.files) {
    json.open('{')
        .key("role")
        .text(store::word_for(store::kRoleWords, file.role))
        .key("file")
        .text(file.file_name);
    json.key("digest").text(file.digest.text());
    json.key("size_bytes").number(file.size_bytes).close('}');
  }
  return json.close(']').close('}').take();
}

// What the pull has told last, and the coroutine that tells it on.
struct Watch {
  explicit Watch(const asio::any_io_executor& executor) : news(executor) {}

  void end(Result<store::Manifest> how) {
    if (!result) result = std::move(how);
    news.notify();
  }

  net::Signal news;
  std::optional<store::PullProgress> progress;
  std::optional<Result<store::Manifest>> result;
};

asio::awaitable<void> answer_whole(net::HttpExchange& exchange, Watch& watch) {
  while (!watch.result)
    co_await watch.news.wait_until(net::kNever);
  const Result<store::Manifest>& result = *watch.result;
  if (result) {
    co_await send_json(exchange, installed_body(*result));
  } else {
    co_await send_error(exchange, result.error());
  }
}

// The first line waits for the hub's answer, so that what is wrong with a name has a status.
asio::awaitable<void> answer_in_lines(net::HttpExchange& exchange, Watch& watch) {
  while (!watch.result) {
    const auto progress = std::exchange(watch.progress, std::nullopt);
    if (!progress || progress->files == 0) {
      co_await watch.news.wait_until(net::kNever);
      continue;
    }
    if (!exchange.answered()) {
      const auto begun = co_await exchange.begin_stream(200, kLines);
      if (!begun) co_return;
    }
    const std::string line = progress_line(*progress);
    const auto sent = co_await exchange.write(line);
    if (!sent) co_return;
  }
  if (!exchange.answered()) {
    if (!*watch.result) {
      co_await send_error(exchange, watch.result->error());
      co_return;
    }
    const auto begun = co_await exchange.begin_stream(200, kLines);
    if (!begun) co_return;
  }
  const Result<store::Manifest>& result = *watch.result;
  const std::string line = (result ? installed_body(*result) : error_body(result.error())) + "\n";
  const auto sent = co_await exchange.write(line);
  if (sent) co_await exchange.end_stream();
}

}  // namespace

asio::awaitable<void> pull_model(Call& call, OwnRoutes parts) {
  auto request = read_request(call.exchange.request().body);
  if (!request) {
    std::string param = request.error().context;
    co_await send_error(call.exchange, std::move(request).error(), std::move(param));
    co_return;
  }
  const auto watch = std::make_shared<Watch>(co_await asio::this_coro::executor);
  const PullEars ears{[watch](const store::PullProgress& progress) {
                        watch->progress = progress;
                        watch->news.notify();
                      },
                      [watch](Result<store::Manifest> result) { watch->end(std::move(result)); }};
  auto leave = parts.control.pull(request->wish, ears);
  if (!leave) {
    co_await send_error(call.exchange, std::move(leave).error(), std::string(kModelField));
    co_return;
  }
  call.exchange.on_disconnect([watch, leave = *leave] {
    leave();
    watch->end(fail(Code::kCancelled, "the client has gone"));
  });
  if (request->stream) {
    co_await answer_in_lines(call.exchange, *watch);
  } else {
    co_await answer_whole(call.exchange, *watch);
  }
}

}  // namespace hearth::api
