// `hearth list`: the models on this machine.
#include <memory>

#include <CLI/CLI.hpp>

#include "base/units.h"
#include "chat/capability_words.h"
#include "cli/command.h"
#include "cli/model_choice.h"
#include "cli/text_table.h"
#include "json/writer.h"

namespace hearth::cli {

namespace {

void write_capabilities(json::Writer& json, const std::optional<chat::Capabilities>& known) {
  if (!known) {
    json.null();
    return;
  }
  json.open('{');
  for (const chat::CapabilityWord& word : chat::kCapabilityWords)
    json.key(word.name).boolean((*known).*word.member);
  json.close('}');
}

std::string as_json(const std::vector<KnownModel>& models) {
  json::Writer json;
  json.open('{').key("models").open('[');
  for (const KnownModel& model : models) {
    json.open('{').key("name").text(model.name);
    json.key("size_bytes").number(model.size_bytes);
    json.key("modified_ms").number(model.modified_ms);
    json.key("built_in").boolean(model.built_in);
    json.key("loaded").boolean(model.loaded).key("capabilities");
    write_capabilities(json, model.capabilities);
    json.close('}');
  }
  return json.close(']').close('}').take() + "\n";
}

std::string as_table(const std::vector<KnownModel>& models) {
  std::vector<std::vector<std::string>> rows{{"NAME", "SIZE", "MODIFIED", "LOADED"}};
  for (const KnownModel& model : models) {
    rows.push_back({model.name, base::format_bytes(model.size_bytes),
                    model.built_in ? "built in" : time_text(model.modified_ms),
                    model.loaded ? "yes" : "no"});
  }
  return text_table(rows);
}

Result<int> list(Format format, Context& context) {
  const DaemonApi daemon = HEARTH_TRY(context.daemon());
  const DaemonModels models = HEARTH_TRY(daemon.models());
  if (format == Format::kJson) {
    context.console().print(as_json(models.known));
    return kExitDone;
  }
  if (models.known.empty()) {
    const config::Home home = HEARTH_TRY(context.home());
    context.console().notice("There is no model yet: " +
                             how_to_give_a_model(home, HEARTH_TRY(context.settings())) + ".");
    return kExitDone;
  }
  context.console().print(as_table(models.known));
  return kExitDone;
}

}  // namespace

void add_list_command(CLI::App& app, Action& chosen) {
  auto json = std::make_shared<bool>(false);
  CLI::App* command = app.add_subcommand("list", "Show the models on this machine");
  command->add_flag("--json", *json, "Print JSON");
  command->callback([json, &chosen] {
    chosen = [json](Context& context) {
      return list(*json ? Format::kJson : Format::kText, context);
    };
  });
}

}  // namespace hearth::cli
