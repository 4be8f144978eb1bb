#include "loop_models.h"

#include <condition_variable>
#include <deque>
#include <fstream>
#include <mutex>
#include <sstream>
#include <utility>

#include <boost/asio/post.hpp>

#include "base/clock.h"

namespace hearth {

namespace asio = boost::asio;

namespace {

constexpr auto kHearingPeriod = std::chrono::milliseconds(50);
constexpr std::size_t kPromptFileBytesMost = 64UL * 1024;
constexpr std::uint32_t kThinkingTokensMost = 1024;

float temperature_of(flow::Role role) {
  switch (role) {
    case flow::Role::kPlanner:
      return 0.2F;
    case flow::Role::kCritic:
      return 0.1F;
    case flow::Role::kExecutor:
      return 0.3F;
  }
  return 0.3F;
}

// Where the loop puts events and the asking thread takes them.
struct Exchange {
  std::mutex mutex;
  std::condition_variable came;
  std::deque<chat::Event> events;             // guarded by mutex
  std::unique_ptr<chat::EventStream> stream;  // of the loop
  bool abandoned = false;                     // likewise
};

void pull_next(const std::shared_ptr<Exchange>& exchange) {
  exchange->stream->next([exchange](chat::Event event) {
    const bool ends = chat::ends_stream(event);
    {
      const std::lock_guard lock(exchange->mutex);
      exchange->events.push_back(std::move(event));
    }
    exchange->came.notify_one();
    if (!ends && !exchange->abandoned) pull_next(exchange);
  });
}

chat::Request request_of(const flow::Question& question, chat::Request request) {
  request.model = question.model;
  request.messages.clear();
  if (!question.prompt.system.empty()) {
    request.messages.push_back({chat::Role::kSystem, question.prompt.system});
  }
  request.messages.push_back({chat::Role::kUser, question.prompt.user});
  request.sampling.temperature = temperature_of(question.role);
  request.sampling.seed = question.seed;
  request.max_tokens = question.tokens_max;
  request.thinking.tokens_max = kThinkingTokensMost;
  if (question.prompt.schema == "{}") {
    request.constraint.kind = chat::Constraint::Kind::kAnyObject;
  } else if (!question.prompt.schema.empty()) {
    request.constraint = {chat::Constraint::Kind::kSchema, question.prompt.schema};
  }
  request.cache_scope = question.client + "/tasks";
  return request;
}

// What the events of an answer come to.
class Listening {
 public:
  explicit Listening(const flow::Hearing& hear) : hear_(hear) {}

  // What the answer is, once it has ended.
  std::optional<Result<flow::Reply>> take(const chat::Event& event) {
    if (const auto* text = std::get_if<chat::TextDelta>(&event)) {
      reply_.text += text->text;
      hear_({flow::Piece::Kind::kText, text->text});
    } else if (const auto* thought = std::get_if<chat::ThinkingDelta>(&event)) {
      hear_({flow::Piece::Kind::kThinking, thought->text});
    } else if (const auto* progress = std::get_if<chat::Progress>(&event)) {
      take_progress(*progress);
    } else if (std::holds_alternative<chat::Started>(event)) {
      if (is_loading_) reply_.swap_ms = elapsed_ms();
    } else if (const auto* usage = std::get_if<chat::Usage>(&event)) {
      reply_.prompt_tokens = usage->prompt_tokens;
      reply_.cached_tokens = usage->cached_tokens;
      reply_.completion_tokens = usage->completion_tokens;
    } else if (const auto* failed = std::get_if<chat::Failed>(&event)) {
      return fail(failed->error);
    } else if (const auto* finished = std::get_if<chat::Finished>(&event)) {
      reply_.cut = finished->reason == chat::Finished::Reason::kLength;
      return std::move(reply_);
    }
    return std::nullopt;
  }

 private:
  void take_progress(const chat::Progress& progress) {
    if (progress.phase != chat::Progress::Phase::kLoad) return;
    is_loading_ = true;
    hear_({flow::Piece::Kind::kLoading, {}, progress.done, progress.total});
  }
  std::int64_t elapsed_ms() const {
    return static_cast<std::int64_t>(base::to_ms(base::system_clock().now() - begin_));
  }

  const flow::Hearing& hear_;
  const base::TimePoint begin_ = base::system_clock().now();
  bool is_loading_ = false;
  flow::Reply reply_;
};

void replace_by_file(const std::string& path, std::string& text) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return;
  std::string found(kPromptFileBytesMost, '\0');
  file.read(found.data(), static_cast<std::streamsize>(found.size()));
  found.resize(static_cast<std::size_t>(file.gcount()));
  while (!found.empty() && found.back() == '\n')
    found.pop_back();
  text = std::move(found);
}

Failure broken_off(const base::CancelToken& cancel) {
  if (cancel.cancelled()) return fail(Code::kCancelled, "it was called off");
  return fail(Code::kDeadlineExceeded, "the task has no more time for the answer");
}

bool is_ember(std::string_view model) {
  return model == "ember" || model == "ember:latest";
}

}  // namespace

Result<flow::Reply> LoopModels::ask(const flow::Question& question, const base::CancelToken& cancel,
                                    const flow::Hearing& hear) {
  const auto exchange = std::make_shared<Exchange>();
  asio::post(loop_, [this, question, exchange] {
    exchange->stream = provider_.generate(request_of(question, provider_.blank(question.model)));
    pull_next(exchange);
  });
  // The stream belongs to the loop, and ends there.
  const auto abandon = [&] {
    asio::post(loop_, [exchange] {
      exchange->abandoned = true;
      exchange->stream.reset();
    });
  };
  Listening listening(hear);
  const base::TimePoint begin = base::system_clock().now();
  const auto is_over = [&] {
    const double took_ms = base::to_ms(base::system_clock().now() - begin);
    return question.limit_ms > 0 && took_ms > static_cast<double>(question.limit_ms);
  };
  for (;;) {
    std::optional<chat::Event> event;
    {
      std::unique_lock lock(exchange->mutex);
      exchange->came.wait_for(lock, kHearingPeriod, [&] { return !exchange->events.empty(); });
      if (!exchange->events.empty()) {
        event = std::move(exchange->events.front());
        exchange->events.pop_front();
      }
    }
    // Even while one piece comes after the other.
    const bool is_broken_off = cancel.cancelled() || is_over();
    if (!event && !is_broken_off) continue;
    auto end = event ? listening.take(*event) : std::nullopt;
    if (!end && is_broken_off) end = Result<flow::Reply>(broken_off(cancel));
    if (!end) continue;
    abandon();
    return *std::move(end);
  }
}

flow::PromptBook LoopModels::prompts(const std::string& model) const {
  flow::PromptBook book = is_ember(model) ? flow::ember_prompts() : flow::plain_prompts();
  replace_by_file(prompts_ + "/planner.txt", book.planner);
  replace_by_file(prompts_ + "/critic.txt", book.critic);
  replace_by_file(prompts_ + "/executor.txt", book.executor);
  return book;
}

}  // namespace hearth
