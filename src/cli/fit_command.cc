// `hearth fit`: which models suit this machine.
#include <memory>

#include <CLI/CLI.hpp>

#include "base/units.h"
#include "cli/command.h"
#include "cli/show/fields.h"
#include "cli/text_table.h"
#include "json/parse.h"
#include "json/writer.h"

namespace hearth::cli {

namespace {

struct Options {
  std::uint32_t context = 0;
  bool json = false;
};

enum class Use : std::uint8_t { kWriting, kEmbedding };

Use use_of(const AnswerFields& model) {
  const std::string kind = model.text("kind");
  return kind == "chat" || kind == "text" ? Use::kWriting : Use::kEmbedding;
}

std::vector<std::string> row_of(const AnswerFields& model) {
  const bool here = model.flag("installed");
  return {model.text("name"),
          parameters_text(model.number("parameters")),
          base::format_bytes(model.number("size_bytes")),
          grouped(model.number("context")),
          base::format_bytes(model.number("need_bytes")),
          verdict_text(model.text("verdict"), model.number("context")),
          model.flag("loaded") ? "loaded"
          : here               ? "installed"
                               : model.text("get")};
}

std::string table_of(const AnswerFields& list, Use use) {
  const std::string heading = use == Use::kWriting ? "THAT WRITE" : "THAT EMBED OR JUDGE";
  std::vector<std::vector<std::string>> rows{
      {"MODELS " + heading, "PARAMETERS", "SIZE", "CONTEXT", "MEMORY", "HERE IT", "GET IT"}};
  for (const json::Node& node : list.list("models")) {
    const AnswerFields model(node);
    if (use_of(model) == use) rows.push_back(row_of(model));
  }
  return rows.size() > 1 ? text_table(rows) : std::string();
}

Result<int> fit(const Options& options, Context& context) {
  const DaemonApi daemon = HEARTH_TRY(context.daemon());
  json::Writer json;
  json.open('{');
  if (options.context > 0) json.key("context").number(options.context);
  const std::string body = HEARTH_TRY(daemon.inquire("fit", json.close('}').take()));
  Console& console = context.console();
  if (options.json) {
    console.print(body + "\n");
    return kExitDone;
  }
  const auto value = HEARTH_TRY(json::parse(body));
  const AnswerFields list{json::Node(value)};
  console.print(table_of(list, Use::kWriting));
  const std::string others = table_of(list, Use::kEmbedding);
  if (!others.empty()) console.print("\n" + others);
  for (const json::Node& node : list.list("devices")) {
    const AnswerFields device(node);
    const std::uint64_t available = device.number("available_bytes");
    console.notice(available == 0 ? "This system does not tell how much memory there is."
                                  : base::format_bytes(available) + " of " + device.text("name") +
                                        " are available; models are counted with " +
                                        grouped(list.number("context")) + " tokens.");
  }
  for (const std::string& name : list.texts("unread"))
    console.notice("'" + name + "' cannot be read; `hearth show " + name + "` says why.");
  return kExitDone;
}

}  // namespace

void add_fit_command(CLI::App& app, Action& chosen) {
  constexpr std::uint32_t kContextMost = 16 * 1024 * 1024;
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("fit", "Show which models suit this machine");
  command->add_option("--context", options->context, "With so many tokens of context")
      ->check(CLI::Range(1U, kContextMost));
  command->add_flag("--json", options->json, "Print JSON");
  command->callback([options, &chosen] {
    chosen = [options](Context& context) { return fit(*options, context); };
  });
}

}  // namespace hearth::cli
