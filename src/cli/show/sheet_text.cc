#include "cli/show/sheet_text.h"

#include <map>

#include <fmt/format.h>

#include "base/units.h"
#include "chat/capability_words.h"
#include "cli/text_table.h"
#include "store/manifest/manifest_words.h"
#include "store/modelfile/modelfile.h"

namespace hearth::cli {

namespace {

using Rows = std::vector<std::vector<std::string>>;

constexpr std::size_t kLicenceLettersMax = 72;  // of one that is a whole text

std::string method_text(const std::string& method) {
  return method == "yarn" ? "YaRN" : method;
}

std::string context_text(const AnswerFields& context) {
  const std::string trained = grouped(context.number("trained")) + " tokens";
  const AnswerFields stretched = context.object("stretched");
  if (stretched.is_empty()) return trained;
  const std::string how =
      fmt::format("{}, {:g} times {}", method_text(stretched.text("method")),
                  stretched.real("factor"), grouped(stretched.number("original")));
  const std::uint64_t reach = stretched.number("tokens");
  if (stretched.text("source") == "makers") {
    return fmt::format("{}; its makers say {} with {}, which its file does not switch on", trained,
                       grouped(reach), how);
  }
  return reach > context.number("trained") ? trained + "; " + grouped(reach) + " with " + how
                                           : trained + " with " + how;
}

std::string layers_text(const AnswerFields& sheet) {
  std::string text = std::to_string(sheet.number("layers"));
  if (const auto recurrent = sheet.number("recurrent_layers"); recurrent > 0)
    text += fmt::format(", {} of them recurrent", recurrent);
  if (const auto experts = sheet.number("experts"); experts > 0)
    text += fmt::format("; {} experts, {} used for a token", experts, sheet.number("experts_used"));
  if (const auto window = sheet.number("sliding_window"); window > 0)
    text += fmt::format("; some see a window of {} tokens", grouped(window));
  return text;
}

std::string heads_text(const AnswerFields& sheet) {
  return fmt::format("{}, {} of keys and values, {} wide", sheet.number("heads"),
                     sheet.number("key_value_heads"), sheet.number("head_size"));
}

std::string capabilities_text(const AnswerFields& sheet) {
  const AnswerFields known = sheet.object("capabilities");
  if (known.is_empty()) return "known after the first load";
  std::string words;
  for (const chat::CapabilityWord& word : chat::kCapabilityWords) {
    if (!known.flag(word.name)) continue;
    words += (words.empty() ? "" : ", ") + std::string(word.name);
  }
  return words.empty() ? "none" : words;
}

// Of a whole text its first line.
std::string licence_text(const AnswerFields& sheet) {
  std::string all;
  for (const std::string& licence : sheet.texts("licences")) {
    std::string line = licence.substr(0, licence.find('\n'));
    if (line.size() > kLicenceLettersMax || line.size() < licence.size()) {
      line = line.substr(0, kLicenceLettersMax) + " … (--license shows it)";
    }
    all += (all.empty() ? "" : ", ") + line;
  }
  return all.empty() ? "not said" : all;
}

std::string holder_text(const std::string& holder) {
  static const std::map<std::string, std::string> kWords = {
      {"store", "the store of Hearth"},  {"folder", "a file in the models folder"},
      {"built_in", "ships with Hearth"}, {"ollama", "Ollama"},
      {"lm_studio", "LM Studio"},        {"hugging_face_cache", "the cache of Hugging Face"},
      {"path", "a file of yours"}};
  const auto found = kWords.find(holder);
  return found == kWords.end() ? holder : found->second;
}

void add_files(const AnswerFields& sheet, Rows& rows) {
  rows.push_back({"  held by", holder_text(sheet.text("held_by")) + ", " +
                                   base::format_bytes(sheet.number("size_bytes"))});
  for (const json::Node& node : sheet.list("files")) {
    const AnswerFields file(node);
    const std::string role = file.text("role");
    rows.push_back({role == "model" ? "  file" : "  " + role, file.text("path")});
  }
  const AnswerFields origin = sheet.object("origin");
  if (origin.is_empty()) return;
  const std::string revision = origin.text("revision");
  rows.push_back({"  origin", origin.text("name") + (revision.empty() ? "" : " at " + revision)});
}

std::string facts_text(const AnswerFields& sheet) {
  Rows rows;
  rows.push_back({"  architecture", sheet.text("architecture")});
  rows.push_back({"  parameters", parameters_text(sheet.number("parameters"))});
  rows.push_back({"  quantisation", sheet.text("quantisation")});
  rows.push_back({"  context", context_text(sheet.object("context"))});
  rows.push_back({"  embedding size", grouped(sheet.number("embedding_size"))});
  rows.push_back({"  layers", layers_text(sheet)});
  if (sheet.number("heads") > 0) rows.push_back({"  heads", heads_text(sheet)});
  rows.push_back({"  vocabulary", fmt::format("{} tokens ({})", grouped(sheet.number("vocabulary")),
                                              sheet.text("tokenizer"))});
  if (sheet.text("kind") == "chat" || sheet.text("kind") == "text")
    rows.push_back({"  capabilities", capabilities_text(sheet)});
  rows.push_back({"  licence", licence_text(sheet)});
  add_files(sheet, rows);
  return text_table(rows);
}

std::string cell(const AnswerFields& need) {
  return base::format_bytes(need.number("total_bytes")) + ", " +
         verdict_text(need.text("verdict"), need.number("used"));
}

// A row for each context, a column for each type of keys and values.
std::string memory_text(const AnswerFields& sheet) {
  std::map<std::uint64_t, std::map<std::string, std::string>> cells;
  for (const json::Node& node : sheet.list("memory")) {
    const AnswerFields need(node);
    cells[need.number("context")][need.text("kv_type")] = cell(need);
  }
  Rows rows;
  bool has_small = false;
  for (const auto& [context, types] : cells) {
    const auto small = types.find("q8_0");
    has_small = has_small || small != types.end();
    const auto usual = types.find("f16");
    rows.push_back({"  " + grouped(context), usual == types.end() ? "" : usual->second,
                    small == types.end() ? "" : small->second});
  }
  if (rows.empty()) return {};
  rows.insert(rows.begin(),
              {"  CONTEXT", has_small ? "KEYS AND VALUES F16" : "MEMORY", has_small ? "Q8_0" : ""});
  return text_table(rows);
}

std::string fit_text(const AnswerFields& fit) {
  const std::vector<json::Node> devices = fit.list("devices");
  const std::uint64_t available =
      devices.empty() ? 0 : AnswerFields(devices.front()).number("available_bytes");
  const std::string verdict = fit.text("verdict");
  const std::string words = verdict == "tight"     ? "is tight"
                            : verdict == "unknown" ? "may fit"
                                                   : verdict_text(verdict, fit.number("context"));
  std::string text =
      fmt::format("{}: with {} tokens it takes {}", words, grouped(fit.number("context")),
                  base::format_bytes(fit.number("need_bytes")));
  if (available > 0) text += fmt::format(", and {} are available", base::format_bytes(available));
  if (fit.number("observed_bytes") > 0)
    text += fmt::format(" (seen: {})", base::format_bytes(fit.number("observed_bytes")));
  return text;
}

}  // namespace

std::string parameters_set(const AnswerFields& sheet) {
  std::string text;
  for (const json::Node& node : sheet.list("parameters_set")) {
    const AnswerFields parameter(node);
    text += parameter.text("name") + " " + parameter.text("value") + "\n";
  }
  return text;
}

Result<std::string> sheet_modelfile(const AnswerFields& sheet) {
  store::Modelfile modelfile;
  modelfile.from = {sheet.text("name")};
  if (auto written = sheet.text("template"); !written.empty()) modelfile.chat_template = written;
  if (auto system = sheet.text("system"); !system.empty()) modelfile.system = system;
  for (const json::Node& node : sheet.list("parameters_set")) {
    const AnswerFields parameter(node);
    modelfile.parameters.push_back({parameter.text("name"), parameter.text("value")});
  }
  for (const json::Node& node : sheet.list("messages")) {
    const AnswerFields message(node);
    for (const auto& speaker : store::kSpeakerWords) {
      if (speaker.word != message.text("role")) continue;
      modelfile.messages.push_back({speaker.is, message.text("content")});
    }
  }
  modelfile.licences = sheet.texts("licences");
  return store::write_modelfile(modelfile);
}

std::string sheet_text(const AnswerFields& sheet) {
  const std::string title = sheet.text("title");
  std::string text = sheet.text("name") + (title.empty() ? "" : " (" + one_line(title) + ")") +
                     ", " + sheet.text("kind") + (sheet.flag("loaded") ? ", loaded" : "") + "\n";
  text += facts_text(sheet) + "\nMemory\n" + memory_text(sheet);
  return text + "\nHere it " + fit_text(sheet.object("fit")) + ".\n";
}

}  // namespace hearth::cli
