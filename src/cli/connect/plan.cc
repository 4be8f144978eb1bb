#include "cli/connect/plan.h"

#include <array>

namespace hearth::cli {

namespace {

constexpr std::array<Client, 7> kClients{{
    {"claude", "Claude Code", &plan_claude},
    {"codex", "Codex", &plan_codex},
    {"opencode", "opencode", &plan_opencode},
    {"aider", "aider", &plan_aider},
    {"continue", "Continue", &plan_continue},
    {"open-webui", "Open WebUI", &plan_open_webui},
    {"ollama", "programs that speak to Ollama", &plan_ollama},
}};

}  // namespace

std::span<const Client> clients() {
  return kClients;
}

Result<std::string> user_folder(const config::Environment& environment, const char* variable,
                                std::string_view below) {
  if (variable != nullptr) {
    const auto set = environment(variable);
    if (set && set->starts_with('/')) return *set;
  }
  const auto home = environment("HOME");
  if (home && home->starts_with('/'))
    return *home + (below.empty() ? "" : "/") + std::string(below);
  return fail(Code::kNotFound, "HOME is not set, so it is not known where this client's file is");
}

}  // namespace hearth::cli
