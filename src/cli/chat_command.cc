// `hearth chat`: a conversation at the prompt.
#include "cli/chat_command.h"

#include <memory>
#include <utility>

#include <CLI/CLI.hpp>

#include "cli/answer_options.h"
#include "cli/chat_session.h"
#include "cli/command.h"
#include "cli/model_choice.h"

namespace hearth::cli {

Result<std::string> choose_model(const DaemonApi& daemon, const std::string& argument,
                                 Context& context) {
  if (!argument.empty()) return named_model(argument);
  const config::Settings settings = HEARTH_TRY(context.settings());
  const config::Home home = HEARTH_TRY(context.home());
  const DaemonModels models = HEARTH_TRY(daemon.models());
  const Choice choice =
      HEARTH_TRY(default_model(settings, models.known, how_to_give_a_model(home, settings)));
  if (!choice.notice.empty()) context.console().notice(choice.notice);
  return choice.model;
}

Result<int> start_chat(CompletionRequest request, const ToolUseWish& tools, Context& context) {
  const DaemonApi daemon = HEARTH_TRY(context.daemon());
  request.model = HEARTH_TRY(choose_model(daemon, request.model, context));
  Interrupt interrupt;
  std::unique_ptr<ToolUse> use;
  if (!tools.names.empty()) use = HEARTH_TRY(ToolUse::create(tools, context, interrupt));
  const auto connect = [&context] { return context.daemon(); };
  return ChatSession({connect, context.console(), interrupt, use.get()}, std::move(request)).run();
}

namespace {

struct Options {
  CompletionRequest request;
  AnswerOptions answer;
  std::string system;
  ToolUseWish tools;
};

Result<int> chat_as_asked(const Options& options, Context& context) {
  CompletionRequest request = options.request;
  HEARTH_TRY(apply(options.answer, request));
  if (!options.system.empty()) request.messages = {{chat::Role::kSystem, options.system}};
  return start_chat(std::move(request), options.tools, context);
}

}  // namespace

void add_chat_command(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("chat", "Talk with a model");
  command->add_option("MODEL", options->request.model,
                      "A model's name, or the path of a GGUF file");
  command->add_option("--system", options->system, "Tell the model how to behave");
  add_thinking_options(*command, options->answer, options->request);
  add_keep_alive_option(*command, options->request.keep_alive);
  add_tool_use_options(*command, "--tools", options->tools);
  command->callback([options, &chosen] {
    chosen = [options](Context& context) { return chat_as_asked(*options, context); };
  });
}

}  // namespace hearth::cli
