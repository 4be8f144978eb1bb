// Clients whose settings are lines: what we add stands between marks, and a line of theirs that
// says something else becomes a comment.
#include <algorithm>
#include <utility>

#include "cli/connect/marked_block.h"
#include "cli/connect/plan.h"
#include "cli/connect/toml_outline.h"
#include "cli/daemon.h"
#include "config/yaml_outline.h"
#include "json/writer.h"

namespace hearth::cli {

namespace {

constexpr std::string_view kCodexRoot = "codex";
constexpr std::string_view kCodexProvider = "codex provider";

// As JSON, TOML and YAML all read it.
std::string in_quotes(std::string_view text) {
  std::string out;
  json::append_quoted(out, text);
  return out;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return lines;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines)
    text += line;
  return text;
}

using Keys = std::vector<std::string>;

// Lines that set one of `keys` become comments.
Result<std::string> put_keys_aside(const std::string& text,
                                   const std::vector<OutlineEntry>& entries, const Keys& keys) {
  std::vector<std::string> lines = lines_of(text);
  for (const OutlineEntry& entry : entries) {
    if (std::find(keys.begin(), keys.end(), entry.key) == keys.end()) continue;
    if (entry.first_line != entry.last_line || entry.first_line >= lines.size()) {
      return fail(Code::kInvalidArgument, "'" + entry.key + "' takes several lines in it, from " +
                                              std::to_string(entry.first_line + 1) +
                                              " on; remove them");
    }
    lines[entry.first_line] = put_aside(lines[entry.first_line]);
  }
  return joined(lines);
}

std::string codex_root(const Target& target) {
  return "model = " + in_quotes(target.model) + "\nmodel_provider = \"hearth\"\n";
}

std::string codex_provider(const Target& target) {
  std::string lines =
      "[model_providers.hearth]\nname = \"Hearth\"\nbase_url = " + in_quotes(target.url + "/v1") +
      "\nwire_api = \"responses\"\n";
  if (target.needs_key) lines += "env_key = " + in_quotes(kKeyVariable) + "\n";
  return lines;
}

// Whether it is this name, or what stands below it.
bool is_at_or_below(std::string_view name, std::string_view top) {
  return name == top || (name.starts_with(top) && name[top.size()] == '.');
}

// What we made has to be readable too, and to say what it is meant to: their file may be stranger
// than it looks.
Result<std::string> as_toml(std::string text) {
  const auto outline = toml_outline(text);
  bool is_ours = outline && outline->root.size() >= 2 && outline->root[0].key == "model" &&
                 outline->root[1].key == "model_provider";
  for (const std::string key : {"model", "model_provider"}) {
    is_ours = is_ours && std::ranges::count(outline->root, key, &OutlineEntry::key) == 1 &&
              std::ranges::none_of(outline->tables, [&key](const std::string& table) {
                return is_at_or_below(table, key);
              });
  }
  if (is_ours && std::ranges::count(outline->tables, std::string("model_providers.hearth")) == 1)
    return text;
  return fail(Code::kInvalidArgument,
              "with the settings added it could not be read; add them by hand");
}

// Keys of the root stand before every table, and a table at the end takes nothing along.
Result<std::string> merge_codex(std::string before, const Target& target) {
  if (before.starts_with(kByteOrderMark)) {
    return fail(
        Code::kInvalidArgument,
        "it begins with a byte order mark, before which nothing may stand; save it without");
  }
  std::string text = HEARTH_TRY(without_block(std::move(before), kCodexRoot));
  text = HEARTH_TRY(without_block(std::move(text), kCodexProvider));
  const TomlOutline outline = HEARTH_TRY(toml_outline(text));
  std::vector<std::string> names = outline.tables;
  names.insert(names.end(), outline.inner.begin(), outline.inner.end());
  for (const OutlineEntry& entry : outline.root)
    names.push_back(entry.key);
  const auto is_in_the_way = [](const std::string& name) {
    return name == "model_providers.hearth" || name.starts_with("model_providers.hearth.");
  };
  const bool is_one_value = std::ranges::any_of(outline.root, [](const OutlineEntry& entry) {
    return entry.key == "model_providers" || entry.key.starts_with("model.") ||
           entry.key.starts_with("model_provider.");
  });
  if (is_one_value || std::ranges::any_of(names, is_in_the_way)) {
    return fail(
        Code::kInvalidArgument,
        "it has a model provider called hearth, or settings in one value that ours would be "
        "beside; remove that");
  }
  text = HEARTH_TRY(put_keys_aside(text, outline.root, {"model", "model_provider"}));
  return as_toml(block_text({std::string(kCodexRoot), codex_root(target)}) +
                 ended(std::move(text)) +
                 block_text({std::string(kCodexProvider), codex_provider(target)}));
}

bool says_nothing(std::string_view line) {
  const std::size_t first = line.find_first_not_of(" \t\r\n");
  return first == std::string_view::npos || line[first] == '#';
}

// With the last line of each that says anything.
std::vector<OutlineEntry> with_ends(const std::vector<config::YamlRootEntry>& entries,
                                    const std::vector<std::string>& lines) {
  std::vector<OutlineEntry> all;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const std::size_t next = i + 1 < entries.size() ? entries[i + 1].line : lines.size();
    std::size_t last = entries[i].line;
    for (std::size_t line = last + 1; line < next; ++line) {
      if (!says_nothing(lines[line])) last = line;
    }
    all.push_back({entries[i].key, entries[i].line, last});
  }
  return all;
}

// What we made has to be readable too: their file may be stranger than it looks.
Result<std::string> as_yaml(std::string text) {
  const auto outline = config::yaml_outline(text);
  if (outline) return text;
  return fail(Code::kInvalidArgument,
              "with the settings added it could not be read; add them by hand");
}

std::string aider_lines(const Target& target) {
  std::string lines = "model: " + in_quotes("openai/" + target.model) +
                      "\nopenai-api-base: " + in_quotes(target.url + "/v1") + "\n";
  if (!target.needs_key) lines += "openai-api-key: " + in_quotes(kNoKey) + "\n";
  return lines;
}

Result<std::string> merge_aider(std::string before, const Target& target) {
  const std::string text = ended(HEARTH_TRY(without_block(std::move(before), "aider")));
  const auto entries = HEARTH_TRY(config::yaml_outline(text));
  const std::vector<std::string> lines = lines_of(text);
  const std::string mine = HEARTH_TRY(
      put_keys_aside(text, with_ends(entries, lines),
                     target.needs_key ? Keys{"model", "openai-api-base"}
                                      : Keys{"model", "openai-api-base", "openai-api-key"}));
  return as_yaml(mine + block_text({"aider", aider_lines(target)}));
}

std::string continue_lines(const Target& target, const std::string& indent) {
  const std::string key =
      target.needs_key ? "${{ secrets." + std::string(kKeyVariable) + " }}" : std::string(kNoKey);
  return indent + "- name: \"Hearth\"\n" + indent + "  provider: openai\n" + indent +
         "  model: " + in_quotes(target.model) + "\n" + indent +
         "  apiBase: " + in_quotes(target.url + "/v1") + "\n" + indent +
         "  apiKey: " + in_quotes(key) + "\n";
}

std::string continue_block(const Target& target, const std::string& indent) {
  return block_text({"continue", continue_lines(target, indent), indent});
}

// The model becomes the first of the list, with the indentation that the list has.
Result<std::string> merge_continue(std::string before, const Target& target) {
  constexpr std::string_view kIndent = "  ";
  std::string text = ended(HEARTH_TRY(without_block(std::move(before), "continue")));
  const auto entries = HEARTH_TRY(config::yaml_outline(text));
  if (entries.empty()) text += "name: Hearth\nversion: 1.0.0\nschema: v1\n";
  const auto models = std::find_if(entries.begin(), entries.end(),
                                   [](const auto& entry) { return entry.key == "models"; });
  if (models == entries.end())
    return as_yaml(text + "models:\n" + continue_block(target, std::string(kIndent)));
  using Kind = config::YamlRootEntry::Kind;
  const bool is_empty = models->kind == Kind::kNothing;
  if (!is_empty && (models->kind != Kind::kList || !models->is_block)) {
    return fail(Code::kInvalidArgument,
                "its `models` is no list with a line for each; write it so, or add the model "
                "by hand");
  }
  const std::string indent =
      is_empty ? std::string(kIndent) : std::string(models->list_column, ' ');
  std::vector<std::string> lines = lines_of(text);
  const std::size_t at = is_empty ? models->line + 1 : models->list_line;
  lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(at), continue_block(target, indent));
  return as_yaml(joined(lines));
}

// Where the user's shell reads what it exports.
Result<std::string> shell_file(const config::Environment& environment) {
  const std::string shell = environment("SHELL").value_or("");
  const auto is = [&](std::string_view name) { return shell.ends_with("/" + std::string(name)); };
  if (is("fish") || is("csh") || is("tcsh")) return std::string();
  const std::string home = HEARTH_TRY(user_folder(environment, nullptr, ""));
  if (is("zsh")) return home + "/.zshrc";
  return home + (is("bash") ? "/.bashrc" : "/.profile");
}

constexpr std::string_view kExport = "export ";

// "OLLAMA_HOST" of a line "export OLLAMA_HOST=…".
std::string_view exported_name(std::string_view line) {
  line.remove_prefix(line.starts_with(kExport) ? kExport.size() : 0);
  return line.substr(0, std::min(line.find('='), line.size()));
}

// Whether the line sets this variable and does nothing else, as far as that can be told without a
// shell.
bool only_sets(std::string_view line, std::string_view name) {
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  while (line.ends_with('\n') || line.ends_with('\r'))
    line.remove_suffix(1);
  if (exported_name(line) != name || line.find('=') == std::string_view::npos) return false;
  std::string_view value = line.substr(line.find('=') + 1);
  const char quote = value.empty() ? '\0' : value.front();
  if (quote == '"' || quote == '\'') {
    const std::size_t close = value.find(quote, 1);
    if (close == std::string_view::npos) return false;
    value.remove_prefix(close + 1);
  } else {
    value.remove_prefix(std::min(value.find_first_of(" \t;&|<>()`\"'\\#"), value.size()));
  }
  value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
  return value.empty() || value.front() == '#';
}

// What sets our variables becomes a command that does nothing, because a comment could be all that
// is left between `then` and `fi`.
std::string exports_put_aside(std::string_view text, std::string_view ours) {
  std::vector<std::string> lines = lines_of(text);
  for (std::string& line : lines) {
    for (const std::string& setting : lines_of(ours)) {
      if (!only_sets(line, exported_name(setting))) continue;
      line = ": " + put_aside(line);
      break;
    }
  }
  return joined(lines);
}

Result<std::string> merge_exports(std::string before, const MarkedBlock& block) {
  const std::string theirs = HEARTH_TRY(without_block(before, block.name));
  const std::string kept = exports_put_aside(theirs, block.lines);
  const bool is_there = before.find(block_text(block)) != std::string::npos;  // wherever
  if (is_there && kept == theirs) return before;
  return ended(kept) + block_text(block);
}

Result<Plan> plan_exports(const MarkedBlock& block, const config::Environment& environment) {
  Plan plan;
  plan.file = HEARTH_TRY(shell_file(environment));
  plan.settings = block.lines;
  plan.merge = [block](std::string before) { return merge_exports(std::move(before), block); };
  return plan;
}

}  // namespace

Result<Plan> plan_codex(const Target& target, const config::Environment& environment) {
  Plan plan;
  plan.file = HEARTH_TRY(user_folder(environment, "CODEX_HOME", ".codex")) + "/config.toml";
  plan.settings = codex_root(target) + "\n" + codex_provider(target);
  plan.merge = [target](std::string before) { return merge_codex(std::move(before), target); };
  plan.key_variable = kKeyVariable;
  return plan;
}

Result<Plan> plan_aider(const Target& target, const config::Environment& environment) {
  Plan plan;
  plan.file = HEARTH_TRY(user_folder(environment, nullptr, ".aider.conf.yml"));
  plan.settings = aider_lines(target);
  plan.merge = [target](std::string before) { return merge_aider(std::move(before), target); };
  plan.key_variable = "AIDER_OPENAI_API_KEY";
  return plan;
}

Result<Plan> plan_continue(const Target& target, const config::Environment& environment) {
  Plan plan;
  const std::string folder =
      HEARTH_TRY(user_folder(environment, "CONTINUE_GLOBAL_DIR", ".continue"));
  plan.file = folder + "/config.yaml";
  plan.settings = "models:\n" + continue_lines(target, "  ");
  plan.merge = [target](std::string before) { return merge_continue(std::move(before), target); };
  plan.key_variable = kKeyVariable;
  if (target.needs_key)
    plan.remarks.push_back("Continue reads " + plan.key_variable + " from " + folder + "/.env.");
  return plan;
}

Result<Plan> plan_open_webui(const Target& target, const config::Environment& environment) {
  const std::string key = target.needs_key ? "\"$" + std::string(kKeyVariable) + "\""
                                           : "\"" + std::string(kNoKey) + "\"";
  const std::string lines =
      "export OPENAI_API_BASE_URLS=\"" + target.url + "/v1\"\nexport OPENAI_API_KEYS=" + key + "\n";
  Plan plan = HEARTH_TRY(plan_exports({"open-webui", lines}, environment));
  plan.key_variable = kKeyVariable;
  plan.remarks = {
      "Open WebUI reads them at its first start only; later they are set in its Admin Panel, under "
      "Connections. The model is chosen in its window."};
  return plan;
}

Result<Plan> plan_ollama(const Target& target, const config::Environment& environment) {
  const std::string lines = "export OLLAMA_HOST=\"" + target.url + "\"\n";
  Plan plan = HEARTH_TRY(plan_exports({"ollama", lines}, environment));
  if (target.needs_key) {
    plan.remarks = {
        "The command `ollama` sends no key, so that this server turns it away. Libraries send one "
        "where they are given the header Authorization: Bearer KEY."};
  }
  return plan;
}

}  // namespace hearth::cli
