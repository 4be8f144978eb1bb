// What this machine has, as far as Hearth cares. Gathered in facts_linux.cc, judged in report.cc.
//
// Threads: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "config/runners.h"
#include "store/damaged_manifest.h"

namespace hearth::cli::doctor {

struct FolderFact {
  std::string what;  // "models"
  std::string path;
  std::uint64_t free_bytes = 0;
  std::string problem;  // empty when it can be written
};

struct CertificateFact {
  std::string path;
  std::string subject;
  std::int64_t expires_s = 0;  // since 1970-01-01 UTC
  std::int64_t days_left = 0;  // below 0 when it has expired
  std::string problem;         // why it cannot be used, or empty
};

enum class PortState : std::uint8_t { kFree, kHearth, kTaken, kUnusable };

struct Facts {
  config::Cpu cpu;
  std::uint64_t memory_bytes = 0;
  std::uint64_t memory_available_bytes = 0;
  std::string kernel;
  std::string sandbox;          // what holds a runner here
  std::string sandbox_problem;  // what this kernel lacks, or empty
  std::vector<std::string> runner_folders;
  std::vector<config::Runner> runners;
  std::optional<config::Runner> runner;  // the one that would be started
  std::string runner_problem;
  std::vector<FolderFact> folders;
  std::string config_path;
  std::string config_problem;
  std::string socket_problem;
  bool daemon_running = false;
  std::string daemon_version;
  std::string daemon_problem;
  std::string host;
  std::int64_t port = 0;
  PortState port_state = PortState::kFree;
  std::optional<CertificateFact> certificate;  // none: no TLS
  std::string models_folder;
  std::vector<std::string> models;  // file names
  std::vector<store::DamagedManifest> damaged_manifests;
  std::string model_hint;  // what to do when there is none
};

// Starts nothing and changes nothing, but creates the folders of the home.
Result<Facts> gather(const Context& context);

}  // namespace hearth::cli::doctor
