#include "store/found/hub_cache.h"

#include <algorithm>
#include <optional>

#include "base/trimmed.h"
#include "store/found/plain_file.h"
#include "store/found/repository_folder.h"
#include "store/name/hugging_face_name.h"

namespace hearth::store {

namespace {

constexpr std::string_view kPrefix = "models--";
constexpr std::string_view kBetween = "--";
constexpr std::size_t kCommitDigits = 40;
constexpr std::size_t kRefBytesMax = 256;

bool is_commit(std::string_view text) {
  return text.size() == kCommitDigits && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

std::optional<HuggingFaceName> repository_of(std::string_view folder) {
  if (!folder.starts_with(kPrefix)) return std::nullopt;
  folder.remove_prefix(kPrefix.size());
  const std::size_t between = folder.find(kBetween);
  if (between == std::string_view::npos) return std::nullopt;
  const std::string owner(folder.substr(0, between));
  auto name =
      parse_hugging_face_name(owner + "/" + std::string(folder.substr(between + kBetween.size())));
  const bool is_whole = name && name->quant.empty() && name->file.empty() && name->revision.empty();
  return is_whole ? std::optional(*std::move(name)) : std::nullopt;
}

// Which commit a branch or a tag was when it was fetched.
std::string commit_of(const std::string& folder, std::string_view revision) {
  const std::string path = folder + "/refs/" + std::string(revision);
  const auto text = load_plain_text(path, kRefBytesMax);
  const std::string_view commit = base::trimmed(text ? std::string_view(*text) : "", " \r\n");
  if (is_commit(commit)) return std::string(commit);
  return is_commit(revision) ? std::string(revision) : std::string();
}

// `within` is the cache without links.
std::optional<RepositoryFolder> snapshot_of(const std::string& within, const std::string& folder,
                                            HuggingFaceName name) {
  const std::string commit =
      commit_of(folder, name.revision.empty() ? kMainRevision : std::string_view(name.revision));
  if (commit.empty()) return std::nullopt;
  return RepositoryFolder{folder + "/snapshots/" + commit, std::move(name), Holder::kHubCache,
                          within};
}

Failure not_there(const std::string& cache) {
  return fail(Code::kNotFound, "it is not in the cache '" + cache + "'");
}

}  // namespace

std::vector<ModelFile> models_of_hub_cache(const std::string& cache, Look& look) {
  std::vector<ModelFile> models;
  const std::string within = real_path(cache);
  for (const FolderEntry& entry : look.entries(within)) {
    const auto name = repository_of(entry.name);
    if (entry.kind != FolderEntry::Kind::kFolder || !name) continue;
    const auto snapshot = snapshot_of(within, within + "/" + entry.name, *name);
    if (!snapshot) continue;
    for (ModelFile& model : models_in(*snapshot, look))
      models.push_back(std::move(model));
  }
  return models;
}

Result<ModelFile> find_in_hub_cache(const std::string& cache, const ModelName& name, Look& look) {
  const auto* wanted = std::get_if<HuggingFaceName>(&name.source());
  if (wanted == nullptr) return not_there(cache);
  const std::string within = real_path(cache);
  const auto folder = look.subfolder(
      within, std::string(kPrefix) + wanted->owner + std::string(kBetween) + wanted->repository);
  if (!folder) return not_there(cache);
  auto called = repository_of(folder->substr(within.size() + 1));
  if (!called) return not_there(cache);
  called->revision = wanted->revision;
  const auto snapshot = snapshot_of(within, *folder, *std::move(called));
  if (!snapshot) return not_there(cache);
  return find_model_in(*snapshot, *wanted, look);
}

}  // namespace hearth::store
