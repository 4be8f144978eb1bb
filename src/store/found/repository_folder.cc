#include "store/found/repository_folder.h"

#include <map>
#include <optional>
#include <utility>

#include "store/found/plain_file.h"
#include "store/name/file_choice.h"
#include "store/name/hugging_face_name.h"
#include "store/name/model_name.h"
#include "store/name/name_rules.h"

namespace hearth::store {

namespace {

// By their paths within the repository: where each is, and whether that is a link.
using Names = std::map<std::string, FolderEntry::Kind>;
using Files = std::map<std::string, PlainFile>;

struct Below {
  std::string path;  // within the repository, with '/' at its end; empty: the repository itself
  int depth = 0;
};

Names names_in(const RepositoryFolder& folder, Look& look) {
  Names names;
  std::vector<Below> to_see{Below{}};
  while (!to_see.empty()) {
    const Below below = std::move(to_see.back());
    to_see.pop_back();
    for (const FolderEntry& entry : look.entries(folder.path + "/" + below.path)) {
      std::string path = below.path + entry.name;
      if (entry.kind != FolderEntry::Kind::kFolder) {
        if (ends_in_gguf(path) && names.size() < kRepositoryModelFilesMax)
          names.emplace(std::move(path), entry.kind);
      } else if (below.depth < kRepositoryDepthMax) {
        to_see.push_back({path + "/", below.depth + 1});
      }
    }
  }
  return names;
}

void add_file(const RepositoryFolder& folder, const std::string& path, FolderEntry::Kind kind,
              Files& files) {
  const std::string full = folder.path + "/" + path;
  if (kind == FolderEntry::Kind::kLink && folder.links_within.empty()) return;
  auto file = folder.links_within.empty() ? find_plain_file(full)
                                          : find_file_within(folder.links_within, full);
  if (file && file->facts.st_size > 0) files.emplace(path, *std::move(file));
}

Files files_of(const RepositoryFolder& folder, const Names& names) {
  Files files;
  for (const auto& [path, kind] : names)
    add_file(folder, path, kind, files);
  return files;
}

std::vector<RemoteFile> listed(const Files& files) {
  std::vector<RemoteFile> there;
  for (const auto& [path, file] : files)
    there.push_back({path, static_cast<std::uint64_t>(file.facts.st_size)});
  return there;
}

ModelFile described(const NamedChoice& choice, const Files& files, Holder holder) {
  const PlainFile& first = files.at(choice.files.parts.front().path);
  ModelFile model;
  const std::string text = hugging_face_text(choice.name);
  const auto name = ModelName::parse(text);
  model.name = name ? name->short_text() : text;
  model.path = first.path;
  model = with_facts(std::move(model), first.facts);
  for (std::size_t part = 1; part < choice.files.parts.size(); ++part) {
    const PlainFile& file = files.at(choice.files.parts[part].path);
    model.more_parts.push_back(file.path);
    model.size_bytes += static_cast<std::uint64_t>(file.facts.st_size);
  }
  if (choice.files.projector)
    model.projectors.push_back(files.at(choice.files.projector->path).path);
  model.holder = holder;
  return model;
}

// What the wanted name means among all that is there.
Result<NamedChoice> choose(const std::vector<RemoteFile>& there, const HuggingFaceName& repository,
                           const HuggingFaceName& wanted) {
  const auto chosen = choose_files(there, wanted);
  if (!chosen && chosen.error().code == Code::kCorrupt)
    return fail(Code::kNotFound, chosen.error().message);
  if (!chosen) return fail(chosen.error());
  for (NamedChoice& choice : all_choices(there, repository)) {
    if (choice.files.parts == chosen->parts) return std::move(choice);
  }
  return fail(Code::kNotFound, "no name means it");
}

// The model by names alone, and only its own files are looked at: nothing where one of them is not
// what its name says.
std::optional<ModelFile> find_by_names(const RepositoryFolder& folder, const Names& names,
                                       const HuggingFaceName& wanted) {
  std::vector<RemoteFile> there;
  for (const auto& [path, kind] : names)
    there.push_back({path, 0});
  const auto choice = choose(there, folder.name, wanted);
  if (!choice) return std::nullopt;
  std::vector<RemoteFile> own = choice->files.parts;
  if (choice->files.projector) own.push_back(*choice->files.projector);
  Files files;
  for (const RemoteFile& file : own)
    add_file(folder, file.path, names.at(file.path), files);
  if (files.size() != own.size()) return std::nullopt;
  return described(*choice, files, folder.holder);
}

}  // namespace

std::vector<ModelFile> models_in(const RepositoryFolder& folder, Look& look) {
  const Files files = files_of(folder, names_in(folder, look));
  std::vector<ModelFile> models;
  for (const NamedChoice& choice : all_choices(listed(files), folder.name))
    models.push_back(described(choice, files, folder.holder));
  return models;
}

Result<ModelFile> find_model_in(const RepositoryFolder& folder, const HuggingFaceName& wanted,
                                Look& look) {
  const Names names = names_in(folder, look);
  if (auto model = find_by_names(folder, names, wanted)) return *std::move(model);
  const Files files = files_of(folder, names);
  const NamedChoice choice = HEARTH_TRY(choose(listed(files), folder.name, wanted));
  return described(choice, files, folder.holder);
}

}  // namespace hearth::store
