// GET /tools and POST /tools/{name}/execute: what a model may do on this machine.
#include <memory>
#include <utility>

#include "api/core/meeting.h"
#include "api/core/reply.h"
#include "api/hearth/routes.h"
#include "json/node.h"
#include "json/parse.h"
#include "json/value_text.h"

namespace hearth::api {

namespace {

constexpr std::string_view kExecute = "/execute";
constexpr json::Limits kLimits{.bytes = 2 * base::kMiB, .depth = 34, .values = 11'000};

// {"arguments": {…}, "approve": true}, and nothing else.
bool is_wrapped(const json::Node& root) {
  const auto arguments = root.find("arguments");
  if (!arguments || !arguments->is_object()) return false;
  const auto members = root.members();
  for (const auto& [key, value] : *members) {
    if (key != "arguments" && key != "approve") return false;
  }
  return true;
}

Result<ToolWish> read_wish(std::string name, std::string_view body) {
  ToolWish wish{std::move(name), "{}"};
  if (body.empty()) return wish;
  const auto document = json::parse(body, kLimits);
  if (!document) return fail(Code::kInvalidArgument, document.error().message);
  const json::Node root(*document);
  if (!root.is_object()) return fail(root.wrong("must be an object"));
  if (!is_wrapped(root)) {
    wish.arguments = root.json();
    return wish;
  }
  wish.arguments = root.find("arguments")->json();
  const auto approve = root.find("approve");
  if (approve && HEARTH_TRY(approve->boolean())) wish.agreement = ToolWish::Agreement::kGiven;
  return wish;
}

}  // namespace

asio::awaitable<void> show_tools(Call& call, OwnRoutes parts) {
  const auto meeting = std::make_shared<Meeting<std::string>>(co_await asio::this_coro::executor);
  parts.control.tools.list(arrive_at(meeting));
  co_await wait_for(meeting);
  if (!*meeting->result) {
    co_await send_error(call.exchange, meeting->result->error());
    co_return;
  }
  co_await send_json(call.exchange, **std::move(meeting->result));
}

asio::awaitable<void> execute_tool(Call& call, OwnRoutes parts) {
  if (!call.rest.ends_with(kExecute)) {
    Error error = make_error(Code::kNotFound, "tools are run at POST /tools/NAME/execute");
    co_await send_error(call.exchange, std::move(error));
    co_return;
  }
  std::string name = call.rest.substr(0, call.rest.size() - kExecute.size());
  auto wish = read_wish(std::move(name), call.body());
  if (!wish) {
    co_await send_error(call.exchange, wish.error(), wish.error().context);
    co_return;
  }
  const auto meeting = std::make_shared<Meeting<tool::Outcome>>(co_await asio::this_coro::executor);
  CallOff leave = parts.control.tools.run(*std::move(wish), arrive_at(meeting));
  co_await attend(meeting, call.exchange, std::move(leave));
  if (!*meeting->result) {
    co_await send_error(call.exchange, meeting->result->error());
    co_return;
  }
  std::string body = outcome_json(**meeting->result);
  co_await send_json(call.exchange, std::move(body));
}

}  // namespace hearth::api
