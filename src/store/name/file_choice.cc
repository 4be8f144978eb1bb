#include "store/name/file_choice.h"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "base/units.h"
#include "store/name/hugging_face_name.h"
#include "store/name/name_rules.h"
#include "store/name/quant.h"
#include "store/name/split_file.h"

namespace hearth::store {

namespace {

constexpr std::size_t kListedMax = 24;
constexpr std::string_view kProjectorMark = "mmproj";
constexpr std::string_view kMatrixMark = "imatrix";
constexpr std::array<std::string_view, 4> kProjectorOrder{"F16", "BF16", "Q8_0", "F32"};

// A model of the repository: the parts that were seen, by number.
struct Candidate {
  std::string quant;
  std::uint32_t count = 1;
  std::map<std::uint32_t, RemoteFile> parts;

  bool complete() const { return parts.size() == count; }
  const std::string& path() const { return parts.begin()->second.path; }
};

struct Repository {
  std::vector<Candidate> models;
  std::vector<RemoteFile> projectors;
};

std::string_view folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

std::string_view base_of(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

Repository sort_out(const std::vector<RemoteFile>& there) {
  Repository repository;
  std::map<std::pair<std::string, std::uint32_t>, Candidate> models;
  for (const RemoteFile& file : there) {
    if (!ends_in_gguf(file.path) || !check_file_path(file.path)) continue;
    const std::string base = lower_case(base_of(file.path));
    if (base.find(kMatrixMark) != std::string::npos) continue;
    if (base.find(kProjectorMark) != std::string::npos) {
      repository.projectors.push_back(file);
      continue;
    }
    const auto split = split_file(file.path);
    const SplitPart part = split ? split->part : SplitPart{};
    // A whole file keeps its ending in the key, so that none is taken for a part.
    Candidate& model = models[{split ? split->stem : file.path, part.count}];
    model.quant = quant_of_file(file.path);
    model.count = part.count;
    model.parts.emplace(part.number, file);
  }
  for (auto& [key, model] : models)
    repository.models.push_back(std::move(model));
  return repository;
}

std::uint64_t size_of(const Candidate& model) {
  std::uint64_t sum = 0;
  for (const auto& [number, file] : model.parts)
    sum += std::min(file.size_bytes, ~std::uint64_t{0} - sum);
  return sum;
}

// "Q4_K_M (4.4 GiB), Q8_0 (7.5 GiB)": the smallest first.
std::string listed(const std::vector<const Candidate*>& models) {
  std::vector<const Candidate*> sorted = models;
  std::sort(sorted.begin(), sorted.end(), [](const Candidate* a, const Candidate* b) {
    return std::make_tuple(size_of(*a), a->path()) < std::make_tuple(size_of(*b), b->path());
  });
  std::string text;
  for (std::size_t i = 0; i < std::min(sorted.size(), kListedMax); ++i) {
    const Candidate& model = *sorted[i];
    text += fmt::format("{}{} ({})", text.empty() ? "" : ", ",
                        model.quant.empty() ? model.path() : model.quant,
                        base::format_bytes(size_of(model)));
  }
  return sorted.size() > kListedMax ? text + ", …" : text;
}

std::vector<const Candidate*> all_of(const Repository& repository) {
  std::vector<const Candidate*> models;
  for (const Candidate& model : repository.models)
    models.push_back(&model);
  return models;
}

Failure not_there(std::string_view what, const Repository& repository,
                  const HuggingFaceName& name) {
  const std::string whose = hugging_face_text({name.owner, name.repository, name.revision, {}, {}});
  if (repository.models.empty()) {
    return fail(Code::kNotFound,
                fmt::format("{} has no .gguf model; look for a repository whose name ends in -GGUF",
                            whose));
  }
  return fail(Code::kNotFound,
              fmt::format("{} has no {}; it has {}", whose, what, listed(all_of(repository))));
}

Failure several_fit(const std::vector<const Candidate*>& models) {
  std::string paths;
  for (std::size_t i = 0; i < std::min(models.size(), kListedMax); ++i)
    paths += (i == 0 ? "" : ", ") + models[i]->path();
  return fail(Code::kInvalidArgument,
              "several files fit; name one of them as OWNER/REPOSITORY:FILE: " + paths);
}

Failure part_missing(const Candidate& model) {
  std::uint32_t number = 1;
  while (model.parts.contains(number))
    ++number;
  return fail(Code::kCorrupt, fmt::format("of {} part {} of {} is not in the repository; choose "
                                          "another quantisation or repository",
                                          in_quotes(model.path()), number, model.count));
}

// The one among those that fit: whole, of few parts, and no other like it.
Result<const Candidate*> best_of(std::vector<const Candidate*> models) {
  HEARTH_ASSERT(!models.empty());
  const Candidate* broken = models.front();
  std::erase_if(models, [](const Candidate* model) { return !model->complete(); });
  if (models.empty()) return part_missing(*broken);
  const auto fewer = [](const Candidate* a, const Candidate* b) { return a->count < b->count; };
  const std::uint32_t fewest = (*std::min_element(models.begin(), models.end(), fewer))->count;
  std::erase_if(models, [fewest](const Candidate* model) { return model->count != fewest; });
  if (models.size() > 1) return several_fit(models);
  return models.front();
}

template <typename Fits>
std::vector<const Candidate*> those(const Repository& repository, Fits fits) {
  std::vector<const Candidate*> models;
  for (const Candidate& model : repository.models) {
    if (fits(model)) models.push_back(&model);
  }
  return models;
}

Result<const Candidate*> choose_file(const Repository& repository, const HuggingFaceName& name) {
  const auto has_file = [&](const Candidate& model, auto same) {
    return std::any_of(model.parts.begin(), model.parts.end(),
                       [&](const auto& part) { return same(part.second.path); });
  };
  auto models = those(repository, [&](const Candidate& model) {
    return has_file(model, [&](const std::string& path) { return path == name.file; });
  });
  // A file of a folder may be named without it.
  if (models.empty()) {
    models = those(repository, [&](const Candidate& model) {
      return has_file(model, [&](const std::string& path) { return base_of(path) == name.file; });
    });
  }
  if (models.empty()) return not_there("file " + in_quotes(name.file), repository, name);
  return best_of(std::move(models));
}

Result<const Candidate*> choose_quant(const Repository& repository, const HuggingFaceName& name) {
  auto models =
      those(repository, [&](const Candidate& model) { return model.quant == name.quant; });
  if (models.empty()) return not_there(name.quant, repository, name);
  return best_of(std::move(models));
}

// Nothing is wanted: the first in the order that is there as a whole.
Result<const Candidate*> choose_usual(const Repository& repository, const HuggingFaceName& name) {
  std::optional<std::size_t> first;
  for (const Candidate& model : repository.models) {
    const auto rank = quant_rank(model.quant);
    if (rank && model.complete()) first = std::min(first.value_or(*rank), *rank);
  }
  if (first) {
    return best_of(those(repository,
                         [&](const Candidate& model) { return quant_rank(model.quant) == first; }));
  }
  if (repository.models.empty()) return not_there("model", repository, name);
  return best_of(all_of(repository));
}

Result<const Candidate*> choose_model(const Repository& repository, const HuggingFaceName& name) {
  if (!name.file.empty()) return choose_file(repository, name);
  if (!name.quant.empty()) return choose_quant(repository, name);
  return choose_usual(repository, name);
}

// Less is better: the folder, the precision, the path.
std::tuple<bool, std::ptrdiff_t, std::string> projector_order(const RemoteFile& file,
                                                              std::string_view model_folder) {
  const std::string quant = quant_of_file(std::string(base_of(file.path)));
  const auto place = std::find(kProjectorOrder.begin(), kProjectorOrder.end(), quant);
  return {folder_of(file.path) != model_folder, place - kProjectorOrder.begin(), file.path};
}

std::optional<RemoteFile> choose_projector(const Repository& repository, std::string_view model) {
  const std::string_view folder = folder_of(model);
  const RemoteFile* best = nullptr;
  for (const RemoteFile& file : repository.projectors) {
    const std::string_view own = folder_of(file.path);
    if (own != folder && !own.empty()) continue;  // of another model
    if (best == nullptr || projector_order(file, folder) < projector_order(*best, folder))
      best = &file;
  }
  if (best == nullptr) return std::nullopt;
  return *best;
}

FileChoice files_of(const Candidate& model, const Repository& repository) {
  FileChoice choice{model.quant, {}, choose_projector(repository, model.path())};
  for (const auto& [number, file] : model.parts)
    choice.parts.push_back(file);
  return choice;
}

}  // namespace

Result<FileChoice> choose_files(const std::vector<RemoteFile>& there, const HuggingFaceName& name) {
  if (there.size() > kRepositoryFilesMax) {
    return fail(Code::kResourceExhausted,
                fmt::format("the repository has {} files, and at most {} are looked at; name the "
                            "URL of the file",
                            there.size(), kRepositoryFilesMax));
  }
  const Repository repository = sort_out(there);
  const Candidate* model = HEARTH_TRY(choose_model(repository, name));
  return files_of(*model, repository);
}

std::vector<NamedChoice> all_choices(const std::vector<RemoteFile>& there,
                                     const HuggingFaceName& repository) {
  std::vector<NamedChoice> choices;
  if (there.size() > kRepositoryFilesMax) return choices;
  const Repository sorted = sort_out(there);
  for (const Candidate& model : sorted.models) {
    if (!model.complete()) continue;
    HuggingFaceName name = repository;
    name.quant = model.quant;
    const auto meant = model.quant.empty() ? nullptr : choose_quant(sorted, name).value_or(nullptr);
    if (meant != &model) {
      name.quant.clear();
      name.file = model.path();
    }
    choices.push_back({std::move(name), files_of(model, sorted)});
  }
  return choices;
}

}  // namespace hearth::store
