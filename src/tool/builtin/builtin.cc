#include "tool/builtin/builtin.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <stdlib.h>

#include "base/nearest.h"
#include "process/sandbox.h"
#include "tool/builtin/small_tools.h"
#include "tool/held/acts.h"
#include "tool/held/beneath.h"
#include "tool/held/child.h"
#include "tool/held/held_run.h"

namespace hearth::tool {

namespace {

constexpr std::chrono::seconds kFileTime{30};

// A tool that runs in a process of its own.
class HeldTool final : public Tool {
 public:
  HeldTool(Spec spec, held::Holding holding)
      : Tool(std::move(spec)), holding_(std::move(holding)) {}
  Outcome run(const Work& work) const override { return held::run_held(holding_, spec(), work); }

 private:
  const held::Holding holding_;
};

// An object of texts, all of which are required but the last where it is `optional`.
struct Argument {
  const char* name;
  const char* description;
  const char* limits = "";     // further members of its schema
  const char* required = "y";  // empty: it may be left out
};
std::string schema_of(const std::vector<Argument>& arguments) {
  std::string required;
  std::string properties;
  for (const Argument& one : arguments) {
    if (*one.required != '\0')
      required += fmt::format(R"({}"{}")", required.empty() ? "" : ",", one.name);
    properties += fmt::format(R"({}"{}":{{"type":"string","description":"{}"{}}})",
                              properties.empty() ? "" : ",", one.name, one.description, one.limits);
  }
  return fmt::format(R"({{"type":"object","additionalProperties":false,"required":[{}],)"
                     R"("properties":{{{}}}}})",
                     required, properties);
}

constexpr const char* kPathLimits = R"(,"minLength":1,"maxLength":1024)";
// Of what becomes one argument of a program, which the kernel bounds.
constexpr const char* kCommandLimits = R"(,"minLength":1,"maxLength":30000)";
const Argument kPath{"path", "Path of the file", kPathLimits};

std::vector<Spec> file_specs() {
  const auto spec = [](const char* name, const char* description,
                       const std::vector<Argument>& arguments, Effect effect) {
    Spec one{.name = name, .description = description, .parameters = schema_of(arguments)};
    one.effect = effect;
    one.time_limit = kFileTime;
    one.path_argument = "path";
    return one;
  };
  return {
      spec("read_file", "Reads a text file.", {kPath}, Effect::kPure),
      spec("write_file", "Writes a text to a file, in place of what it held.",
           {kPath, {"text", "What to write"}}, Effect::kIdempotent),
      spec("append_file", "Adds a line at the end of a file.", {kPath, {"line", "The line"}},
           Effect::kIrreversible),
      spec("list_files", "Lists the files of a folder.",
           {{"path", "The folder; . is the workspace", kPathLimits}}, Effect::kPure),
      spec("search_files", "Finds the lines of files that contain a text.",
           {{"text", "What to look for", R"(,"minLength":1,"maxLength":1000)"},
            {"path", "Where to look; all files without it", kPathLimits, ""}},
           Effect::kPure),
      spec("delete_file", "Deletes a file.", {kPath}, Effect::kIrreversible),
  };
}

std::vector<Spec> command_specs(const BuiltinOptions& options) {
  std::vector<Spec> specs{
      {.name = "run_command",
       .description = "Runs a command in the shell, in the workspace and without a network.",
       .parameters = schema_of({{"command", "The command line", kCommandLimits}}),
       .effect = Effect::kIrreversible}};
  if (!held::find_python().empty()) {
    specs.push_back({.name = "run_python",
                     .description = "Runs Python code, in the workspace and without a network.",
                     .parameters = schema_of(
                         {{"code", "The program; what it prints is the result", kCommandLimits}}),
                     .effect = Effect::kIrreversible});
  }
  for (Spec& spec : specs)
    spec.time_limit = options.time_limit;
  return specs;
}

bool is_within(const std::string& path, const std::string& folder) {
  return path == folder || path.starts_with(folder == "/" ? folder : folder + "/");
}

// The folder as the system knows it, without links in its path.
Result<std::string> resolved(const std::string& path) {
  char* const real = ::realpath(path.c_str(), nullptr);
  if (real == nullptr)
    return fail(base::errno_error(errno, "cannot use '" + path + "' as a workspace", path));
  std::string text = real;
  ::free(real);
  return text;
}

Result<std::string> check_workspace(const BuiltinOptions& options) {
  if (options.workspace.empty()) return std::string();
  const std::string workspace = HEARTH_TRY(resolved(options.workspace));
  HEARTH_TRY(held::open_folder(workspace));
  std::vector<std::string> guarded = options.guarded;
  guarded.push_back(options.scratch);
  for (const std::string& folder : guarded) {
    const std::string real = resolved(folder).value_or(folder);
    if (!is_within(real, workspace)) continue;
    return fail(Code::kInvalidArgument,
                fmt::format("'{}' cannot be a workspace: tools would reach Hearth's own folder "
                            "'{}'; name a folder for the work alone",
                            workspace, real));
  }
  return workspace;
}

held::Holding holding_of(const BuiltinOptions& options, const std::string& workspace) {
  return {options.executable, workspace, options.scratch, options.limits};
}

Result<std::vector<std::unique_ptr<Tool>>> all_tools(const BuiltinOptions& options,
                                                     const std::string& workspace) {
  std::vector<std::unique_ptr<Tool>> tools;
  tools.push_back(calculator_tool());
  tools.push_back(date_tool());
  if (options.ask) tools.push_back(question_tool(options.ask));
  if (!options.hosts.empty()) tools.push_back(page_tool(options));
  if (workspace.empty()) return tools;
  std::vector<Spec> specs = file_specs();
  std::ranges::move(command_specs(options), std::back_inserter(specs));
  for (Spec& spec : specs) {
    spec.output_bytes_max = options.output_bytes_max;
    tools.push_back(std::make_unique<HeldTool>(std::move(spec), holding_of(options, workspace)));
  }
  return tools;
}

// Every tool there may be, whatever is set up just now.
constexpr std::string_view kNames[] = {"append_file", "ask_user",   "calculator",   "delete_file",
                                       "fetch_page",  "get_date",   "list_files",   "read_file",
                                       "run_command", "run_python", "search_files", "write_file"};

Result<void> check_left_out(const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    if (std::ranges::find(kNames, name) != std::end(kNames)) continue;
    const std::string_view meant = base::nearest(name, kNames);
    return fail(Code::kInvalidArgument,
                fmt::format("there is no tool '{}' to be left out{}", name,
                            meant.empty() ? "" : fmt::format("; did you mean '{}'?", meant)));
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Toolbox>> make_toolbox(const BuiltinOptions& options) {
  HEARTH_TRY(check_left_out(options.left_out));
  const std::string workspace = HEARTH_TRY(check_workspace(options));
  auto toolbox = std::make_unique<Toolbox>(workspace);
  for (std::unique_ptr<Tool>& tool : HEARTH_TRY(all_tools(options, workspace))) {
    const std::string& name = tool->spec().name;
    if (std::ranges::find(options.left_out, name) != options.left_out.end()) continue;
    HEARTH_TRY(toolbox->add(std::move(tool)));
  }
  return toolbox;
}

Result<std::string> holding_words(const BuiltinOptions& options) {
  const std::string workspace = HEARTH_TRY(check_workspace(options));
  held::Request request{"run_command", "{}", workspace, workspace, options.limits};
  const auto sandbox = HEARTH_TRY(process::Sandbox::prepare(held::policy_of(request)));
  if (!sandbox.holds_files_and_calls())
    return fail(Code::kUnavailable, "nothing holds commands here: " + sandbox.description());
  return sandbox.description() + ", one process group";
}

}  // namespace hearth::tool
