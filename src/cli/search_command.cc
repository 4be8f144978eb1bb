// `hearth search`: models of the Hugging Face hub that can be pulled.
#include <memory>

#include <CLI/CLI.hpp>

#include "cli/command.h"
#include "cli/show/fields.h"
#include "cli/text_table.h"
#include "json/parse.h"
#include "json/writer.h"
#include "store/source/hub_search.h"

namespace hearth::cli {

namespace {

struct Options {
  std::vector<std::string> words;
  std::uint32_t limit = store::kSearchLimitUsual;
  bool json = false;
};

std::string body_of(const Options& options) {
  std::string words;
  for (const std::string& word : options.words)
    words += (words.empty() ? "" : " ") + word;
  json::Writer json;
  json.open('{').key("words").text(words).key("limit").number(options.limit);
  return json.close('}').take();
}

Result<int> search(const Options& options, Context& context) {
  const DaemonApi daemon = HEARTH_TRY(context.daemon());
  const std::string body = HEARTH_TRY(daemon.inquire("search", body_of(options)));
  if (options.json) {
    context.console().print(body + "\n");
    return kExitDone;
  }
  const auto value = HEARTH_TRY(json::parse(body));
  std::vector<std::vector<std::string>> rows{{"NAME", "DOWNLOADS", "LIKES", "UPDATED", ""}};
  for (const json::Node& node : AnswerFields(json::Node(value)).list("models")) {
    const AnswerFields model(node);
    const std::string updated = model.text("updated");
    rows.push_back({model.text("name"), grouped(model.number("downloads")),
                    grouped(model.number("likes")), updated.empty() ? "-" : updated,
                    model.flag("gated") ? "gated" : ""});
  }
  if (rows.size() == 1) {
    context.console().notice("The hub has no GGUF model for these words.");
    return kExitDone;
  }
  context.console().print(text_table(rows));
  context.console().notice("Get one with `hearth pull NAME`, or NAME:QUANT.");
  return kExitDone;
}

}  // namespace

void add_search_command(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("search", "Search the Hugging Face hub for models");
  command->add_option("WORDS", options->words, "What to search for")->required();
  command->add_option("--limit", options->limit, "So many at most")
      ->check(CLI::Range(1U, store::kSearchLimitMax));
  command->add_flag("--json", options->json, "Print JSON");
  command->callback([options, &chosen] {
    chosen = [options](Context& context) { return search(*options, context); };
  });
}

}  // namespace hearth::cli
