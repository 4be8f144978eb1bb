#include "fleet/model_opening.h"

#include <string>

#include <fmt/format.h>

#include "gguf/file.h"
#include "store/digest.h"
#include "store/make/directions_over.h"
#include "store/manifest/mending.h"
#include "wire/messages.h"

namespace hearth::fleet {

namespace {

static_assert(store::kAdaptersMax == wire::kAdaptersMax, "`hearth create` refuses what we refuse");

// What stands in the manifest beside the model's first file.
Result<Fd> open_belonging(const std::string& path, const store::ModelFile& model) {
  auto file = base::open_for_reading(path);
  if (file || file.error().code != Code::kNotFound) return file;
  const bool is_ours = model.manifest && model.holder == store::Holder::kStore;
  return fail(
      Code::kNotFound,
      "a file of '" + model.name + "' is gone; " +
          (is_ours ? store::how_to_mend(*model.manifest) : "it has to come back to '" + path + "'"),
      path);
}

Result<Fd> open_adapter(const std::string& path, const store::ModelFile& model) {
  Fd file = HEARTH_TRY(open_belonging(path, model));
  const auto parsed = HEARTH_TRY(gguf::File::load(file.get(), path));
  const auto* type = parsed.find("general.type");
  const std::string* text = type == nullptr ? nullptr : type->as_text();
  if (text != nullptr && *text == "adapter") return file;
  return fail(Code::kInvalidArgument, "'" + path + "' is no adapter", path);
}

}  // namespace

Result<OpenedModel> open_model(const store::ModelFile& model) {
  OpenedModel opened;
  opened.file = HEARTH_TRY(base::open_for_reading(model.path));
  HEARTH_TRY(store::check_digest(model, opened.file));
  std::vector<gguf::File> parts;
  parts.push_back(HEARTH_TRY(gguf::File::load(opened.file.get(), model.path)));
  for (const std::string& part : model.more_parts) {
    const Fd file = HEARTH_TRY(open_belonging(part, model));
    parts.push_back(HEARTH_TRY(gguf::File::load(file.get(), part)));
  }
  opened.facts = HEARTH_TRY(gguf::ModelFacts::from(parts));
  HEARTH_TRY(gguf::check_loadable(opened.facts, model.path));
  if (model.adapters.size() > wire::kAdaptersMax) {
    return fail(Code::kInvalidArgument,
                fmt::format("'{}' has {} adapters, and at most {} are possible", model.name,
                            model.adapters.size(), wire::kAdaptersMax),
                model.path);
  }
  for (const std::string& adapter : model.adapters)
    opened.adapters.push_back(HEARTH_TRY(open_adapter(adapter, model)));
  return opened;
}

}  // namespace hearth::fleet
