// `hearth create`: a model is made as a Modelfile says.
#include <filesystem>
#include <memory>
#include <utility>

#include <CLI/CLI.hpp>

#include "cli/command.h"
#include "cli/make/making.h"
#include "json/writer.h"
#include "store/modelfile/modelfile.h"

namespace hearth::cli {

namespace {

constexpr std::string_view kStandardInput = "-";

struct Options {
  std::string name;
  std::string file = "Modelfile";
  bool json = false;
};

Result<std::string> read_text(const std::string& file, const Console& console) {
  if (file == kStandardInput) return read_all(console.input(), store::kModelfileBytesMax);
  auto text = base::load_text_file(file, store::kModelfileBytesMax);
  if (text) return text;
  return fail(text.error().code,
              text.error().message + "; name the Modelfile with -f FILE, or - for standard input",
              file);
}

// The same, with paths that mean the same to the daemon.
Result<std::string> with_absolute_paths(const std::string& text, const std::string& folder) {
  store::Modelfile modelfile = HEARTH_TRY(store::read_modelfile(text)).modelfile;
  const config::Environment environment = config::system_environment();
  for (std::string& from : modelfile.from) {
    if (store::is_path(from)) from = absolute_path(from, folder, environment);
  }
  for (std::string& adapter : modelfile.adapters)
    adapter = absolute_path(adapter, folder, environment);
  return store::write_modelfile(modelfile);
}

Result<int> create(const Options& options, Context& context) {
  const std::string text = HEARTH_TRY(read_text(options.file, context.console()));
  std::string folder = current_folder();
  if (options.file != kStandardInput) {
    const std::string file = absolute_path(options.file, folder, config::system_environment());
    folder = std::filesystem::path(file).parent_path().string();
  }
  json::Writer body;
  body.open('{').key("name").text(options.name);
  body.key("modelfile").text(HEARTH_TRY(with_absolute_paths(text, folder)));
  return follow_making(
      {"create", body.close('}').take(), options.json ? Format::kJson : Format::kText}, context);
}

}  // namespace

void add_create_command(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("create", "Make a model of another one, by a Modelfile");
  command->add_option("NAME", options->name, "What to call the new model")->required();
  command->add_option("-f,--file", options->file,
                      "The Modelfile (docs/modelfile.md); - is standard input");
  command->add_flag("--json", options->json, "Print what happens as lines of JSON");
  command->callback([options, &chosen] {
    chosen = [options](Context& context) { return create(*options, context); };
  });
}

}  // namespace hearth::cli
