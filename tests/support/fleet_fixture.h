// A fleet in a test: of fake runners, which crash, hang and babble on request, driven by the test's
// own loop.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <gtest/gtest.h>

#include "fleet/fleet.h"
#include "places.h"

namespace hearth::testing {

namespace asio = boost::asio;
using chat::Event;

inline constexpr auto kFleetPatience = std::chrono::seconds(30);

class FleetTest : public ::testing::Test {
 protected:
  static fleet::Fleet::Options options(const std::string& runner) {
    return {.runner_executable = runner};
  }
  FleetTest() : FleetTest(options(HEARTH_BIN_FOLDER "/fake-runner")) {}
  explicit FleetTest(fleet::Fleet::Options options)
      : fleet_(loop_, registry_, std::move(options)) {}
  ~FleetTest() override {
    bool down = false;
    fleet_.shut_down([&] { down = true; });
    run_until([&] { return down; });
  }

  // Runs the loop until the condition holds; fails the test after kFleetPatience.
  void run_until(const std::function<bool()>& condition) {
    asio::steady_timer limit(loop_, kFleetPatience);
    bool late = false;
    limit.async_wait([&](auto error) { late = !error; });
    while (!condition() && !late) {
      loop_.restart();
      loop_.run_one();
    }
    EXPECT_FALSE(late) << "nothing happened for too long";
    limit.cancel();
    loop_.restart();
    loop_.poll();
  }

  store::ModelFile model(const std::string& name = "tiny") {
    return model_at(model_path("tiny-llama-f16"), name);
  }
  static store::ModelFile model_at(const std::string& path, const std::string& name = "tiny") {
    return store::same_as({name, path}, base::open_for_reading(path).value());
  }
  std::unique_ptr<chat::EventStream> ask(const std::string& what,
                                         const std::string& name = "tiny") {
    chat::Request request;
    request.messages = {{chat::Role::kUser, what}};
    return fleet_.generate(model(name), request);
  }
  Event next(chat::EventStream& stream) {
    std::optional<Event> event;
    stream.next([&](Event got) { event = std::move(got); });
    EXPECT_FALSE(event.has_value()) << "a handler must not be called from inside next()";
    run_until([&] { return event.has_value(); });
    return event.value_or(chat::Failed{});
  }
  // All text, and the event that ended it.
  std::pair<std::string, Event> finish(chat::EventStream& stream) {
    std::string text;
    while (true) {
      Event event = next(stream);
      if (const auto* delta = std::get_if<chat::TextDelta>(&event)) text += delta->text;
      if (chat::ends_stream(event)) return {text, event};
    }
  }
  static Code failure(const Event& event) {
    const auto* failed = std::get_if<chat::Failed>(&event);
    EXPECT_NE(failed, nullptr) << "the stream ended well";
    return failed == nullptr ? Code::kInternal : failed->error.code;
  }
  std::uint64_t starts() {
    return registry_.counter({"hearth_runner_starts_total", "Runners started"}).value();
  }
  int pid() {
    const auto status = fleet_.status();
    return status.empty() ? 0 : status[0].pid;
  }
  fleet::RunnerStatus status_of(const std::string& name) {
    for (const fleet::RunnerStatus& status : fleet_.status()) {
      if (status.model == name) return status;
    }
    return {};
  }
  fleet::RunnerCounts stats() {
    std::optional<fleet::RunnerCounts> stats;
    fleet_.query_counts("tiny", [&](Result<fleet::RunnerCounts> got) {
      stats = got.value_or(fleet::RunnerCounts{});
    });
    run_until([&] { return stats.has_value(); });
    return *stats;
  }

  asio::io_context loop_;
  asio::executor_work_guard<asio::io_context::executor_type> work_{loop_.get_executor()};
  metrics::Registry registry_;
  fleet::Fleet fleet_;
};

}  // namespace hearth::testing
