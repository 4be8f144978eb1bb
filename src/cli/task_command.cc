// `hearth task`: a task done by planner, critic and executor, watched while it is done; and what
// was done before.
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "base/fd.h"
#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/line_reader.h"
#include "cli/task/task_fields.h"
#include "cli/task/task_view.h"
#include "cli/text_table.h"
#include "json/parse.h"
#include "json/writer.h"

namespace hearth::cli {

namespace {

constexpr int kExitRefused = 4;
constexpr std::size_t kTaskBytesMost = 64UL * 1024;
constexpr std::size_t kPlanBytesMost = 256UL * 1024;
constexpr std::size_t kTitleBytes = 60;

struct Options {
  std::string task;
  std::string workspace = ".";
  std::string mode = "auto";
  std::string approve;
  std::string planner, critic, executor;
  std::string plan;  // a file
  bool json = false;
};

Result<std::string> absolute(const std::string& path) {
  if (path.empty() || path.front() == '/') return path;
  std::unique_ptr<char, decltype(&::free)> found(::realpath(path.c_str(), nullptr), &::free);
  if (!found) return fail(Code::kNotFound, "there is no folder '" + path + "'");
  return std::string(found.get());
}

Result<std::string> request_body(const Options& options) {
  const std::string workspace = HEARTH_TRY(absolute(options.workspace));
  json::Writer json;
  json.open('{').key("task").text(options.task).key("mode").text(options.mode);
  json.key("workspace").text(workspace);
  if (!options.approve.empty()) json.key("approve").text(options.approve);
  json.key("roles").open('{').key("planner").text(options.planner);
  json.key("critic").text(options.critic).key("executor").text(options.executor).close('}');
  if (!options.plan.empty()) {
    const std::string plan = HEARTH_TRY(base::load_text_file(options.plan, kPlanBytesMost));
    HEARTH_TRY(json::parse(plan));
    json.key("plan").verbatim(plan);
  }
  return json.close('}').take();
}

Result<std::string> required_in(std::string_view reply, std::string_view key) {
  const auto value = HEARTH_TRY(json::parse(reply));
  const json::Node root(value);
  const json::Node field = HEARTH_TRY(root.require(key));
  return std::string(HEARTH_TRY(field.text()));
}
Result<std::string> id_in(std::string_view reply) {
  return required_in(reply, "id");
}

std::string answer_body(std::int64_t approval, bool granted, std::string_view answer) {
  json::Writer json;
  json.open('{').key("approval").number(approval).key("approve").boolean(granted);
  return json.key("answer").text(answer).close('}').take();
}

// What the person at the terminal says.
Result<std::string> answer_of_person(const TaskQuestion& question, Console& console,
                                     Interrupt& interrupt) {
  console.notice(question.text);
  LineReader reader(console, interrupt);
  const LineReader::Line line =
      HEARTH_TRY(reader.read(question.about == "question" ? "> " : "yes or no? "));
  if (line.kind != LineReader::Kind::kText) {
    return fail(Code::kCancelled, "the task waits; `hearth task approve` answers it");
  }
  const std::string& said = line.text;
  if (question.about == "question") return answer_body(question.approval, !said.empty(), said);
  return answer_body(question.approval, said == "y" || said == "yes", "");
}

// Watches until it is over; whoever can be asked is.
Result<int> watch(const DaemonApi& daemon, const std::string& id, Format format, Context& context) {
  Console& console = context.console();
  Interrupt interrupt;
  TaskView view(console, format);
  while (!view.exit_code()) {
    const std::string target =
        fmt::format("/hearth/v1/tasks/{}/events?after={}", id, view.last_event());
    const auto followed = daemon.follow_events(
        target,
        [&](const SseEvent& event) -> Result<void> {
          HEARTH_TRY(view.show(event));
          if (view.question() || view.exit_code() || view.is_paused())
            return fail(Code::kCancelled, "enough");
          if (console.is_gone()) return fail(Code::kCancelled, "nobody reads");
          return {};
        },
        interrupt.fd());
    if (view.exit_code()) break;
    if (interrupt.take() != 0) {
      HEARTH_TRY(daemon.task("POST", "/" + id + "/cancel"));
      console.notice("Cancelling …");
      continue;
    }
    if (view.is_paused()) {
      const std::string sheet = HEARTH_TRY(daemon.task("GET", "/" + id));
      if (HEARTH_TRY(required_in(sheet, "status")) == "paused") return kExitRefused;
      continue;
    }
    if (view.question()) {
      if (!console.input_is_terminal() || format == Format::kJson) {
        console.notice(
            fmt::format("{}\nThe task waits: `hearth task approve {}` or `hearth task "
                        "approve {} --deny`.",
                        view.question()->text, id, id));
        return kExitRefused;
      }
      const std::string body = HEARTH_TRY(answer_of_person(*view.question(), console, interrupt));
      HEARTH_TRY(daemon.task("POST", "/" + id + "/approve", body));
      continue;
    }
    if (console.is_gone()) return kExitDone;
    HEARTH_TRY(followed);
    // The stream has ended and the task has not: somebody paused it, or the daemon left.
    console.notice(
        fmt::format("Nobody works at the task just now; `hearth task resume {}` goes on.", id));
    return kExitPartial;
  }
  return *view.exit_code();
}

Result<int> do_task(const Options& options, Context& context) {
  Options wished = options;
  if (wished.task.empty() && !context.console().input_is_terminal()) {
    wished.task = HEARTH_TRY(read_all(context.console().input(), kTaskBytesMost));
  }
  if (wished.task.empty()) {
    return fail(Code::kInvalidArgument, "say what is to be done: hearth task \"…\"");
  }
  const DaemonApi daemon = HEARTH_TRY(context.daemon());
  const std::string body = HEARTH_TRY(request_body(wished));
  const std::string reply = HEARTH_TRY(daemon.task("POST", "", body));
  const std::string id = HEARTH_TRY(id_in(reply));
  return watch(daemon, id, options.json ? Format::kJson : Format::kText, context);
}

Result<int> list(Format format, Context& context) {
  const DaemonApi daemon = HEARTH_TRY(context.daemon());
  const std::string reply = HEARTH_TRY(daemon.task("GET", ""));
  if (format == Format::kJson) {
    context.console().print(reply + "\n");
    return kExitDone;
  }
  const auto value = HEARTH_TRY(json::parse(reply));
  const json::Node root(value);
  const json::Node tasks = HEARTH_TRY(root.require("tasks"));
  std::vector<std::vector<std::string>> rows{{"ID", "STATUS", "MADE", "TASK"}};
  for (const json::Node& one : HEARTH_TRY(tasks.elements())) {
    rows.push_back({text_in(one, "id"), text_in(one, "status"),
                    time_text(number_in(one, "made_ms")),
                    one_line(text_in(one, "task")).substr(0, kTitleBytes)});
  }
  context.console().print(text_table(rows));
  return kExitDone;
}

Result<int> show(const std::string& id, Format format, Context& context) {
  const DaemonApi daemon = HEARTH_TRY(context.daemon());
  if (format == Format::kText) return watch(daemon, id, format, context);
  context.console().print(HEARTH_TRY(daemon.task("GET", "/" + id)) + "\n");
  return kExitDone;
}

// However it was paused.
Result<int> resume(const std::string& id, const std::string& body, Context& context) {
  const DaemonApi daemon = HEARTH_TRY(context.daemon());
  HEARTH_TRY(daemon.task("POST", "/" + id + "/resume", body));
  return watch(daemon, id, Format::kText, context);
}

Result<int> change(const std::string& id, const std::string& verb, Context& context) {
  const DaemonApi daemon = HEARTH_TRY(context.daemon());
  const std::string reply = HEARTH_TRY(daemon.task("POST", "/" + id + "/" + verb));
  const std::string changed = HEARTH_TRY(id_in(reply));
  if (verb == "retry") return watch(daemon, changed, Format::kText, context);
  context.console().notice(verb == "pause" ? "It pauses." : "It is called off.");
  return kExitDone;
}

struct Approval {
  std::string id;
  bool deny = false;
  std::string answer;
};

Result<int> approve(const Approval& approval, Context& context) {
  const DaemonApi daemon = HEARTH_TRY(context.daemon());
  const std::string body = answer_body(0, !approval.deny, approval.answer);
  HEARTH_TRY(daemon.task("POST", "/" + approval.id + "/approve", body));
  return watch(daemon, approval.id, Format::kText, context);
}

Result<int> fork(const std::string& id, std::int64_t events, Context& context) {
  const DaemonApi daemon = HEARTH_TRY(context.daemon());
  json::Writer body;
  body.open('{').key("events").number(events).close('}');
  const std::string reply = HEARTH_TRY(daemon.task("POST", "/" + id + "/fork", body.take()));
  const std::string forked = HEARTH_TRY(id_in(reply));
  return watch(daemon, forked, Format::kText, context);
}

struct Verb {
  const char* name;
  const char* does;
};
constexpr Verb kVerbs[] = {{"pause", "Stop working at a task until it is resumed"},
                           {"cancel", "Call a task off"},
                           {"retry", "Do a task again from the beginning, as a new one"}};

void add_listing(CLI::App& parent, Action& chosen) {
  auto json = std::make_shared<bool>(false);
  CLI::App* list_command = parent.add_subcommand("list", "The tasks, the latest first");
  list_command->add_flag("--json", *json, "Print JSON");
  list_command->callback([json, &chosen] {
    chosen = [json](Context& context) {
      return list(*json ? Format::kJson : Format::kText, context);
    };
  });
  auto id = std::make_shared<std::string>();
  CLI::App* show_command = parent.add_subcommand("show", "Show a task, and watch it to its end");
  show_command->add_option("ID", *id, "The task")->required();
  show_command->add_flag("--json", *json, "Print what it is now, as JSON");
  show_command->callback([id, json, &chosen] {
    chosen = [id, json](Context& context) {
      return show(*id, *json ? Format::kJson : Format::kText, context);
    };
  });
}

void add_changes(CLI::App& parent, Action& chosen) {
  for (const Verb& verb : kVerbs) {
    auto id = std::make_shared<std::string>();
    CLI::App* command = parent.add_subcommand(verb.name, verb.does);
    command->add_option("ID", *id, "The task")->required();
    command->callback([id, name = std::string(verb.name), &chosen] {
      chosen = [id, name](Context& context) { return change(*id, name, context); };
    });
  }
  auto resumed = std::make_shared<std::pair<std::string, bool>>();
  CLI::App* resuming =
      parent.add_subcommand("resume", "Go on with a task that was interrupted or paused");
  resuming->add_option("ID", resumed->first, "The task")->required();
  resuming->add_flag("--force", resumed->second,
                     "Even if its tools are others than when it was begun");
  resuming->callback([resumed, &chosen] {
    chosen = [resumed](Context& context) {
      return resume(resumed->first, resumed->second ? R"({"force":true})" : "{}", context);
    };
  });
  auto approval = std::make_shared<Approval>();
  CLI::App* approving = parent.add_subcommand("approve", "Answer what a task waits for");
  approving->add_option("ID", approval->id, "The task")->required();
  approving->add_flag("--deny", approval->deny, "Do not allow it");
  approving->add_option("--answer", approval->answer, "What is said to its question");
  approving->callback([approval, &chosen] {
    chosen = [approval](Context& context) { return approve(*approval, context); };
  });
  auto forked = std::make_shared<std::pair<std::string, std::int64_t>>();
  CLI::App* forking =
      parent.add_subcommand("fork", "A new task that goes on from an event of another");
  forking->add_option("ID", forked->first, "The task")->required();
  forking->add_option("--after", forked->second, "The number of the event")->required();
  forking->callback([forked, &chosen] {
    chosen = [forked](Context& context) { return fork(forked->first, forked->second, context); };
  });
}

}  // namespace

void add_task_command(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("task", "Have a task planned, criticised and done, with tools");
  command->require_subcommand(0, 1);
  command->add_option("TASK", options->task,
                      "What is to be done; without it, it is read from stdin");
  command->add_option("--workspace", options->workspace,
                      "The folder that its tools work in (default: this one)");
  command
      ->add_option("--mode", options->mode,
                   "auto: simple tasks without a plan; direct: never one; strict: always one, "
                   "and the critic sees the answer too")
      ->check(CLI::IsMember({"auto", "direct", "strict"}));
  command
      ->add_option("--approve", options->approve,
                   "What tools may do without being asked for: auto, ask or deny")
      ->check(CLI::IsMember({"auto", "ask", "deny"}));
  command->add_option("--planner", options->planner, "The model that plans; `none` is nobody");
  command->add_option("--critic", options->critic, "The model that criticises; `none` is nobody");
  command->add_option("--executor", options->executor, "The model that does the steps");
  command->add_option("--plan", options->plan,
                      "A file with a plan to begin with, as docs/formats/plan.md has it");
  command->add_flag("--json", options->json, "Print every event as a line of JSON");
  add_listing(*command, chosen);
  add_changes(*command, chosen);
  command->callback([options, command, &chosen] {
    if (!command->get_subcommands().empty()) return;
    chosen = [options](Context& context) { return do_task(*options, context); };
  });
}

}  // namespace hearth::cli
