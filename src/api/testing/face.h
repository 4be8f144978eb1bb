// The daemon's HTTP face with a scripted provider behind it, for tests.
//
// Threads: the face runs on a thread of its own; a test talks to it over its port.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "api/api.h"
#include "api/testing/scripted_inquiries.h"
#include "api/testing/scripted_makes.h"
#include "api/testing/scripted_provider.h"
#include "api/testing/scripted_pulls.h"
#include "api/testing/scripted_shelf.h"
#include "api/testing/scripted_tasks.h"
#include "api/testing/scripted_uploads.h"
#include "net/http_server.h"
#include "net/testing/raw_client.h"

namespace hearth::api::testing {

inline constexpr const char* kChat = "/v1/chat/completions";

std::vector<Step> failing(Code code);

class Face {
 public:
  explicit Face(base::Duration ping = std::chrono::seconds(15),
                std::unique_ptr<AuditLog> audit = nullptr, Keys keys = {},
                PictureFetch pictures = {});
  ~Face();
  Face(const Face&) = delete;
  Face& operator=(const Face&) = delete;

  net::testing::RawReply send(std::string_view method, std::string_view path,
                              std::string_view body = {}, std::string_view headers = {});
  // To the port that has a role.
  net::testing::RawReply post_to_role(std::string_view path, std::string_view body);
  void set_counts(const fleet::RunnerCounts& counts);
  std::vector<Router::RouteFacts> routes() const;
  void on_loop(std::function<void()> what);
  std::string metrics() { return send("GET", "/metrics").body; }
  // Looks again until it is so; the loop has its own pace.
  bool becomes_true(const std::function<bool()>& condition);

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
  ScriptedShelf shelf{loop_};
  ScriptedTasks tasks{loop_};
  fleet::NewsBoard news;  // to be told on the loop
  log::Tail log_tail;
  ScriptedUploads uploads{loop_};
  std::vector<store::DamagedManifest> damaged;  // to be set before it is asked
  std::uint16_t port = 0;
  std::uint16_t role_port = 0;
  Role role{Role::Kind::kEmbeddings, "pinned"};  // to be set before it is asked
  LoadWish load_wish;                            // the last; to be looked at after its answer
  ToolWish tool_wish;                            // likewise
  agent::Wish own_tools;                         // likewise, of the last answer with tools
  std::atomic<bool> pinned{false};
  std::atomic<bool> ready{true};
  std::atomic<bool> stopping{false};
  std::atomic<int> tools_called_off{0};   // of answers
  std::atomic<bool> alone{false};         // no Ollama runs
  std::atomic<bool> silent{false};        // the runner is, when it is asked what it counted
  std::atomic<std::uint32_t> running{0};  // requests, of the model that is loaded

 private:
  ApiOptions options(base::Duration ping, Keys keys, PictureFetch pictures);
  // An Ollama with one model, which it holds; or none where the test says so.
  Neighbours neighbours();
  // "echo" says its arguments; "slow" never ends; to "guarded" somebody has to agree; there is no
  // other.
  ToolDesk tools();
  // "echo" and "slow" for answers; there is no workspace.
  Result<agent::OpenTools> open_tools(const agent::Wish& wish);
  net::HttpServerOptions server_options();

  std::unique_ptr<AuditLog> audit_;
  Api api_;
  net::HttpServer server_;
  std::thread thread_;
};

}  // namespace hearth::api::testing
