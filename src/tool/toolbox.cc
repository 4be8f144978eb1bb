#include "tool/toolbox.h"

#include <utility>

#include <fmt/format.h>

#include "base/mutex.h"
#include "base/nearest.h"
#include "base/utf8.h"
#include "constraint/document_check.h"
#include "json/parse.h"
#include "tool/held/beneath.h"
#include "tool/workspace_path.h"

namespace hearth::tool {

namespace {

constexpr json::Limits kArgumentLimits{.bytes = kArgumentsBytesMax, .depth = 32, .values = 10'000};
constexpr std::size_t kNameBytesMax = 64;

bool is_name(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  for (const char c : name) {
    if (!fits(c)) return false;
  }
  return !name.empty() && name.size() <= kNameBytesMax;
}

}  // namespace

struct Toolbox::Entry {
  Entry(std::unique_ptr<Tool> one, constraint::DocumentCheck arguments)
      : tool(std::move(one)), check(std::move(arguments)) {}

  Result<std::vector<constraint::Problem>> problems(const boost::json::value& arguments) {
    const base::Lock lock(mutex);
    return check.problems(arguments);
  }

  const std::unique_ptr<Tool> tool;
  base::Mutex mutex;
  constraint::DocumentCheck check GUARDED_BY(mutex);
};

// A call as it was understood.
struct Toolbox::Reading {
  Entry* entry = nullptr;
  boost::json::value arguments;
  std::vector<std::string> problems;
  std::string path;  // as path_of_names() writes it; empty where the tool takes none
};

Toolbox::Toolbox(std::string workspace) : workspace_(std::move(workspace)) {}
Toolbox::~Toolbox() = default;

Result<void> Toolbox::add(std::unique_ptr<Tool> tool) {
  const Spec& spec = tool->spec();
  if (!is_name(spec.name)) {
    return fail(Code::kInvalidArgument,
                fmt::format("'{}' is no name of a tool: it has letters of a to z, digits and _",
                            spec.name));
  }
  if (entries_.contains(spec.name))
    return fail(Code::kAlreadyExists, fmt::format("there is a tool '{}' already", spec.name));
  auto check = HEARTH_TRY(constraint::DocumentCheck::create(spec.parameters));
  const std::string name = spec.name;
  entries_[name] = std::make_unique<Entry>(std::move(tool), std::move(check));
  return {};
}

std::vector<Spec> Toolbox::specs() const {
  std::vector<Spec> specs;
  for (const auto& [name, entry] : entries_)
    specs.push_back(entry->tool->spec());
  return specs;
}

Toolbox::Entry* Toolbox::find(std::string_view name) const {
  const auto found = entries_.find(name);
  return found == entries_.end() ? nullptr : found->second.get();
}

const Spec* Toolbox::find_spec(std::string_view name) const {
  const Entry* entry = find(name);
  return entry == nullptr ? nullptr : &entry->tool->spec();
}

std::string Toolbox::unknown(std::string_view name) const {
  const std::vector<std::string_view> names = [this] {
    std::vector<std::string_view> all;
    for (const auto& [one, entry] : entries_)
      all.push_back(one);
    return all;
  }();
  const std::string_view meant = base::nearest(name, names);
  return fmt::format("there is no tool '{}'{}", base::repair_utf8(name.substr(0, kNameBytesMax)),
                     meant.empty() ? "" : fmt::format("; did you mean '{}'?", meant));
}

Toolbox::Reading Toolbox::read(std::string_view name, std::string_view arguments) const {
  Reading reading;
  reading.entry = find(name);
  if (reading.entry == nullptr) {
    reading.problems.push_back(unknown(name));
    return reading;
  }
  auto value = json::parse(arguments, kArgumentLimits);
  if (!value) {
    reading.problems.push_back("the arguments are no JSON: " + value.error().message);
    return reading;
  }
  reading.arguments = *std::move(value);
  const auto found = reading.entry->problems(reading.arguments);
  if (!found) reading.problems.push_back("the arguments: " + found.error().message);
  for (const constraint::Problem& one : found ? *found : std::vector<constraint::Problem>())
    reading.problems.push_back(one.to_string());
  const std::string& argument = reading.entry->tool->spec().path_argument;
  if (argument.empty() || !reading.problems.empty()) return reading;
  const boost::json::value* path = reading.arguments.as_object().if_contains(argument);
  const auto names =
      names_of_path(path == nullptr ? "" : std::string_view(path->as_string()), workspace_);
  if (names) {
    reading.path = path_of_names(*names);
  } else {
    reading.problems.push_back("/" + argument + " " + names.error().message);
  }
  return reading;
}

std::vector<std::string> Toolbox::check(std::string_view name, std::string_view arguments) const {
  return read(name, arguments).problems;
}

Decision Toolbox::decide(const Policy& policy, std::string_view name,
                         std::string_view arguments) const {
  const Reading reading = read(name, arguments);
  if (!reading.problems.empty()) return {Rule::kDeny, reading.problems.front()};
  return tool::decide(policy, reading.entry->tool->spec(), reading.path);
}

Outcome Toolbox::run(const Call& call, const base::CancelToken& cancel, const Hearing& hear) const {
  const Reading reading = read(call.name, call.arguments);
  if (!reading.problems.empty()) {
    std::string words;
    for (const std::string& problem : reading.problems)
      words += (words.empty() ? "" : "\n") + problem;
    return refused(std::move(words));
  }
  if (cancel.cancelled()) {
    Outcome outcome = refused("it was cancelled before it began");
    outcome.status = Status::kCancelled;
    return outcome;
  }
  const json::Node arguments(reading.arguments);
  return reading.entry->tool->run({arguments, call.idempotency_key, cancel, hear});
}

bool Toolbox::has_path(std::string_view path) const {
  if (workspace_.empty()) return false;
  const auto names = names_of_path(path, workspace_);
  if (!names) return false;
  const auto folder = held::open_folder(workspace_);
  if (!folder) return false;
  return held::kind_beneath(folder->get(), *names) != held::Kind::kNothing;
}

}  // namespace hearth::tool
