// What the runners have counted and measured: of one model as JSON, of all for a scraper.
#include <cmath>
#include <memory>
#include <vector>

#include "api/core/meeting.h"
#include "api/core/reply.h"
#include "api/hearth/engine_series.h"
#include "api/hearth/routes.h"
#include "api/llamacpp/series.h"
#include "json/writer.h"
#include "net/target.h"

namespace hearth::api {

namespace {

using CountsMeeting = Meeting<fleet::RunnerCounts>;

// A scraper has patience of its own, and the daemon's own series are worth more than none.
constexpr auto kScrapePatience = std::chrono::milliseconds(500);
constexpr double kShownParts = 1000;  // three decimals are more than a bucket knows

double rounded(double value, double parts) {
  return std::round(value * parts) / parts;
}

void write_figure(json::Writer& json, const wire::FigureField& field,
                  const metrics::HistogramSnapshot& shot) {
  // A percentile is the middle of a bucket; of what is counted it is a whole number.
  const double parts = field.name.ends_with("_ms") ? kShownParts : 1;
  const auto percentile = [&](double q) { return rounded(shot.percentile(q), parts); };
  json.open('{').key("count").number(shot.count);
  json.key("mean").number(rounded(shot.mean(), kShownParts));
  json.key("least").number(rounded(shot.least, parts)).key("p50").number(percentile(0.5));
  json.key("p90").number(percentile(0.9)).key("p99").number(percentile(0.99));
  json.key("most").number(rounded(shot.most, parts)).close('}');
}

std::string write_counts(const std::string& model, const fleet::RunnerCounts& counts) {
  json::Writer json;
  json.open('{').key("model").text(model);
  json.key("requests_started").number(counts.requests_started);
  json.key("requests_finished").number(counts.requests_finished);
  json.key("requests_cancelled").number(counts.requests_cancelled);
  json.key("requests_failed").number(counts.requests_failed);
  json.key("steps").number(counts.steps).key("steps_aborted").number(counts.steps_aborted);
  json.key("prompt_tokens").number(counts.prompt_tokens);
  json.key("cached_tokens").number(counts.cached_tokens);
  json.key("completion_tokens").number(counts.completion_tokens);
  json.key("preempted").number(counts.preempted);
  json.key("running").number(counts.running).key("waiting").number(counts.waiting);
  json.key("kv_tokens_used").number(counts.kv_tokens_used);
  json.key("kv_tokens").number(counts.kv_tokens);
  json.key("resident_bytes").number(counts.resident_bytes);
  json.key("threads").number(counts.threads);
  json.key("prefix_cache").open('{').key("state").text(counts.prefix_cache);
  json.key("hits").number(counts.prefix_hits);
  json.key("ram_bytes").number(counts.prefix_ram_bytes);
  json.key("disk_bytes").number(counts.prefix_disk_bytes).close('}');
  json.key("figures").open('{');
  for (const wire::FigureField& field : wire::kFigureFields) {
    json.key(field.name);
    write_figure(json, field, counts.figures.*field.member);
  }
  json.close('}').close('}');
  return json.take();
}

struct Asked {
  std::string model;
  std::shared_ptr<CountsMeeting> meeting;
};

// All are asked at once; one that does not answer in time, or has just ended, is left out.
std::vector<Asked> ask_all(const Control& control, const asio::any_io_executor& executor) {
  std::vector<Asked> asked;
  for (const fleet::RunnerStatus& runner : control.status()) {
    if (runner.state != fleet::RunnerStatus::State::kReady) continue;
    asked.push_back({runner.model, std::make_shared<CountsMeeting>(executor)});
    control.counts(runner.model, arrive_at(asked.back().meeting));
  }
  return asked;
}

}  // namespace

asio::awaitable<void> show_counts(Call& call, OwnRoutes parts) {
  const std::string model = net::query_value(call.exchange.request().query, "model");
  const auto meeting = std::make_shared<CountsMeeting>(co_await asio::this_coro::executor);
  parts.control.counts(model, arrive_at(meeting));
  co_await wait_for(meeting);
  if (!*meeting->result) {
    co_await send_error(call.exchange, meeting->result->error());
    co_return;
  }
  co_await send_json(call.exchange, write_counts(model, **meeting->result));
}

asio::awaitable<void> show_metrics(Call& call, OwnRoutes parts) {
  const std::vector<Asked> asked = ask_all(parts.control, co_await asio::this_coro::executor);
  const auto until = base::system_clock().now() + kScrapePatience;
  std::vector<ModelCounts> models;
  for (const Asked& one : asked) {
    if (!one.meeting->result) co_await one.meeting->done.wait_until(until);
    const auto& result = one.meeting->result;
    if (result && result->has_value()) models.push_back({one.model, **result});
  }
  std::string text =
      parts.registry.text() + engine_series(models) + llamacpp::server_series(models);
  (void)co_await call.exchange.respond(200, "text/plain; version=0.0.4; charset=utf-8",
                                       std::move(text));
}

}  // namespace hearth::api
