#include "store/found/lm_studio.h"

#include <filesystem>
#include <optional>

#include "store/found/repository_folder.h"
#include "store/name/hugging_face_name.h"

namespace hearth::store {

namespace {

// `path` is FOLDER/PUBLISHER/REPOSITORY. Nothing for names that the hub does not have.
std::optional<RepositoryFolder> repository_at(const std::string& path) {
  const std::filesystem::path parts(path);
  const std::string text =
      parts.parent_path().filename().string() + "/" + parts.filename().string();
  auto name = parse_hugging_face_name(text);
  const bool is_whole = name && name->quant.empty() && name->file.empty() && name->revision.empty();
  if (!is_whole) return std::nullopt;
  return RepositoryFolder{path, *std::move(name), Holder::kLmStudio, {}};
}

Failure not_there(const std::string& folder) {
  return fail(Code::kNotFound, "it is not in '" + folder + "'");
}

}  // namespace

std::vector<ModelFile> models_of_lm_studio(const std::string& folder, Look& look) {
  std::vector<ModelFile> models;
  for (const FolderEntry& publisher : look.entries(folder)) {
    if (publisher.kind != FolderEntry::Kind::kFolder) continue;
    const std::string below = folder + "/" + publisher.name;
    for (const FolderEntry& entry : look.entries(below)) {
      if (entry.kind != FolderEntry::Kind::kFolder) continue;
      const auto repository = repository_at(below + "/" + entry.name);
      if (!repository) continue;
      for (ModelFile& model : models_in(*repository, look))
        models.push_back(std::move(model));
    }
  }
  return models;
}

Result<ModelFile> find_in_lm_studio(const std::string& folder, const ModelName& name, Look& look) {
  const auto* wanted = std::get_if<HuggingFaceName>(&name.source());
  if (wanted == nullptr || !wanted->revision.empty()) return not_there(folder);
  const auto publisher = look.subfolder(folder, wanted->owner);
  const auto path = publisher ? look.subfolder(*publisher, wanted->repository) : std::nullopt;
  const auto repository = path ? repository_at(*path) : std::nullopt;
  if (!repository) return not_there(folder);
  return find_model_in(*repository, *wanted, look);
}

}  // namespace hearth::store
