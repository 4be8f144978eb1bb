#include "tool_desk.h"

#include <utility>

#include <boost/asio/post.hpp>

#include "base/log.h"
#include "cli/tools/tool_list.h"
#include "cli/tools/tool_setup.h"
#include "config/runners.h"

namespace hearth {

namespace asio = boost::asio;

namespace {

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines)
    text += (text.empty() ? "" : "; ") + line;
  return text;
}

}  // namespace

ToolDesk::ToolDesk(asio::io_context& loop, const config::Home& home,
                   const config::Settings& settings)
    : loop_(loop),
      options_(cli::tool_options(home, settings, config::own_executable())),
      policy_(cli::tool_policy(settings)),
      toolbox_(tool::make_toolbox(options_)) {
  for (const Error* error :
       {policy_ ? nullptr : &policy_.error(), toolbox_ ? nullptr : &toolbox_.error()}) {
    if (error != nullptr) log::warning("tools are not run", {{"reason", error->message}});
  }
}

api::ToolDesk ToolDesk::face() {
  api::ToolDesk face;
  face.list = [this](Callback<std::string> done) {
    asio::post(threads_, [this, done = std::move(done)] {
      asio::post(loop_, [done, body = list()]() mutable { done(std::move(body)); });
    });
  };
  face.run = [this](api::ToolWish wish, Callback<tool::Outcome> done) {
    return run(std::move(wish), std::move(done));
  };
  return face;
}

Result<std::string> ToolDesk::list() const {
  if (!policy_) return fail(Code::kUnavailable, policy_.error().message);
  if (!toolbox_) return fail(Code::kUnavailable, toolbox_.error().message);
  const std::string& workspace = (*toolbox_)->workspace();
  const cli::ToolList list{(*toolbox_)->specs(), *policy_, workspace,
                           workspace.empty() ? fail(Code::kNotFound, "there is no workspace")
                                             : tool::holding_words(options_)};
  return cli::tools_json(list, cli::Paths::kKept);
}

CallOff ToolDesk::run(api::ToolWish wish, Callback<tool::Outcome> done) {
  std::erase_if(calls_, [](const base::CancelSource& one) { return one.cancelled(); });
  if (calls_.size() >= kToolCallsMax || winding_down_) {
    asio::post(loop_,
               [done] { done(fail(Code::kUnavailable, "too many tools are running; ask again")); });
    return [] {};
  }
  base::CancelSource source;
  calls_.push_back(source);
  const auto listening = std::make_shared<bool>(true);
  asio::post(threads_, [this, wish = std::move(wish), done = std::move(done), source, listening] {
    const auto outcome = std::make_shared<Result<tool::Outcome>>(call(wish, source.token()));
    asio::post(loop_, [outcome, source, listening, done]() mutable {
      source.cancel();  // it is over
      if (*listening) done(std::move(*outcome));
    });
  });
  return [source, listening]() mutable {
    *listening = false;
    source.cancel();
  };
}

Result<tool::Outcome> ToolDesk::call(const api::ToolWish& wish,
                                     const base::CancelToken& cancel) const {
  if (!policy_) return fail(Code::kUnavailable, policy_.error().message);
  if (!toolbox_) return fail(Code::kUnavailable, toolbox_.error().message);
  const tool::Toolbox& toolbox = **toolbox_;
  const auto problems = toolbox.check(wish.name, wish.arguments);
  if (!problems.empty()) {
    const bool is_there = toolbox.find_spec(wish.name) != nullptr;
    return fail(is_there ? Code::kInvalidArgument : Code::kNotFound, joined(problems));
  }
  const tool::Decision decision = toolbox.decide(*policy_, wish.name, wish.arguments);
  if (decision.rule == tool::Rule::kDeny) return fail(Code::kPermissionDenied, decision.reason);
  if (decision.rule == tool::Rule::kAsk && wish.agreement == api::ToolWish::Agreement::kNone) {
    return fail(Code::kPermissionDenied,
                decision.reason + R"(, and somebody has to agree: send {"arguments": {…}, )"
                                  R"("approve": true}, or set tools.approve or tools.rules)");
  }
  return toolbox.run({wish.name, wish.arguments}, cancel);
}

void ToolDesk::wind_down() {
  winding_down_ = true;
  for (base::CancelSource& one : calls_)
    one.cancel();
}

}  // namespace hearth
