// `hearth connect`: what another program has to be told so that it asks here.
#include <algorithm>
#include <filesystem>
#include <memory>

#include <CLI/CLI.hpp>

#include "cli/command.h"
#include "cli/connect/address.h"
#include "cli/connect/plan.h"
#include "cli/connect/settings_file.h"
#include "cli/daemon.h"
#include "cli/keys/key_access.h"
#include "cli/model_choice.h"
#include "json/writer.h"

namespace hearth::cli {

namespace {

struct Wish {
  std::string client;
  std::string model;
  bool apply = false;
  bool json = false;
};

struct Found {
  Target target;
  bool listens = false;  // a daemon at that address
};

Result<bool> has_keys(const Context& context) {
  const auto keys = HEARTH_TRY(find_keys(context));
  if (!keys) return false;
  return !HEARTH_TRY(keys->store.list()).empty();
}

Result<std::string> choose_model(const Wish& wish, const DaemonApi& daemon, Context& context) {
  const DaemonModels models = HEARTH_TRY(daemon.models());
  if (!wish.model.empty()) {
    std::string name = HEARTH_TRY(named_model(wish.model));
    if (!name.starts_with('/')) HEARTH_TRY(check_known(name, models.known));
    return name;
  }
  const config::Home home = HEARTH_TRY(context.home());
  const config::Settings settings = HEARTH_TRY(context.settings());
  Choice choice =
      HEARTH_TRY(default_model(settings, models.known, how_to_give_a_model(home, settings)));
  if (!choice.notice.empty()) context.console().notice(choice.notice);
  return std::move(choice.model);
}

Result<Found> find_target(const Wish& wish, Context& context) {
  const DaemonApi daemon = HEARTH_TRY(context.daemon());
  const DaemonVersion version = HEARTH_TRY(daemon.version());
  const config::Settings settings = HEARTH_TRY(context.settings());
  Found found;
  found.listens = !version.url.empty();
  found.target.url = HEARTH_TRY(client_url(version.url, settings));
  found.target.needs_key = HEARTH_TRY(has_keys(context));
  found.target.model = HEARTH_TRY(choose_model(wish, daemon, context));
  return found;
}

void say(const Client& client, const Plan& plan, const Found& found, Console& console) {
  for (const std::string& remark : plan.remarks)
    console.notice(remark);
  if (found.target.needs_key && !plan.key_variable.empty()) {
    console.notice("This server needs an API key: set " + plan.key_variable + " to one where " +
                   std::string(client.title) +
                   " is started. `hearth keys inbound create` makes one.");
  }
  if (!found.listens)
    console.notice("Nothing listens at " + found.target.url + " yet: `hearth serve` does.");
}

std::string as_json(const Client& client, const Plan& plan, const Found& found,
                    const std::optional<Change>& change) {
  json::Writer json;
  json.open('{').key("client").text(client.name).key("url").text(found.target.url);
  json.key("listening").boolean(found.listens).key("model").text(found.target.model);
  json.key("needs_key").boolean(found.target.needs_key);
  json.key("key_variable").text(plan.key_variable).key("file").text(plan.file);
  json.key("settings").text(plan.settings).key("applied").boolean(change.has_value());
  json.key("changed").boolean(change && change->changed);
  json.key("backup").text(change ? change->backup : "");
  json.key("remarks").open('[');
  for (const std::string& remark : plan.remarks)
    json.text(remark);
  return json.close(']').close('}').take() + "\n";
}

void show(const Client& client, const Plan& plan, Console& console) {
  console.print(plan.settings);
  if (plan.file.empty()) return;
  console.notice("This belongs into " + plan.file + "; `hearth connect " +
                 std::string(client.name) + " --apply` puts it there.");
}

void tell(const Client& client, const Plan& plan, const Change& change, Console& console) {
  if (!change.changed) return console.print(plan.file + " says so already.\n");
  console.print(plan.file + " now points " + std::string(client.title) + " here.\n");
  if (!change.backup.empty()) console.notice("What was there before is in " + change.backup + ".");
}

Result<int> connect(const Wish& wish, Context& context) {
  const auto all = clients();
  const auto client = std::find_if(all.begin(), all.end(),
                                   [&](const Client& one) { return one.name == wish.client; });
  const Found found = HEARTH_TRY(find_target(wish, context));
  Plan plan = HEARTH_TRY(client->plan(found.target, config::system_environment()));
  if (!plan.rival_file.empty() && std::filesystem::exists(plan.rival_file)) {
    plan.remarks.push_back(std::string(client->title) + " reads " + plan.rival_file +
                           ", too, and what that says wins: look whether it names a model.");
  }
  if (wish.apply && plan.file.empty()) {
    return fail(Code::kInvalidArgument,
                "it is not known where this shell reads what it exports; without --apply the "
                "settings are printed");
  }
  std::optional<Change> change;
  if (wish.apply) change = HEARTH_TRY(change_file(plan.file, plan.merge));
  Console& console = context.console();
  if (wish.json) {
    console.print(as_json(*client, plan, found, change));
    return kExitDone;
  }
  change ? tell(*client, plan, *change, console) : show(*client, plan, console);
  say(*client, plan, found, console);
  return kExitDone;
}

}  // namespace

void add_connect_command(CLI::App& app, Action& chosen) {
  auto wish = std::make_shared<Wish>();
  CLI::App* command = app.add_subcommand("connect", "Point another program at this server");
  std::vector<std::string> names;
  for (const Client& client : clients())
    names.emplace_back(client.name);
  command->add_option("CLIENT", wish->client, "Which program")
      ->required()
      ->check(CLI::IsMember(names));
  command->add_option("--model", wish->model, "What it asks for (default as in `hearth chat`)");
  command->add_flag("--apply", wish->apply,
                    "Write the settings where the program reads them, and keep what was there");
  command->add_flag("--json", wish->json, "Print JSON");
  command->callback(
      [wish, &chosen] { chosen = [wish](Context& context) { return connect(*wish, context); }; });
}

}  // namespace hearth::cli
