// `hearth chat`: a conversation at the prompt.
#include "cli/chat_command.h"

#include <memory>
#include <utility>

#include <CLI/CLI.hpp>

#include "cli/chat_session.h"
#include "cli/command.h"
#include "cli/model_choice.h"

namespace hearth::cli {

Result<std::string> choose_model(const DaemonApi& daemon, const std::string& argument,
                                 const Context& context) {
  if (!argument.empty()) return named_model(argument);
  const config::Settings settings = HEARTH_TRY(context.settings());
  const config::Home home = HEARTH_TRY(context.home());
  const DaemonModels models = HEARTH_TRY(daemon.models());
  return default_model(settings, models.known, how_to_give_a_model(home, settings));
}

Result<int> start_chat(CompletionRequest request, Context& context) {
  const DaemonApi daemon = HEARTH_TRY(context.daemon());
  request.model = HEARTH_TRY(choose_model(daemon, request.model, context));
  const auto connect = [&context] { return context.daemon(); };
  return ChatSession(connect, context.console(), std::move(request)).run();
}

void add_chat_command(CLI::App& app, Action& chosen) {
  auto request = std::make_shared<CompletionRequest>();
  auto system = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("chat", "Talk with a model");
  command->add_option("MODEL", request->model, "A model's name, or the path of a GGUF file");
  command->add_option("--system", *system, "Tell the model how to behave");
  command->callback([request, system, &chosen] {
    chosen = [request, system](Context& context) {
      if (!system->empty()) request->messages = {{chat::Role::kSystem, *system}};
      return start_chat(*request, context);
    };
  });
}

}  // namespace hearth::cli
