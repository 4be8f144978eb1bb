// Clients whose settings are JSON: single values are put into the file.
#include <utility>

#include "cli/connect/json_edit.h"
#include "cli/connect/plan.h"
#include "cli/daemon.h"
#include "json/writer.h"

namespace hearth::cli {

namespace {

struct JsonSetting {
  JsonPath path;
  std::string value;  // a text
};

std::string in_quotes(std::string_view text) {
  std::string out;
  json::append_quoted(out, text);
  return out;
}

Result<std::string> with_all(std::string text, const std::vector<JsonSetting>& settings) {
  for (const JsonSetting& setting : settings)
    text = HEARTH_TRY(json_with(std::move(text), setting.path, in_quotes(setting.value)));
  return text;
}

std::vector<JsonSetting> claude_settings(const Target& target) {
  std::vector<JsonSetting> settings{{{"env", "ANTHROPIC_BASE_URL"}, target.url}};
  if (!target.needs_key) settings.push_back({{"env", "ANTHROPIC_AUTH_TOKEN"}, std::string(kNoKey)});
  for (const char* variable : {"ANTHROPIC_MODEL", "ANTHROPIC_DEFAULT_OPUS_MODEL",
                               "ANTHROPIC_DEFAULT_SONNET_MODEL", "ANTHROPIC_DEFAULT_HAIKU_MODEL"})
    settings.push_back({{"env", variable}, target.model});
  return settings;
}

// A token in the file wins over the one in the shell, which is where a key belongs.
Result<std::string> merge_claude(std::string before, const Target& target) {
  if (target.needs_key) {
    const JsonPath token{"env", "ANTHROPIC_AUTH_TOKEN"};
    before = HEARTH_TRY(json_without(std::move(before), token, in_quotes(kNoKey)));
    if (HEARTH_TRY(json_has(before, token))) {
      return fail(Code::kInvalidArgument,
                  "its env has an ANTHROPIC_AUTH_TOKEN, which would be sent here in the place of "
                  "a key of this server; remove it, and set the variable in the shell");
    }
  }
  return with_all(std::move(before), claude_settings(target));
}

std::vector<JsonSetting> opencode_settings(const Target& target) {
  const auto of = [](std::string last) { return JsonPath{"provider", "hearth", std::move(last)}; };
  const auto option = [](std::string last) {
    return JsonPath{"provider", "hearth", "options", std::move(last)};
  };
  std::vector<JsonSetting> settings{{of("npm"), "@ai-sdk/openai-compatible"},
                                    {of("name"), "Hearth"},
                                    {option("baseURL"), target.url + "/v1"}};
  settings.push_back({option("apiKey"), target.needs_key ? "{env:" + std::string(kKeyVariable) + "}"
                                                         : std::string(kNoKey)});
  settings.push_back({{"provider", "hearth", "models", target.model, "name"}, target.model});
  settings.push_back({{"model"}, "hearth/" + target.model});
  return settings;
}

}  // namespace

Result<Plan> plan_claude(const Target& target, const config::Environment& environment) {
  Plan plan;
  plan.file =
      HEARTH_TRY(user_folder(environment, "CLAUDE_CONFIG_DIR", ".claude")) + "/settings.json";
  plan.settings = HEARTH_TRY(with_all("", claude_settings(target)));
  plan.merge = [target](std::string before) { return merge_claude(std::move(before), target); };
  plan.key_variable = "ANTHROPIC_AUTH_TOKEN";
  return plan;
}

Result<Plan> plan_opencode(const Target& target, const config::Environment& environment) {
  Plan plan;
  plan.file = HEARTH_TRY(user_folder(environment, "XDG_CONFIG_HOME", ".config")) +
              "/opencode/opencode.json";
  plan.rival_file = plan.file + "c";  // JSON with comments, which cannot be put into
  plan.settings = HEARTH_TRY(with_all("", opencode_settings(target)));
  plan.merge = [target](std::string before) {
    return with_all(std::move(before), opencode_settings(target));
  };
  plan.key_variable = kKeyVariable;
  return plan;
}

}  // namespace hearth::cli
