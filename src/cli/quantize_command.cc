// `hearth quantize`: the same model with smaller weights, or other ones.
#include <filesystem>
#include <limits>
#include <memory>
#include <thread>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/units.h"
#include "cli/command.h"
#include "cli/first_use.h"
#include "cli/placing.h"
#include "cli/quantize/left_out.h"
#include "cli/quantize/plan.h"
#include "cli/quantize/work_folder.h"
#include "cli/runner_work.h"
#include "cli/status_line.h"
#include "config/runners.h"
#include "json/node.h"
#include "json/parse.h"
#include "json/writer.h"

namespace hearth::cli {

namespace {

using quantize::Plan;
using quantize::Wishes;
using quantize::WorkFolder;

// What the runner has told so far.
struct Told {
  std::int64_t number = 0, of = 0;  // of tensors
  std::int64_t bytes = 0;           // of the result; 0 until it is there
  std::string error;
};

Result<std::int64_t> count_in(const json::Node& root, std::string_view name) {
  const json::Node node = HEARTH_TRY(root.require(name));
  return node.integer(0, std::numeric_limits<std::int64_t>::max());
}

Result<std::string> text_in(const json::Node& root, std::string_view name) {
  const json::Node node = HEARTH_TRY(root.require(name));
  return std::string(HEARTH_TRY(node.text()));
}

Result<void> take(std::string_view line, Told& told) {
  const auto document = HEARTH_TRY(json::parse(line));
  const json::Node root(document);
  const std::string event = HEARTH_TRY(text_in(root, "event"));
  if (event == "tensor") {
    told.number = HEARTH_TRY(count_in(root, "number"));
    told.of = HEARTH_TRY(count_in(root, "of"));
  } else if (event == "finished") {
    told.bytes = HEARTH_TRY(count_in(root, "bytes"));
  } else if (event == "failed") {
    told.error = HEARTH_TRY(text_in(root, "error"));
    const std::size_t last = told.error.rfind(": ");  // behind llama.cpp's functions
    if (last != std::string::npos) told.error.erase(0, last + 2);
  }
  return {};
}

class Session {
 public:
  Session(const Wishes& wishes, const Plan& plan, Console& console)
      : wishes_(wishes),
        plan_(plan),
        console_(console),
        line_(console, wishes.json ? DisplayStyle::kSilent
                                   : display_style(console, config::system_environment())) {}

  Result<int> run(const std::string& runner) {
    const WorkFolder folder = HEARTH_TRY(WorkFolder::make(plan_));
    line_.say(fmt::format("Making {} of '{}' ({}, {}).", plan_.type, plan_.source,
                          plan_.source_type, base::format_bytes(plan_.source_bytes)));
    if (!wishes_.json && !plan_.left_out.empty())
      console_.notice(quantize::left_out_text(plan_.left_out, plan_.source, known_as()));
    Work work{runner, {"--quantize", std::to_string(plan_.type_number)}};
    if (wishes_.again) work.arguments.emplace_back("--again");
    const auto threads =
        wishes_.threads > 0 ? wishes_.threads : std::thread::hardware_concurrency();
    work.arguments.insert(work.arguments.end(), {folder.out(), std::to_string(threads)});
    for (const std::string& file : folder.files())
      work.arguments.push_back(file);
    Interrupt interrupt;
    const WorkEars ears{[this](std::string_view line) { hear(line); },
                        [this](std::string_view line) { console_.notice(std::string(line)); },
                        [] {}, [this] { return console_.is_gone(); }};
    const WorkEnd end = HEARTH_TRY(run_work(work, interrupt, ears));
    line_.clear();
    if (end.was_stopped) {
      console_.notice("Stopped. Nothing is left of it.");
      return kExitCancelled;
    }
    HEARTH_TRY(check(end));
    HEARTH_TRY(put_in_place(folder.out(), plan_.target));
    console_.print(wishes_.json ? json_result() : text_result());
    return kExitDone;
  }

 private:
  void hear(std::string_view line) {
    if (wishes_.json) console_.print(std::string(line) + "\n");
    if (!take(line, told_)) return;
    if (told_.of == 0 || !line_.is_due()) return;
    const double share = static_cast<double>(told_.number) / static_cast<double>(told_.of);
    const std::string figure = fmt::format("{} of {} tensors", told_.number, told_.of);
    if (line_.has_bar()) {
      line_.draw(progress_line("quantizing", share, {figure}, line_.columns()));
    } else {
      line_.tell("quantizing, " + figure);
    }
  }

  Result<void> check(const WorkEnd& end) const {
    if (end.status.is_success() && told_.bytes > 0) return {};
    if (!told_.error.empty()) return fail(Code::kUpstream, "it did not work: " + told_.error);
    return fail(Code::kEngineCrashed, "the runner ended by itself (" + end.status.to_string() +
                                          "); the model's file may be damaged: `hearth verify`");
  }

  std::string known_as() const { return plan_.name.empty() ? plan_.target : plan_.name; }

  std::string json_result() const {
    json::Writer json;
    json.open('{').key("event").text("installed").key("model").text(known_as());
    json.key("path").text(plan_.target).key("size_bytes").number(told_.bytes);
    if (!plan_.left_out.empty()) {
      json.key("left_out").open('[');
      for (const std::string& each : plan_.left_out)
        json.text(each);
      json.close(']');
    }
    return json.close('}').take() + "\n";
  }

  std::string text_result() const {
    return fmt::format("'{}' is ready ({}, {}): {}\n", known_as(), plan_.type,
                       base::format_bytes(static_cast<std::uint64_t>(told_.bytes)),
                       first_use_of(known_as(), gguf::kind_name(plan_.kind)));
  }

  const Wishes& wishes_;
  const Plan& plan_;
  Console& console_;
  StatusLine line_;
  Told told_;
};

Result<int> quantise(const Wishes& wishes, Context& context) {
  const config::Home home = HEARTH_TRY(context.home());
  const config::Settings settings = HEARTH_TRY(context.settings());
  const auto runner = HEARTH_TRY(config::own_runner(settings, config::read_cpu()));
  const auto aliases = HEARTH_TRY(store::Aliases::load(home.aliases_file()));
  const Plan plan =
      HEARTH_TRY(make_plan(wishes, context.wiring().catalog(home, settings), aliases));
  return Session(wishes, plan, context.console()).run(runner.path);
}

}  // namespace

void add_quantize_command(CLI::App& app, Action& chosen) {
  auto wishes = std::make_shared<Wishes>();
  CLI::App* command = app.add_subcommand("quantize", "Make a smaller type of a model's weights");
  command->add_option("MODEL", wishes->model, "The model: a name, or a GGUF file")->required();
  command->add_option("TYPE", wishes->type, "One of " + quantize::type_names())->required();
  command->add_option("--name", wishes->name,
                      "What the new model is called; MODEL-TYPE if not given");
  command->add_option("--out", wishes->out, "Its file, instead of one in the models folder");
  command->add_option("--threads", wishes->threads, "That compute; all cores if not given");
  command->add_flag("--requantize", wishes->again, "Also round weights that are rounded already");
  command->add_flag("--force", wishes->force, "Replace what has the name, or is at --out");
  command->add_flag("--json", wishes->json, "Print what happens as lines of JSON");
  command->callback([wishes, &chosen] {
    chosen = [wishes](Context& context) { return quantise(*wishes, context); };
  });
}

}  // namespace hearth::cli
