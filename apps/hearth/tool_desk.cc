#include "tool_desk.h"

#include <utility>

#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include "agent/offer.h"
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

// What a model is told of a call that was not made.
tool::Outcome unmade(const Error& error) {
  const bool may_do_later = error.code == Code::kUnavailable;
  tool::Outcome outcome = may_do_later ? tool::failed(error.message) : tool::refused(error.message);
  outcome.retryable = may_do_later;
  return outcome;
}

// With the field at fault, as a request has it.
Error about_tools(Error error, const char* field) {
  error.message = fmt::format("hearth.{}: {}", field, error.message);
  error.code = Code::kInvalidArgument;
  error.context = "hearth.tools";
  return error;
}

}  // namespace

ToolDesk::ToolDesk(asio::io_context& loop, const config::Home& home,
                   const config::Settings& settings)
    : loop_(loop),
      home_(home),
      options_(cli::tool_options(home, settings, config::own_executable())),
      policy_(cli::tool_policy(settings)),
      toolbox_(tool::make_toolbox(options_).map([](auto box) { return Box(std::move(box)); })) {
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
  face.open = [this](const agent::Wish& wish, Callback<agent::OpenTools> done) {
    return open(wish, std::move(done));
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
  return hand_over([this, wish = std::move(wish)](
                       const base::CancelToken& cancel) { return call(wish, cancel); },
                   std::move(done));
}

CallOff ToolDesk::hand_over(
    std::function<Result<tool::Outcome>(const base::CancelToken& cancel)> work,
    Callback<tool::Outcome> done) {
  std::erase_if(calls_, [](const base::CancelSource& one) { return one.cancelled(); });
  if (calls_.size() >= kToolCallsMax || winding_down_) {
    asio::post(loop_,
               [done] { done(fail(Code::kUnavailable, "too many tools are running; ask again")); });
    return [] {};
  }
  base::CancelSource source;
  calls_.push_back(source);
  const auto listening = std::make_shared<bool>(true);
  asio::post(threads_, [this, work = std::move(work), done = std::move(done), source, listening] {
    const auto outcome = std::make_shared<Result<tool::Outcome>>(work(source.token()));
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

CallOff ToolDesk::open(const agent::Wish& wish, Callback<agent::OpenTools> done) {
  struct Found {
    Box toolbox;
    std::vector<tool::Spec> specs;
  };
  const auto look = [this](const agent::Wish& wished) -> Result<Found> {
    Box toolbox = HEARTH_TRY(find_box(wished.workspace));
    auto specs = agent::offered(*toolbox, *policy_, wished.names);
    if (!specs) return fail(about_tools(std::move(specs).error(), "tools"));
    return Found{std::move(toolbox), *std::move(specs)};
  };
  const auto listening = std::make_shared<bool>(true);
  const auto tell = [this, done = std::move(done),
                     listening](const std::shared_ptr<Result<Found>>& found) {
    if (!*listening) return;
    if (!*found) {
      done(fail(found->error()));
    } else {
      done(opened((*found)->toolbox, std::move((*found)->specs)));
    }
  };
  if (wish.workspace.empty()) {  // nothing blocks, and nobody has to wait for what runs
    asio::post(loop_, [look, wish, tell] { tell(std::make_shared<Result<Found>>(look(wish))); });
  } else {
    asio::post(threads_, [this, look, wish, tell] {
      const auto found = std::make_shared<Result<Found>>(look(wish));
      asio::post(loop_, [tell, found] { tell(found); });
    });
  }
  return [listening] { *listening = false; };
}

agent::OpenTools ToolDesk::opened(Box toolbox, std::vector<tool::Spec> specs) {
  agent::OpenTools tools;
  tools.specs = std::move(specs);
  tools.check = [toolbox](std::string_view name, std::string_view arguments) {
    return toolbox->check(name, arguments);
  };
  // What a tool was given is the model's and nobody else's; that it ran is everybody's to know.
  tools.run = [this, toolbox](tool::Call wanted, std::function<void(tool::Outcome)> done) {
    const auto note = [name = wanted.name, key = wanted.idempotency_key](const auto& outcome) {
      log::info("a tool was called for an answer",
                {{"tool", name}, {"call", key}, {"status", tool::status_name(outcome.status)}});
    };
    return hand_over(
        [this, toolbox, wanted = std::move(wanted)](const base::CancelToken& cancel) {
          return Result<tool::Outcome>(call(*toolbox, wanted, cancel));
        },
        [note, done = std::move(done)](const Result<tool::Outcome>& result) {
          const tool::Outcome outcome = result ? *result : unmade(result.error());
          note(outcome);
          done(outcome);
        });
  };
  return tools;
}

Result<ToolDesk::Box> ToolDesk::find_box(const std::string& workspace) const {
  if (!policy_) return fail(Code::kUnavailable, policy_.error().message);
  if (workspace.empty()) {
    if (toolbox_) return *toolbox_;
    return fail(Code::kUnavailable, toolbox_.error().message);
  }
  tool::BuiltinOptions options = options_;
  cli::use_workspace(options, home_, workspace);
  auto toolbox = tool::make_toolbox(options);
  if (!toolbox) return fail(about_tools(std::move(toolbox).error(), "workspace"));
  return Box(*std::move(toolbox));
}

tool::Outcome ToolDesk::call(const tool::Toolbox& toolbox, const tool::Call& wanted,
                             const base::CancelToken& cancel) const {
  const tool::Decision decision = toolbox.decide(*policy_, wanted.name, wanted.arguments);
  if (decision.rule == tool::Rule::kDeny) return tool::refused(decision.reason);
  if (decision.rule == tool::Rule::kAsk) {
    return tool::refused(decision.reason +
                         ", and nobody can be asked here; it was not run, do without it");
  }
  return toolbox.run(wanted, cancel);
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
