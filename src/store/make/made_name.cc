#include "store/make/made_name.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "store/manifest/manifest_file.h"
#include "store/name/name_rules.h"
#include "store/name/split_file.h"

namespace hearth::store {

namespace {

constexpr std::string_view kEnding = ".gguf";

Failure taken(const std::string& text, std::string_view by) {
  return fail(Code::kAlreadyExists,
              fmt::format("{} already is {}; take another name", in_quotes(text), by));
}

// A pulled one is what it was promised to be, and stays so until somebody removes it.
Result<void> check_not_pulled(const std::string& text, const ModelName& name,
                              const std::string& store_folder) {
  const auto there = load_manifest(store_folder, name);
  if (!there || owner_of(*there) == Owner::kUser) return {};
  return fail(Code::kAlreadyExists,
              fmt::format("{} is a model that was pulled; take another name, or remove it first "
                          "with `hearth rm {}`",
                          in_quotes(text), name.short_text()));
}

}  // namespace

Result<ModelName> name_for_made(const std::string& text, const Catalog& catalog,
                                const Aliases& aliases) {
  const ModelName name = HEARTH_TRY(ModelName::parse(text));
  if (std::holds_alternative<PathName>(name.source()) ||
      std::holds_alternative<WebName>(name.source())) {
    return fail(Code::kInvalidArgument,
                in_quotes(text) +
                    " is where a file is, and no name for a model; take one like "
                    "mine or mine:v2");
  }
  const ModelName meant = HEARTH_TRY(aliases.resolve(text));
  if (!(meant == name)) return taken(text, "short for " + meant.short_text());
  for (const std::string& spelling : {text, name.short_text()}) {
    if (!catalog.has_model(spelling)) continue;
    const auto there = catalog.find_model(spelling);
    if (!there) continue;
    if (there->holder == Holder::kBuiltIn) return taken(text, "a model that ships with Hearth");
    if (there->holder == Holder::kFolder) return taken(text, "a file of the models folder");
  }
  HEARTH_TRY(check_not_pulled(text, name, catalog.folder()));
  return name;
}

std::string name_of_path(std::string_view path) {
  std::filesystem::path file(path);
  if (!file.has_filename()) file = file.parent_path();  // of a folder
  std::string stem = file.filename().string();
  if (const auto split = split_file(stem)) stem = split->stem;
  while (ends_in_gguf(stem))
    stem.resize(stem.size() - kEnding.size());
  std::string name;
  for (const char c : stem) {
    const bool is_good = is_letter_or_digit(c) || c == '_' || (c == '.' && !name.ends_with('.'));
    if (is_good && (c != '.' || !name.empty())) {
      name += c;
    } else if (!name.empty() && !name.ends_with('-')) {
      name += '-';
    }
  }
  while (name.ends_with('-') || name.ends_with('.'))
    name.pop_back();
  name.resize(std::min(name.size(), kWordBytesMax));
  return name;
}

}  // namespace hearth::store
