#include "cli/doctor/report.h"

#include <algorithm>
#include <utility>

#include "base/units.h"
#include "json/writer.h"

namespace hearth::cli::doctor {

namespace {

using Kind = Finding::Kind;

// Below this a small model still loads, and little else.
constexpr std::uint64_t kMemoryLow = 2 * base::kGiB;
constexpr std::uint64_t kDiskLow = base::kGiB;
constexpr std::int64_t kExpiryDaysLow = 14;

// Flags that make a difference in speed, for people who compare machines.
constexpr std::string_view kNotableFlags[] = {"avx2",        "fma",         "f16c",     "avx512f",
                                              "avx512_vnni", "avx512_bf16", "avx_vnni", "amx_tile",
                                              "asimd",       "asimddp",     "i8mm",     "sve"};

std::string notable_flags(const config::Cpu& cpu) {
  std::string text;
  for (const std::string_view flag : kNotableFlags) {
    if (cpu.has(flag)) text += " " + std::string(flag);
  }
  return text;
}

Finding cpu_finding(const Facts& facts) {
  const config::Cpu& cpu = facts.cpu;
  const std::string_view level = config::cpu_level(cpu);
  std::string text = (cpu.model.empty() ? "unknown model" : cpu.model) + ", " +
                     std::to_string(cpu.physical_cores) + " cores (" +
                     std::to_string(cpu.logical_cores) + " logical)";
  if (!level.empty()) text += ", " + std::string(level);
  if (const std::string flags = notable_flags(cpu); !flags.empty()) text += ";" + flags;
  return {Kind::kFine, "cpu", std::move(text), ""};
}

Finding memory_finding(const Facts& facts) {
  const bool low = facts.memory_available_bytes < kMemoryLow;
  return {low ? Kind::kNotice : Kind::kFine, "memory",
          base::format_bytes(facts.memory_available_bytes) + " available of " +
              base::format_bytes(facts.memory_bytes),
          low ? "close other programs, or use small models" : ""};
}

Finding sandbox_finding(const Facts& facts) {
  const bool complete = facts.sandbox_problem.empty();
  return {complete ? Kind::kFine : Kind::kNotice, "sandbox",
          facts.sandbox + ", kernel " + facts.kernel, complete ? "" : facts.sandbox_problem};
}

void add_runners(const Facts& facts, std::vector<Finding>& found) {
  if (!facts.runner) {
    found.push_back({Kind::kMissing, "runner", "no runner can be started", facts.runner_problem});
  }
  for (const config::Runner& runner : facts.runners) {
    const auto missing = config::missing_flags(runner.variant, facts.cpu);
    const bool used = facts.runner && facts.runner->path == runner.path;
    std::string text = runner.path + (used ? " (used)" : "");
    if (!missing.empty()) text += " needs a CPU with " + std::string(missing.front());
    found.push_back({Kind::kFine, "runner", std::move(text), ""});
  }
  const bool elsewhere =
      facts.runner && std::none_of(facts.runners.begin(), facts.runners.end(),
                                   [&](const auto& r) { return r.path == facts.runner->path; });
  if (elsewhere) found.push_back({Kind::kFine, "runner", facts.runner->path + " (used)", ""});
}

void add_folders(const Facts& facts, std::vector<Finding>& found) {
  for (const FolderFact& folder : facts.folders) {
    if (!folder.problem.empty()) {
      found.push_back({Kind::kMissing, folder.what, folder.path + ": " + folder.problem,
                       "make it writable, or set HEARTH_HOME to another folder"});
      continue;
    }
    const bool low = folder.free_bytes < kDiskLow;
    found.push_back({low ? Kind::kNotice : Kind::kFine, folder.what,
                     folder.path + ", " + base::format_bytes(folder.free_bytes) + " free",
                     low ? "make room on this disk" : ""});
  }
}

Finding config_finding(const Facts& facts) {
  if (facts.config_problem.empty()) return {Kind::kFine, "config", facts.config_path, ""};
  return {Kind::kMissing, "config", facts.config_problem, "correct it; `hearth config check`"};
}

Finding daemon_finding(const Facts& facts) {
  if (!facts.socket_problem.empty()) {
    return {Kind::kMissing, "daemon", facts.socket_problem, ""};
  }
  if (!facts.daemon_problem.empty()) {
    return {Kind::kMissing, "daemon", facts.daemon_problem, ""};
  }
  if (!facts.daemon_running) {
    return {Kind::kFine, "daemon", "not running; commands start one when they need it", ""};
  }
  return {Kind::kFine, "daemon", "running, version " + facts.daemon_version, ""};
}

Finding port_finding(const Facts& facts) {
  const std::string where = facts.host + ":" + std::to_string(facts.port);
  switch (facts.port_state) {
    case PortState::kFree:
      return {Kind::kFine, "port", where + " is free", ""};
    case PortState::kHearth:
      return {Kind::kFine, "port", where + " is served by Hearth", ""};
    case PortState::kTaken:
      return {Kind::kNotice, "port", where + " is taken by another program",
              "choose another one: `hearth serve --port P` or server.port"};
    case PortState::kUnusable:
      break;
  }
  return {Kind::kNotice, "port", where + " cannot be listened on",
          "server.host must be an address of this machine"};
}

void add_certificate(const Facts& facts, std::vector<Finding>& found) {
  if (!facts.certificate) return;
  const CertificateFact& fact = *facts.certificate;
  if (!fact.problem.empty()) {
    found.push_back({Kind::kMissing, "tls", fact.problem, "the daemon does not start with it"});
    return;
  }
  std::string text = fact.path + ", " + fact.subject + ", ";
  if (fact.days_left < 0) {
    found.push_back({Kind::kNotice, "tls", text + "has expired", "renew it; clients refuse it"});
    return;
  }
  const bool soon = fact.days_left < kExpiryDaysLow;
  text += "expires in " + std::to_string(fact.days_left) + " days";
  found.push_back({soon ? Kind::kNotice : Kind::kFine, "tls", std::move(text),
                   soon ? "renew it; a running daemon notices by itself" : ""});
}

Finding models_finding(const Facts& facts) {
  if (facts.models.empty()) {
    return {Kind::kNotice, "models", "none found", facts.model_hint};
  }
  return {Kind::kFine, "models", std::to_string(facts.models.size()) + " in " + facts.models_folder,
          ""};
}

void add_damaged(const Facts& facts, std::vector<Finding>& found) {
  for (const store::DamagedManifest& damaged : facts.damaged_manifests) {
    found.push_back({Kind::kNotice, "models", damaged.model() + ": " + damaged.error.message,
                     damaged.advice()});
  }
}

std::string_view kind_name(Kind kind) {
  switch (kind) {
    case Kind::kFine:
      return "ok";
    case Kind::kNotice:
      return "note";
    case Kind::kMissing:
      return "missing";
  }
  return "";
}

std::string_view port_name(PortState state) {
  switch (state) {
    case PortState::kFree:
      return "free";
    case PortState::kHearth:
      return "hearth";
    case PortState::kTaken:
      return "taken";
    case PortState::kUnusable:
      return "unusable";
  }
  return "";
}

void write_facts(json::Writer& json, const Facts& facts) {
  json.key("cpu").open('{').key("model").text(facts.cpu.model);
  json.key("level").text(config::cpu_level(facts.cpu));
  json.key("cores").number(facts.cpu.physical_cores);
  json.key("logical_cores").number(facts.cpu.logical_cores);
  json.key("flags").open('[');
  for (const std::string& flag : facts.cpu.flags)
    json.text(flag);
  json.close(']').close('}');
  json.key("memory_bytes").number(facts.memory_bytes);
  json.key("memory_available_bytes").number(facts.memory_available_bytes);
  json.key("kernel").text(facts.kernel).key("sandbox").text(facts.sandbox);
  json.key("runner");
  facts.runner ? json.text(facts.runner->path) : json.null();
  json.key("runners").open('[');
  for (const config::Runner& runner : facts.runners)
    json.text(runner.path);
  json.close(']');
  json.key("daemon_running").boolean(facts.daemon_running);
  json.key("port").number(facts.port).key("port_state").text(port_name(facts.port_state));
  json.key("certificate");
  if (facts.certificate) {
    json.open('{').key("path").text(facts.certificate->path);
    json.key("subject").text(facts.certificate->subject);
    json.key("expires").number(facts.certificate->expires_s);
    json.key("problem").text(facts.certificate->problem).close('}');
  } else {
    json.null();
  }
  json.key("models_folder").text(facts.models_folder);
  json.key("models").open('[');
  for (const std::string& model : facts.models)
    json.text(model);
  json.close(']');
}

}  // namespace

std::vector<Finding> findings(const Facts& facts) {
  std::vector<Finding> found{cpu_finding(facts), memory_finding(facts), sandbox_finding(facts)};
  add_runners(facts, found);
  add_folders(facts, found);
  found.push_back(config_finding(facts));
  found.push_back(daemon_finding(facts));
  found.push_back(port_finding(facts));
  add_certificate(facts, found);
  found.push_back(models_finding(facts));
  add_damaged(facts, found);
  return found;
}

bool is_healthy(const std::vector<Finding>& found) {
  return std::none_of(found.begin(), found.end(),
                      [](const Finding& finding) { return finding.kind == Kind::kMissing; });
}

std::string as_text(const std::vector<Finding>& found) {
  constexpr std::size_t kKindWidth = 9;
  constexpr std::size_t kSubjectWidth = 9;
  std::string text;
  for (const Finding& finding : found) {
    std::string line(kind_name(finding.kind));
    line.resize(std::max(line.size() + 1, kKindWidth), ' ');
    line += finding.subject;
    line.resize(std::max(line.size() + 1, kKindWidth + kSubjectWidth), ' ');
    text += line + finding.text + "\n";
    if (!finding.advice.empty()) {
      text += std::string(kKindWidth + kSubjectWidth, ' ') + "→ " + finding.advice + "\n";
    }
  }
  return text;
}

std::string as_json(const Facts& facts, const std::vector<Finding>& found) {
  json::Writer json;
  json.open('{').key("healthy").boolean(is_healthy(found));
  write_facts(json, facts);
  json.key("findings").open('[');
  for (const Finding& finding : found) {
    json.open('{').key("kind").text(kind_name(finding.kind));
    json.key("subject").text(finding.subject).key("text").text(finding.text);
    json.key("advice").text(finding.advice).close('}');
  }
  return json.close(']').close('}').take() + "\n";
}

}  // namespace hearth::cli::doctor
