// `hearth config`: the settings in force and where each comes from.
#include <memory>

#include <CLI/CLI.hpp>

#include "cli/command.h"
#include "cli/settings_json.h"
#include "cli/template_check.h"
#include "cli/text_table.h"
#include "config/chat_template.h"
#include "json/writer.h"

namespace hearth::cli {

namespace {

std::string as_table(const config::Settings& settings) {
  std::vector<std::vector<std::string>> rows{{"SETTING", "VALUE", "ORIGIN", "MEANING"}};
  for (const config::Setting& setting : config::settings_table()) {
    std::string value = config::value_text(setting, settings.value(setting.key));
    if (value.empty()) value = "\"\"";
    rows.push_back({std::string(setting.name), std::move(value),
                    settings.origin(setting.key).to_string(), std::string(setting.help)});
  }
  return text_table(rows);
}

Result<int> show(Format format, Context& context) {
  const config::Settings settings = HEARTH_TRY(context.settings());
  context.console().print(format == Format::kJson ? settings_json(settings) + "\n"
                                                  : as_table(settings));
  return kExitDone;
}

// Without a runner it is not known; `hearth doctor` says what to do about that.
Result<void> check_template_files(const config::Settings& settings, const config::Home& home,
                                  Console& console) {
  const auto files = HEARTH_TRY(template_files(settings, home));
  auto checked = check_templates(settings, files);
  if (checked || checked.error().code != Code::kNotFound) return checked;
  console.notice("hearth: the templates were not read: " + checked.error().message);
  return {};
}

// The settings, the file that one of them names, and the other templates.
Result<void> check_settings(const Context& context) {
  const config::Settings settings = HEARTH_TRY(context.settings());
  const config::Home home = HEARTH_TRY(context.home());
  HEARTH_TRY(config::load_chat_template(settings.text(config::Key::kModelChatTemplate),
                                        home.templates_folder()));
  return check_template_files(settings, home, context.console());
}

Result<int> check(Format format, Context& context) {
  const auto settings = check_settings(context);
  const std::string path = HEARTH_TRY(context.home()).config_file();
  if (format == Format::kJson) {
    json::Writer json;
    json.open('{')
        .key("ok")
        .boolean(settings.has_value())
        .key("problems")
        .text(settings ? "" : settings.error().message);
    context.console().print(json.close('}').take() + "\n");
  } else {
    if (!settings) return fail(settings.error());
    context.console().print("The settings are fine (" + path + ").\n");
  }
  return settings ? kExitDone : kExitFailed;
}

Result<int> show_path(Format format, Context& context) {
  const std::string path = HEARTH_TRY(context.home()).config_file();
  if (format == Format::kText) {
    context.console().print(path + "\n");
    return kExitDone;
  }
  json::Writer json;
  json.open('{').key("path").text(path).close('}');
  context.console().print(json.take() + "\n");
  return kExitDone;
}

using Show = Result<int> (*)(Format, Context&);

void add(CLI::App& parent, Action& chosen, const char* name, const char* help, Show action) {
  auto json = std::make_shared<bool>(false);
  CLI::App* command = parent.add_subcommand(name, help);
  command->add_flag("--json", *json, "Print JSON");
  command->callback([json, action, &chosen] {
    chosen = [json, action](Context& context) {
      return action(*json ? Format::kJson : Format::kText, context);
    };
  });
}

}  // namespace

void add_config_command(CLI::App& app, Action& chosen) {
  CLI::App* command = app.add_subcommand("config", "Show and check the settings");
  command->require_subcommand(1);
  add(*command, chosen, "show", "Every setting, its value and where it comes from", &show);
  add(*command, chosen, "check", "Check the file, the environment and the templates", &check);
  add(*command, chosen, "path", "Where the configuration file is", &show_path);
}

}  // namespace hearth::cli
