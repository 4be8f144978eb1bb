// `hearth rm`: removes models of the store; `hearth gc`: what no model needs.
#include <memory>
#include <optional>

#include <CLI/CLI.hpp>

#include "base/units.h"
#include "cli/command.h"
#include "json/writer.h"

namespace hearth::cli {

namespace {

std::string freed_text(const RemovedFiles& removed) {
  if (removed.files_stay)
    return "its files stay while a model is being pulled; `hearth gc` removes them later";
  if (removed.was_damaged) {
    return "its manifest was damaged, so nobody knows its files: `hearth gc` removes those that no "
           "other model has";
  }
  return base::format_bytes(removed.freed_bytes) + " are free again";
}

void write_removed(json::Writer& json, const RemovedFiles& removed) {
  json.key("files").number(removed.files).key("freed_bytes").number(removed.freed_bytes);
  json.key("files_stay").boolean(removed.files_stay);
  if (removed.was_damaged) json.key("was_damaged").boolean(true);
}

struct Options {
  std::vector<std::string> models;
  bool json = false;
};

void tell_removed(const std::string& model, const RemovedFiles& removed, Console& console) {
  console.notice("'" + model + "' is removed; " + freed_text(removed) + ".");
}

void print_removed(const std::string& model, const RemovedFiles& removed, Console& console) {
  json::Writer json;
  json.open('{').key("model").text(model);
  write_removed(json, removed);
  console.print(json.close('}').take() + "\n");
}

Result<int> remove(const Options& options, Context& context) {
  const DaemonApi daemon = HEARTH_TRY(context.daemon());
  const auto tell = options.json ? print_removed : tell_removed;
  std::optional<Error> failed;  // the last one; the others go on
  for (const std::string& model : options.models) {
    const auto removed = daemon.remove(model);
    if (removed) {
      tell(model, *removed, context.console());
      continue;
    }
    if (failed) context.console().notice(failed->message);
    failed = removed.error();
  }
  if (failed) return fail(*std::move(failed));
  return kExitDone;
}

std::string collected_text(const RemovedFiles& removed) {
  if (removed.files_stay) return "A model is being pulled; try again when that is over.";
  return std::to_string(removed.files) + (removed.files == 1 ? " file" : " files") + " removed; " +
         base::format_bytes(removed.freed_bytes) + " are free again.";
}

Result<int> collect(Format format, Context& context) {
  const DaemonApi daemon = HEARTH_TRY(context.daemon());
  const RemovedFiles removed = HEARTH_TRY(daemon.collect());
  if (format == Format::kJson) {
    json::Writer json;
    write_removed(json.open('{'), removed);
    context.console().print(json.close('}').take() + "\n");
  } else {
    context.console().notice(collected_text(removed));
  }
  return removed.files_stay ? kExitPartial : kExitDone;
}

}  // namespace

void add_rm_command(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("rm", "Remove models that were pulled or made");
  command->add_option("MODEL", options->models, "The models to remove")->required();
  command->add_flag("--json", options->json, "Print a JSON object for each");
  command->callback([options, &chosen] {
    chosen = [options](Context& context) { return remove(*options, context); };
  });
}

void add_gc_command(CLI::App& app, Action& chosen) {
  auto json = std::make_shared<bool>(false);
  CLI::App* command =
      app.add_subcommand("gc", "Remove files that no model needs, interrupted work among them");
  command->add_flag("--json", *json, "Print JSON");
  command->callback([json, &chosen] {
    chosen = [json](Context& context) {
      return collect(*json ? Format::kJson : Format::kText, context);
    };
  });
}

}  // namespace hearth::cli
