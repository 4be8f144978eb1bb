// `hearth show`: all that is known of a model.
#include <memory>
#include <utility>

#include <CLI/CLI.hpp>

#include "cli/command.h"
#include "cli/model_choice.h"
#include "cli/show/sheet_text.h"
#include "json/parse.h"
#include "json/writer.h"

namespace hearth::cli {

namespace {

struct Options {
  std::string model;
  std::vector<std::uint32_t> contexts;
  bool json = false;
  bool modelfile = false;
  bool chat_template = false;
  bool system = false;
  bool parameters = false;
  bool licence = false;
};

Result<std::string> body_of(const Options& options) {
  json::Writer json;
  json.open('{')
      .key("model")
      .text(HEARTH_TRY(named_model(options.model)))
      .key("contexts")
      .open('[');
  for (const std::uint32_t context : options.contexts)
    json.number(context);
  return json.close(']').close('}').take();
}

std::string with_line_end(std::string text) {
  if (!text.empty() && !text.ends_with('\n')) text += '\n';
  return text;
}

std::string licences_text(const AnswerFields& sheet) {
  std::string text;
  for (const std::string& licence : sheet.texts("licences"))
    text += with_line_end(licence);
  return text;
}

Result<std::string> wanted_text(const Options& options, const AnswerFields& sheet) {
  if (options.modelfile) return sheet_modelfile(sheet);
  if (options.chat_template) return with_line_end(sheet.text("template"));
  if (options.system) return with_line_end(sheet.text("system"));
  if (options.parameters) return parameters_set(sheet);
  if (options.licence) return licences_text(sheet);
  return sheet_text(sheet);
}

Result<int> show(const Options& options, Context& context) {
  const DaemonApi daemon = HEARTH_TRY(context.daemon());
  std::string wish = HEARTH_TRY(body_of(options));
  const std::string body = HEARTH_TRY(daemon.inquire("show", std::move(wish)));
  if (options.json) {
    context.console().print(body + "\n");
    return kExitDone;
  }
  const auto value = HEARTH_TRY(json::parse(body));
  const AnswerFields sheet{json::Node(value)};
  const std::string text = HEARTH_TRY(wanted_text(options, sheet));
  if (text.empty()) context.console().notice("The model says nothing about that.");
  context.console().print(text);
  return kExitDone;
}

}  // namespace

void add_show_command(CLI::App& app, Action& chosen) {
  constexpr std::uint32_t kContextMost = 16 * 1024 * 1024;
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("show", "Show what a model is, needs and may do");
  command->add_option("MODEL", options->model, "One of `hearth list`, or a file by its path")
      ->required();
  command->add_option("--context", options->contexts, "Also the memory for so many tokens")
      ->check(CLI::Range(1U, kContextMost));
  auto* part = command->add_option_group("part", "One part only");
  part->add_flag("--json", options->json, "Print everything as JSON");
  part->add_flag("--modelfile", options->modelfile, "Print it as a Modelfile");
  part->add_flag("--template", options->chat_template, "Print its chat template");
  part->add_flag("--system", options->system, "Print its system message");
  part->add_flag("--parameters", options->parameters, "Print the parameters that are set for it");
  part->add_flag("--license", options->licence, "Print its licence");
  part->require_option(0, 1);
  command->callback([options, &chosen] {
    chosen = [options](Context& context) { return show(*options, context); };
  });
}

}  // namespace hearth::cli
