// The daemon's HTTP face with a scripted provider behind it, for tests.
//
// Threads: the face runs on a thread of its own; a test talks to it over its port.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>

#include "api/api.h"
#include "api/testing/scripted_inquiries.h"
#include "api/testing/scripted_makes.h"
#include "api/testing/scripted_provider.h"
#include "api/testing/scripted_pulls.h"
#include "api/testing/scripted_uploads.h"
#include "net/http_server.h"
#include "net/testing/raw_client.h"

namespace hearth::api::testing {

inline constexpr const char* kChat = "/v1/chat/completions";

inline std::vector<Step> failing(Code code) {
  return {{chat::Failed{make_error(code, "it went wrong", "/p")}}};
}

class Face {
 public:
  explicit Face(base::Duration ping = std::chrono::seconds(15),
                std::unique_ptr<AuditLog> audit = nullptr, Keys keys = {})
      : provider(loop_),
        audit_(std::move(audit)),
        api_(options(ping, std::move(keys))),
        server_(loop_, server_options()) {
    port = server_.listen_tcp("127.0.0.1", 0).value();
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~Face() {
    asio::co_spawn(loop_, server_.drain(std::chrono::milliseconds(0)), asio::use_future).get();
    work_.reset();
    thread_.join();
  }

  net::testing::RawReply send(std::string_view method, std::string_view path,
                              std::string_view body = {}, std::string_view headers = {}) {
    net::testing::RawClient client(port);
    client.request(method, path, body, headers);
    using Of = net::testing::RawClient::Of;
    return client.read_reply(method == "HEAD" ? Of::kHead : Of::kOther);
  }
  void set_counts(const fleet::RunnerCounts& counts) {
    asio::post(loop_, asio::use_future([&] { counts_ = counts; })).get();
  }
  std::vector<Router::RouteFacts> routes() const { return api_.routes(); }
  void on_loop(std::function<void()> what) {
    asio::post(loop_, asio::use_future(std::move(what))).get();
  }
  std::string metrics() { return send("GET", "/metrics").body; }
  // Looks again until it is so; the loop has its own pace.
  template <typename Condition>
  bool becomes_true(Condition condition) {
    for (int i = 0; i < 500; ++i) {
      if (condition()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }

 private:
  asio::io_context loop_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_{loop_.get_executor()};
  metrics::Registry registry_;
  fleet::RunnerCounts counts_{.steps = 7};

 public:
  ScriptedProvider provider;
  ScriptedPulls pulls{loop_};
  ScriptedMakes makes{loop_};
  ScriptedInquiries inquiries{loop_};
  fleet::NewsBoard news;  // to be told on the loop
  ScriptedUploads uploads{loop_};
  std::vector<store::DamagedManifest> damaged;  // to be set before it is asked
  std::uint16_t port = 0;
  LoadWish load_wish;  // the last; to be looked at after its answer
  std::atomic<bool> pinned{false};
  std::atomic<bool> ready{true};
  std::atomic<bool> stopping{false};
  std::atomic<bool> alone{false};   // no Ollama runs
  std::atomic<bool> silent{false};  // the runner is, when it is asked what it counted

 private:
  ApiOptions options(base::Duration ping, Keys keys) {
    Control control;
    control.protocol = 1;
    control.status = [] {
      fleet::RunnerStatus status;
      status.model = "m";
      status.path = "/secret/m.gguf";
      status.runner = "hearth-runner";
      status.state = fleet::RunnerStatus::State::kReady;
      status.context = 4096;
      status.resident_bytes = 100;
      status.anonymous_bytes = 40;
      status.planned = {50, 30, 20, 10};
      return std::vector{status};
    };
    control.counts = [this](std::string model,
                            std::function<void(Result<fleet::RunnerCounts>)> done) {
      Result<fleet::RunnerCounts> result = counts_;
      if (silent) return;
      if (model != "m") result = fail(Code::kNotFound, "no model \"" + model + "\" is loaded");
      asio::post(loop_, [result, done] { done(result); });
    };
    control.unload = [this](std::string model, std::function<void(Result<void>)> done) {
      Result<void> result;
      if (model != "m") result = fail(Code::kNotFound, "no model \"" + model + "\" is loaded");
      asio::post(loop_, [result, done] { done(result); });
    };
    control.load = [this](const LoadWish& wish,
                          std::function<void(Result<void>)> done) -> Result<CallOff> {
      if (wish.model != "m") {
        return fail(Code::kNotFound, "no model is called '" + wish.model + "'");
      }
      load_wish = wish;
      asio::post(loop_, [done] { done({}); });
      return CallOff([] {});
    };
    control.pin = [this](const std::string& model, fleet::Pin pin) -> Result<void> {
      if (model != "m") return fail(Code::kNotFound, "no model is called '" + model + "'");
      pinned = pin == fleet::Pin::kOn;
      return {};
    };
    control.memory = [] { return fleet::MemoryUse{1000, 10}; };
    control.expected = [] { return std::vector{fleet::ExpectedStatus{"next", 9, 4}}; };
    control.news = &news;
    control.heat = [] { return fleet::Heat::kHot; };
    control.waiting = [] { return fleet::WaitingUse{2, 300, {4, 500}}; };
    pulls.add_to(control);
    makes.add_to(control);
    inquiries.add_to(control);
    uploads.add_to(control);
    control.damaged = [this] { return damaged; };
    control.neighbours = neighbours();
    control.shutdown = [this] { stopping = true; };
    control.ready = [this]() -> Result<void> {
      if (!ready) return fail(Code::kInternal, "the store is still being read");
      return {};
    };
    return {provider, registry_, control, {"hearth.lan"}, audit_.get(), ping, std::move(keys)};
  }
  // An Ollama with one model, which it holds; or none where the test says so.
  Neighbours neighbours() {
    Neighbours neighbours;
    neighbours.look = [this](Callback<store::OllamaState> done) {
      Result<store::OllamaState> state = store::OllamaState{
          "http://127.0.0.1:1", "0.20", {{"m", 5, "abc", "1B", "Q8_0"}}, {{"m", 9, 4, "soon"}}};
      if (alone) state = fail(Code::kUnavailable, "no Ollama answers");
      asio::post(loop_, [state, done] { done(state); });
    };
    neighbours.show = [this](const std::string&, Callback<store::OllamaFacts> done) {
      asio::post(loop_,
                 [done] { done(store::OllamaFacts{"gguf", "llama", "1B", "Q8_0", {"tools"}}); });
    };
    neighbours.unload = [this](const std::string& model, Callback<void> done) {
      Result<void> result;
      if (alone) result = fail(Code::kUnavailable, "no Ollama answers for " + model);
      asio::post(loop_, [result, done] { done(result); });
    };
    return neighbours;
  }
  net::HttpServerOptions server_options() {
    net::HttpServerOptions options;
    options.limits.body_bytes = 100'000;
    options.handler = api_.handler();
    options.shape_refusal = api_.refusal_shaper();
    options.body_takers = api_.body_takers();
    return options;
  }

  std::unique_ptr<AuditLog> audit_;
  Api api_;
  net::HttpServer server_;
  std::thread thread_;
};

}  // namespace hearth::api::testing
