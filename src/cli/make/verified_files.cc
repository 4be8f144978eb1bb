#include "cli/make/verified_files.h"

#include <algorithm>

#include <fmt/format.h>

#include "json/node.h"
#include "json/parse.h"

namespace hearth::cli {

namespace {

Result<std::string> text_of(const json::Node& object, std::string_view key) {
  const auto field = object.find(key);
  if (!field) return std::string();
  return std::string(HEARTH_TRY(field->text()));
}

Result<VerifiedFile> read_file(const json::Node& node) {
  if (!node.is_object()) return fail(Code::kUpstream, "the daemon verified what is no file");
  VerifiedFile file;
  file.file = HEARTH_TRY(text_of(node, "file"));
  file.state = HEARTH_TRY(text_of(node, "state"));
  file.problem = HEARTH_TRY(text_of(node, "problem"));
  file.advice = HEARTH_TRY(text_of(node, "advice"));
  const auto models = node.find("models");
  if (!models) return file;
  for (const json::Node& model : HEARTH_TRY(models->elements()))
    file.models.emplace_back(HEARTH_TRY(model.text()));
  return file;
}

}  // namespace

bool VerifiedModels::is_good() const {
  return damaged.empty() &&
         std::all_of(files.begin(), files.end(), [](const auto& file) { return file.is_good(); });
}

Result<VerifiedModels> parse_verified(std::string_view line) {
  const auto document = HEARTH_TRY(json::parse(line));
  const json::Node root(document);
  const json::Node list = HEARTH_TRY(root.require("files"));
  VerifiedModels verified;
  for (const json::Node& node : HEARTH_TRY(list.elements()))
    verified.files.push_back(HEARTH_TRY(read_file(node)));
  verified.damaged = HEARTH_TRY(read_damaged(root));
  return verified;
}

std::string verified_text(const VerifiedModels& verified) {
  std::string text;
  for (const DamagedManifest& each : verified.damaged)
    text += damaged_text(each) + "\n";
  const std::vector<VerifiedFile>& files = verified.files;
  for (const VerifiedFile& file : files) {
    if (file.is_good()) continue;
    std::string models;
    for (const std::string& model : file.models)
      models += (models.empty() ? "" : ", ") + model;
    text += fmt::format("{} of {} is {}: {}; {}\n", file.file, models, file.state, file.problem,
                        file.advice);
  }
  const auto good = static_cast<std::size_t>(
      std::count_if(files.begin(), files.end(), [](const auto& file) { return file.is_good(); }));
  const std::string all = good == files.size() ? "" : fmt::format(" of {}", files.size());
  const char* noun = files.size() == 1 ? "file" : "files";
  const char* verb = good == 1 ? "is as it has" : "are as they have";
  return text + fmt::format("{}{} {} {} to be.\n", good, all, noun, verb);
}

}  // namespace hearth::cli
