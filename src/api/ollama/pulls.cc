#include "api/ollama/pulls.h"

#include <memory>
#include <utility>

#include <fmt/format.h>

#include "api/core/reply.h"
#include "api/hearth/told_work.h"
#include "api/ollama/errors.h"
#include "api/ollama/names.h"
#include "api/ollama/wish_fields.h"
#include "json/writer.h"

namespace hearth::api::ollama {

namespace {

using Step = store::BlobProgress::Step;

constexpr std::size_t kShownDigits = 12;
constexpr std::string_view kAlgorithm = "sha256:";

// Ollama shows the beginning of the digest; a file whose digest nobody knows has a name.
std::string pulling(const store::PullProgress& progress) {
  const std::string& digest = progress.digest;
  if (digest.size() < kAlgorithm.size() + kShownDigits) return "pulling " + progress.file_name;
  return "pulling " + digest.substr(kAlgorithm.size(), kShownDigits);
}

std::string progress_line(const store::PullProgress& progress) {
  if (progress.blob.step == Step::kRetrying) {
    return status_line(
        fmt::format("trying again in {} ms: {}", progress.blob.retry_in_ms, progress.blob.problem));
  }
  json::Writer json;
  json.open('{').key("status").text(pulling(progress));
  if (!progress.digest.empty()) json.key("digest").text(progress.digest);
  json.key("total").number(progress.blob.size_bytes);
  json.key("completed").number(progress.blob.done_bytes);
  return json.close('}').take();
}

// What a pull says once, however fast it is.
class Story {
 public:
  explicit Story(std::shared_ptr<ToldWork> work) : work_(std::move(work)) {}

  void progress(const store::PullProgress& progress) {
    // The first line waits for the hub's answer, so that what is wrong with a name has a status.
    if (progress.files == 0) return;
    begin();
    if (progress.file != std::exchange(file_, progress.file)) {
      work_->say(progress_line(progress));
    } else if (progress.blob.step == Step::kChecking) {
      verify();
    } else {
      work_->tell(progress_line(progress));
    }
  }
  void end(const Result<store::Manifest>& result, const std::string& model) {
    if (!result) {
      work_->end(fail(about_model(result.error(), model)));
      return;
    }
    begin();
    verify();
    work_->say(status_line("writing manifest"));
    work_->end(status_line(kSuccess));
  }

 private:
  void begin() {
    if (!std::exchange(began_, true)) work_->say(status_line("pulling manifest"));
  }
  void verify() {
    if (!std::exchange(verified_, true)) work_->say(status_line("verifying sha256 digest"));
  }

  std::shared_ptr<ToldWork> work_;
  bool began_ = false;
  bool verified_ = false;
  std::size_t file_ = 0;
};

}  // namespace

std::string status_line(std::string_view status) {
  json::Writer json;
  return json.open('{').key("status").text(status).close('}').take();
}

asio::awaitable<void> pull_model(Call& call, Parts parts) {
  auto wish = read_pull(call.exchange.request().body);
  if (!wish) {
    co_await send_error(call.exchange, wish.error());
    co_return;
  }
  name_ignored(call.exchange, wish->ignored);
  PullWish pull;
  pull.model = own_name(wish->model, parts.provider);
  pull.insecure = wish->insecure;
  call.note.model = pull.model;
  const auto work = std::make_shared<ToldWork>(co_await asio::this_coro::executor, error_reply);
  const auto story = std::make_shared<Story>(work);
  const PullEars ears{[story](const store::PullProgress& progress) { story->progress(progress); },
                      [story, model = wish->model](const Result<store::Manifest>& result) {
                        story->end(result, model);
                      }};
  auto leave = parts.control.pull(pull, ears);
  if (!leave) {
    co_await send_error(call.exchange, leave.error(), wish->model);
    co_return;
  }
  const CallOff called_off = *std::move(leave);
  co_await tell_work(call.exchange, work, wish->telling, called_off);
}

asio::awaitable<void> refuse_push(Call& call) {
  Error error = make_error(Code::kUnimplemented,
                           "Hearth publishes no models; push one with the tools of its registry "
                           "or hub");
  co_await send_error(call.exchange, std::move(error));
}

}  // namespace hearth::api::ollama
