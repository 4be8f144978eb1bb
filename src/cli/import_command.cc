// `hearth import`: a model's file is taken into the store; `hearth cp`: a model gets another name.
#include <memory>

#include <CLI/CLI.hpp>

#include "cli/command.h"
#include "cli/make/making.h"
#include "json/writer.h"
#include "store/modelfile/modelfile.h"

namespace hearth::cli {

namespace {

struct Options {
  std::string from;
  std::string to;
  bool json = false;

  Format format() const { return json ? Format::kJson : Format::kText; }
};

Result<int> import(const Options& options, Context& context) {
  if (options.from.empty()) return fail(Code::kInvalidArgument, "name the file to import");
  json::Writer body;
  body.open('{').key("path").text(
      absolute_path(options.from, current_folder(), config::system_environment()));
  if (!options.to.empty()) body.key("name").text(options.to);
  return follow_making({"import", body.close('}').take(), options.format()}, context);
}

Result<int> copy(const Options& options, Context& context) {
  json::Writer body;
  const std::string from =
      store::is_path(options.from)
          ? absolute_path(options.from, current_folder(), config::system_environment())
          : options.from;
  body.open('{').key("from").text(from).key("to").text(options.to);
  return follow_making({"copy", body.close('}').take(), options.format()}, context);
}

}  // namespace

void add_import_command(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("import", "Take a .gguf file, or a folder with one, into the store");
  command->add_option("FILE", options->from, "The file; of a divided model any part")->required();
  command->add_option("NAME", options->to, "What to call the model; else as the file is called");
  command->add_flag("--json", options->json, "Print what happens as lines of JSON");
  command->callback([options, &chosen] {
    chosen = [options](Context& context) { return import(*options, context); };
  });
}

void add_cp_command(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("cp", "Give a model a second name; its files are shared");
  command->add_option("FROM", options->from, "The model")->required();
  command->add_option("TO", options->to, "What to call it too")->required();
  command->add_flag("--json", options->json, "Print what happens as lines of JSON");
  command->callback([options, &chosen] {
    chosen = [options](Context& context) { return copy(*options, context); };
  });
}

}  // namespace hearth::cli
