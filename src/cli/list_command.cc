// `hearth list`: the models on this machine.
#include <algorithm>
#include <memory>

#include <CLI/CLI.hpp>

#include "base/units.h"
#include "chat/capability_words.h"
#include "cli/command.h"
#include "cli/model_choice.h"
#include "cli/neighbours.h"
#include "cli/text_table.h"
#include "json/writer.h"
#include "store/holder_words.h"

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

std::string as_json(const DaemonModels& models, const std::vector<NeighbourModel>& of_ollama) {
  json::Writer json;
  json.open('{').key("models").open('[');
  for (const KnownModel& model : models.known) {
    json.open('{').key("name").text(model.name);
    json.key("size_bytes").number(model.size_bytes);
    json.key("modified_ms").number(model.modified_ms);
    json.key("built_in").boolean(model.built_in);
    json.key("held_by").text(store::holder_word(model.holder));
    json.key("loaded").boolean(model.loaded).key("capabilities");
    write_capabilities(json, model.capabilities);
    json.close('}');
  }
  json.close(']');
  write_damaged(json, models.damaged);
  if (!of_ollama.empty()) write_neighbour_models(json.key("only_in_ollama"), of_ollama);
  return json.close('}').take() + "\n";
}

bool is_found(const KnownModel& model) {
  return store::is_other_program(model.holder);
}

// The last column is there only where another program holds one of the models.
std::string as_table(const std::vector<KnownModel>& models,
                     const std::vector<NeighbourModel>& of_ollama) {
  std::vector<std::vector<std::string>> rows{{"NAME", "SIZE", "MODIFIED", "LOADED"}};
  if (!of_ollama.empty() || std::any_of(models.begin(), models.end(), is_found))
    rows.front().emplace_back("HELD BY");
  for (const KnownModel& model : models) {
    rows.push_back({model.name, base::format_bytes(model.size_bytes),
                    model.built_in ? "built in" : time_text(model.modified_ms),
                    model.loaded ? "yes" : "no"});
    if (is_found(model)) rows.back().emplace_back(store::program_name(model.holder));
  }
  for (const NeighbourModel& model : of_ollama) {
    rows.push_back({std::string(store::kOllamaPrefix) + model.name,
                    base::format_bytes(model.size_bytes), "-", "no", "Ollama alone"});
  }
  return text_table(rows);
}

struct Options {
  bool json = false;
  bool all = false;
};

Result<int> list(const Options& options, Context& context) {
  const DaemonApi daemon = HEARTH_TRY(context.daemon());
  const DaemonModels models = HEARTH_TRY(daemon.models());
  std::vector<NeighbourModel> of_ollama;
  if (options.all) {
    if (const auto ollama = find_ollama(daemon)) of_ollama = only_there(*ollama, models.known);
  }
  if (options.json) {
    context.console().print(as_json(models, of_ollama));
    return kExitDone;
  }
  for (const DamagedManifest& damaged : models.damaged)
    context.console().notice("Not listed is " + damaged_text(damaged) + ".");
  if (models.known.empty() && of_ollama.empty()) {
    const config::Home home = HEARTH_TRY(context.home());
    context.console().notice("There is no model yet: " +
                             how_to_give_a_model(home, HEARTH_TRY(context.settings())) + ".");
    return kExitDone;
  }
  context.console().print(as_table(models.known, of_ollama));
  return kExitDone;
}

}  // namespace

void add_list_command(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("list", "Show the models on this machine");
  command->add_flag("--json", options->json, "Print JSON");
  command->add_flag("--all", options->all, "Also what only a running Ollama can read");
  command->callback([options, &chosen] {
    chosen = [options](Context& context) { return list(*options, context); };
  });
}

}  // namespace hearth::cli
