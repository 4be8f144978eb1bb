// `hearth ps`: the models that are loaded now. It starts no daemon: none means nothing is.
#include <memory>

#include <CLI/CLI.hpp>

#include "base/units.h"
#include "cli/command.h"
#include "cli/model_stats.h"
#include "cli/neighbours.h"
#include "cli/text_table.h"
#include "json/writer.h"
#include "store/holder_words.h"

namespace hearth::cli {

namespace {

void write_kinds(json::Writer& json, const MemoryKinds& kinds) {
  json.key("planned").open('{').key("weight_bytes").number(kinds.planned_weights);
  json.key("kv_bytes").number(kinds.planned_kv);
  json.key("compute_bytes").number(kinds.planned_compute);
  json.key("program_bytes").number(kinds.planned_program).close('}');
  json.key("used").open('{').key("mapped_bytes").number(kinds.mapped);
  json.key("anonymous_bytes").number(kinds.anonymous).close('}');
}

void write_expected(json::Writer& json, const std::vector<ExpectedModel>& models) {
  json.key("expected").open('[');
  for (const ExpectedModel& model : models) {
    json.open('{').key("model").text(model.model).key("size_bytes").number(model.size_bytes);
    json.key("read_bytes").number(model.read_bytes).close('}');
  }
  json.close(']');
}

std::string as_json(const DaemonModels& models, const std::optional<Neighbour>& ollama) {
  json::Writer json;
  json.open('{').key("loaded").open('[');
  for (const LoadedModel& model : models.loaded) {
    json.open('{').key("model").text(model.model).key("state").text(model.state);
    json.key("pid").number(model.pid).key("resident_bytes").number(model.resident_bytes);
    json.key("reserved_bytes").number(model.reserved_bytes);
    write_kinds(json, model.kinds);
    json.key("pinned").boolean(model.pinned).key("lowered").text(model.lowered);
    json.key("context").number(model.context);
    json.key("threads").number(model.threads);
    json.key("requests_running").number(model.requests_running);
    json.key("restarts").number(model.restarts).key("last_used_ms").number(model.last_used_ms);
    json.key("cpu_wait_ms").number(model.cpu_wait_ms);
    json.key("cpu_wait_longest_ms").number(model.cpu_wait_longest_ms);
    json.key("runner").text(model.runner).close('}');
  }
  json.close(']');
  json.key("memory").open('{').key("budget_bytes").number(models.room.budget_bytes);
  json.key("reserved_bytes").number(models.room.reserved_bytes).close('}');
  json.key("waiting").open('{').key("requests").number(models.room.waiting_requests);
  json.key("bytes").number(models.room.waiting_bytes).close('}');
  if (!models.heat.empty()) json.key("heat").text(models.heat);
  if (!models.expected.empty()) write_expected(json, models.expected);
  if (ollama) {
    json.key("neighbours").open('{').key("ollama").open('{').key("url").text(ollama->url);
    json.key("version").text(ollama->version).key("loaded");
    write_neighbour_models(json, ollama->loaded);
    json.close('}').close('}');
  }
  return json.close('}').take() + "\n";
}

std::string state_words(const LoadedModel& model) {
  return model.state + (model.pinned ? ", pinned" : "") +
         (model.lowered.empty() ? "" : ", lowered");
}

// Why models are smaller than they were meant to be.
void tell_lowered(const std::vector<LoadedModel>& models, Console& console) {
  for (const LoadedModel& model : models) {
    if (model.lowered.empty()) continue;
    console.notice("There was not enough memory for '" + model.model + "', which has " +
                   model.lowered + ".");
  }
}

void tell_heat(const std::string& heat, Console& console) {
  if (heat.empty() || heat == "none") return;
  console.notice(std::string("The machine is ") + (heat == "critical" ? "very " : "") +
                 "hot, so models compute with fewer threads" +
                 (heat == "critical" ? " and no further ones are loaded." : "."));
}

void tell_room(const DaemonRoom& room, Console& console) {
  const auto bytes = [](std::int64_t count) {
    return base::format_bytes(static_cast<std::uint64_t>(count));
  };
  if (room.budget_bytes > 0) {
    console.notice("Models have " + bytes(room.reserved_bytes) + " of the " +
                   bytes(room.budget_bytes) + " that they may have.");
  }
  if (room.waiting_requests > 0)
    console.notice(std::to_string(room.waiting_requests) + " requests wait for their first word.");
}

// What Ollama holds takes from the same memory.
std::string as_table(const DaemonModels& models, const std::vector<NeighbourModel>& of_ollama) {
  std::vector<std::vector<std::string>> rows{{"MODEL", "STATE", "MEMORY", "RESERVED", "CONTEXT",
                                              "RUNNING", "RESTARTS", "LAST USED", "PID"}};
  for (const LoadedModel& model : models.loaded) {
    rows.push_back({model.model, state_words(model), base::format_bytes(model.resident_bytes),
                    base::format_bytes(model.reserved_bytes), std::to_string(model.context),
                    std::to_string(model.requests_running), std::to_string(model.restarts),
                    time_text(model.last_used_ms), std::to_string(model.pid)});
  }
  for (const ExpectedModel& model : models.expected)
    rows.push_back({model.model, "comes next"});
  for (const NeighbourModel& model : of_ollama) {
    rows.push_back({std::string(store::kOllamaPrefix) + model.name, "in Ollama",
                    base::format_bytes(model.size_bytes)});
  }
  return text_table(rows);
}

// What every model that is loaded has done: with the figures of its steps and answers.
Result<int> show_stats(Format format, Context& context) {
  const auto daemon = HEARTH_TRY(context.running_daemon());
  std::string listed;
  if (daemon) {
    for (const LoadedModel& model : HEARTH_TRY(daemon->models()).loaded) {
      if (model.state != "ready") continue;
      const std::string stats = HEARTH_TRY(daemon->stats_json(model.model));
      if (format == Format::kJson) {
        listed += (listed.empty() ? "" : ",") + stats;
      } else {
        listed += (listed.empty() ? "" : "\n") + HEARTH_TRY(model_stats_text(stats));
      }
    }
  }
  if (format == Format::kJson) {
    context.console().print("{\"loaded\":[" + listed + "]}\n");
  } else if (listed.empty()) {
    context.console().notice(daemon ? "No model is ready." : "No daemon runs, so none is loaded.");
  } else {
    context.console().print(listed);
  }
  return kExitDone;
}

Result<int> show(Format format, Context& context) {
  const auto daemon = HEARTH_TRY(context.running_daemon());
  DaemonModels models;
  std::optional<Neighbour> ollama;
  if (daemon) {
    models = HEARTH_TRY(daemon->models());
    ollama = find_ollama(*daemon);
  }
  const bool is_empty =
      models.loaded.empty() && models.expected.empty() && (!ollama || ollama->loaded.empty());
  if (format == Format::kJson) {
    context.console().print(as_json(models, ollama));
  } else if (is_empty) {
    context.console().notice(daemon ? "No model is loaded." : "No daemon runs, so none is loaded.");
  } else {
    context.console().print(
        as_table(models, ollama ? ollama->loaded : std::vector<NeighbourModel>()));
    tell_room(models.room, context.console());
    tell_lowered(models.loaded, context.console());
    tell_heat(models.heat, context.console());
  }
  return kExitDone;
}

}  // namespace

void add_ps_command(CLI::App& app, Action& chosen) {
  auto json = std::make_shared<bool>(false);
  auto stats = std::make_shared<bool>(false);
  CLI::App* command = app.add_subcommand("ps", "Show the models that are loaded now");
  command->add_flag("--json", *json, "Print JSON");
  command->add_flag("--stats", *stats, "Show what each has done and how long its steps took");
  command->callback([json, stats, &chosen] {
    chosen = [json, stats](Context& context) {
      const Format format = *json ? Format::kJson : Format::kText;
      return *stats ? show_stats(format, context) : show(format, context);
    };
  });
}

}  // namespace hearth::cli
