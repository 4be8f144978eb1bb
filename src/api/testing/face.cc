#include "api/testing/face.h"

#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>

namespace hearth::api::testing {

std::vector<Step> failing(Code code) {
  return {{chat::Failed{make_error(code, "it went wrong", "/p")}}};
}

Face::Face(base::Duration ping, std::unique_ptr<AuditLog> audit, Keys keys, PictureFetch pictures)
    : provider(loop_),
      audit_(std::move(audit)),
      api_(options(ping, std::move(keys), std::move(pictures))),
      server_(loop_, server_options()) {
  port = server_.listen_tcp("127.0.0.1", 0).value();
  role_port = server_.listen_tcp("127.0.0.1", 0).value();
  thread_ = std::thread([this] { loop_.run(); });
}

Face::~Face() {
  asio::co_spawn(loop_, server_.drain(std::chrono::milliseconds(0)), asio::use_future).get();
  work_.reset();
  thread_.join();
}

net::testing::RawReply Face::send(std::string_view method, std::string_view path,
                                  std::string_view body, std::string_view headers) {
  net::testing::RawClient client(port);
  client.request(method, path, body, headers);
  using Of = net::testing::RawClient::Of;
  return client.read_reply(method == "HEAD" ? Of::kHead : Of::kOther);
}

net::testing::RawReply Face::post_to_role(std::string_view path, std::string_view body) {
  net::testing::RawClient client(role_port);
  client.request("POST", path, body);
  return client.read_reply();
}

void Face::set_counts(const fleet::RunnerCounts& counts) {
  on_loop([&] { counts_ = counts; });
}

std::vector<Router::RouteFacts> Face::routes() const {
  return api_.routes();
}

void Face::on_loop(std::function<void()> what) {
  asio::post(loop_, asio::use_future(std::move(what))).get();
}

bool Face::becomes_true(const std::function<bool()>& condition) {
  for (int i = 0; i < 500; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

ApiOptions Face::options(base::Duration ping, Keys keys, PictureFetch pictures) {
  Control control;
  control.protocol = 1;
  control.url = [] { return "http://127.0.0.1:4327"; };
  control.status = [this] {
    fleet::RunnerStatus status;
    status.model = "m";
    status.path = "/secret/m.gguf";
    status.runner = "hearth-runner";
    status.state = fleet::RunnerStatus::State::kReady;
    status.context = 4096;
    status.requests_running = running;
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
  control.log_tail = &log_tail;
  control.config = [] { return R"({"settings":[]})"; };
  control.heat = [] { return fleet::Heat::kHot; };
  control.waiting = [] { return fleet::WaitingUse{2, 300, {4, 500}}; };
  pulls.add_to(control);
  makes.add_to(control);
  inquiries.add_to(control);
  uploads.add_to(control);
  control.damaged = [this] { return damaged; };
  control.neighbours = neighbours();
  control.tools = tools();
  control.shutdown = [this] { stopping = true; };
  control.ready = [this]() -> Result<void> {
    if (!ready) return fail(Code::kInternal, "the store is still being read");
    return {};
  };
  const auto roles = [this](std::uint16_t asked) { return asked == role_port ? &role : nullptr; };
  return {provider,        registry_,    control, {"hearth.lan"},      audit_.get(), ping,
          std::move(keys), shelf.face(), roles,   std::move(pictures), tasks.face()};
}

Neighbours Face::neighbours() {
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

ToolDesk Face::tools() {
  ToolDesk tools;
  tools.list = [this](Callback<std::string> done) {
    asio::post(loop_, [done] { done(R"({"tools":[]})"); });
  };
  tools.run = [this](const ToolWish& wish, Callback<tool::Outcome> done) {
    tool_wish = wish;
    Result<tool::Outcome> result = tool::Outcome{.output = wish.arguments, .exit_code = 0};
    if (wish.name == "guarded" && wish.agreement == ToolWish::Agreement::kNone)
      result = fail(Code::kPermissionDenied, "somebody has to agree: send approve");
    if (wish.name != "guarded" && wish.name != "echo")
      result = fail(Code::kNotFound, "there is no tool '" + wish.name + "'");
    asio::post(loop_, [result, done] { done(result); });
    return [] {};
  };
  tools.open = [this](agent::Wish wish, Callback<agent::OpenTools> done) {
    own_tools = std::move(wish);
    asio::post(loop_, [this, done] { done(open_tools(own_tools)); });
    return [] {};
  };
  return tools;
}

Result<agent::OpenTools> Face::open_tools(const agent::Wish& wish) {
  if (!wish.workspace.empty())
    return fail(Code::kInvalidArgument, "hearth.workspace: no such folder", "hearth.tools");
  agent::OpenTools tools;
  for (const char* name : {"echo", "slow"}) {
    tool::Spec spec;
    spec.name = name;
    spec.parameters = R"({"type":"object"})";
    tools.specs.push_back(std::move(spec));
  }
  tools.check = [](std::string_view, std::string_view arguments) {
    return arguments.starts_with('{') ? std::vector<std::string>()
                                      : std::vector<std::string>{"the arguments are no object"};
  };
  tools.run = [this](const tool::Call& call, const std::function<void(tool::Outcome)>& done) {
    tool::Outcome outcome{.output = "it is \x1B[31m" + call.arguments};
    if (call.name == "echo") asio::post(loop_, [done, outcome] { done(outcome); });
    return [this] { ++tools_called_off; };
  };
  return tools;
}

net::HttpServerOptions Face::server_options() {
  net::HttpServerOptions options;
  options.limits.body_bytes = 100'000;
  options.handler = api_.handler();
  options.shape_refusal = api_.refusal_shaper();
  options.body_takers = api_.body_takers();
  return options;
}

}  // namespace hearth::api::testing
