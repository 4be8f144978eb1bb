#include "store/catalog.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <set>
#include <span>

#include <strings.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/nearest.h"
#include "base/utf8.h"
#include "store/holder_words.h"
#include "store/installed.h"
#include "store/manifest/layout.h"
#include "store/manifest/mending.h"
#include "store/name/aliases.h"
#include "store/name/name_rules.h"
#include "store/ollama/running_ollama.h"

namespace hearth::store {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSuffix = ".gguf";
constexpr std::size_t kNamedInErrors = 8;
constexpr std::size_t kComparedInErrors = 256;

Result<ModelFile> describe(std::string name, std::string path) {
  struct stat facts{};
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr),
                                                         &std::free);
  if (!real || ::stat(real.get(), &facts) != 0) {
    return fail(base::errno_error(errno, "cannot find the model file '" + path + "'", path));
  }
  return with_facts({std::move(name), real.get()}, facts);
}

bool same_name(const std::string& a, const std::string& b) {
  return ::strcasecmp(a.c_str(), b.c_str()) == 0;
}

bool has_name(const std::vector<ModelFile>& files, const std::string& name) {
  return std::any_of(files.begin(), files.end(),
                     [&](const ModelFile& file) { return same_name(file.name, name); });
}

Error gone(const Manifest& manifest, const std::string& path) {
  return make_error(
      Code::kNotFound,
      "a file of '" + manifest.name.short_text() + "' is gone; " + how_to_mend(manifest), path);
}

// What a manifest names, by its blobs.
Result<ModelFile> describe(Manifest manifest, const std::string& folder) {
  std::vector<ManifestFile> parts;
  ModelFile model;
  for (const ManifestFile& file : manifest.files) {
    const std::string path = folder + "/" + blob_path(file.digest);
    if (file.role == FileRole::kModel) parts.push_back(file);
    if (file.role == FileRole::kProjector) model.projectors.push_back(path);
    if (file.role == FileRole::kAdapter) model.adapters.push_back(path);
  }
  std::sort(parts.begin(), parts.end(), [](const ManifestFile& a, const ManifestFile& b) {
    return a.part.number < b.part.number;
  });
  HEARTH_ASSERT(!parts.empty());  // check_manifest has seen to it
  for (std::size_t part = 1; part < parts.size(); ++part)
    model.more_parts.push_back(folder + "/" + blob_path(parts[part].digest));
  const std::string name = manifest.name.short_text();
  const auto first = describe(name, folder + "/" + blob_path(parts.front().digest));
  if (!first) return fail(gone(manifest, first.error().context));
  model.name = name;
  model.path = first->path;
  model.file_number = first->file_number;
  model.modified_ms = first->modified_ms;
  model.size_bytes = first->size_bytes;
  for (std::size_t part = 1; part < parts.size(); ++part)
    model.size_bytes += parts[part].size_bytes;
  model.holder = Holder::kStore;
  model.manifest = std::make_shared<const Manifest>(std::move(manifest));
  return model;
}

// Nothing where nobody has it.
std::optional<Result<ModelFile>> if_there(Result<ModelFile> model) {
  if (!model && model.error().code == Code::kNotFound) return std::nullopt;
  return model;
}

void sort_by_name(std::vector<ModelFile>& files) {
  std::sort(files.begin(), files.end(),
            [](const ModelFile& a, const ModelFile& b) { return a.name < b.name; });
}

// What there is, and before that what was probably meant.
std::string names_of(const std::vector<ModelFile>& files, const std::string& wanted) {
  std::vector<std::string_view> names;
  for (const ModelFile& file : files)
    names.push_back(file.name);
  if (names.empty()) return "there is none yet";
  const std::size_t compared = std::min(names.size(), kComparedInErrors);
  const std::string_view meant = base::nearest(wanted, std::span(names).first(compared));
  std::string known = meant.empty() ? "" : "did you mean '" + std::string(meant) + "'? ";
  for (std::size_t i = 0; i < names.size() && i < kNamedInErrors; ++i)
    known += (i == 0 ? "there are: " : ", ") + std::string(names[i]);
  return names.size() > kNamedInErrors ? known + " and more" : known;
}

}  // namespace

void Catalog::add_files(std::vector<ModelFile>& files) const {
  std::error_code error;
  for (fs::directory_iterator it(folder_, error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (!name.ends_with(kSuffix) || name.size() == kSuffix.size() || !base::is_utf8(name)) continue;
    if (!it->is_regular_file(error)) continue;
    auto file = describe(name.substr(0, name.size() - kSuffix.size()), it->path().string());
    if (!file) continue;
    file->holder = Holder::kFolder;
    files.push_back(std::move(*file));
  }
}

void Catalog::add_built_in(std::vector<ModelFile>& files) const {
  for (const BuiltInModels::Entry& entry : built_in_.entries) {
    auto file = describe(entry.name, built_in_.folder + "/" + entry.name + std::string(kSuffix));
    if (!file || has_name(files, entry.name)) continue;
    file->sha256 = entry.sha256;
    file->holder = Holder::kBuiltIn;
    files.push_back(std::move(*file));
  }
}

void Catalog::add_installed(std::vector<ModelFile>& files) const {
  for (Manifest& manifest : Installed(folder_).list()) {
    auto file = describe(std::move(manifest), folder_);
    if (file && !has_name(files, file->name)) files.push_back(std::move(*file));
  }
}

void Catalog::add_found(std::vector<ModelFile>& files) const {
  std::set<std::string> names;
  for (const ModelFile& file : files)
    names.insert(lower_case(file.name));
  for (ModelFile& file : found_.list()) {
    if (names.count(lower_case(file.name)) == 0) files.push_back(std::move(file));
  }
}

std::vector<ModelFile> Catalog::own() const {
  std::vector<ModelFile> files;
  add_files(files);
  add_built_in(files);
  add_installed(files);
  sort_by_name(files);
  return files;
}

std::vector<ModelFile> Catalog::list() const {
  std::vector<ModelFile> files = own();
  add_found(files);
  sort_by_name(files);
  return files;
}

std::optional<Result<ModelFile>> Catalog::look_up(const std::string& name) const {
  if (name.empty()) return fail(Code::kInvalidArgument, "name a model");
  if (name.find('\0') != std::string::npos)
    return fail(Code::kInvalidArgument, "a model's name has no NUL byte");
  if (name.starts_with('/')) return describe(name, name);
  std::vector<ModelFile> files;
  add_files(files);
  add_built_in(files);
  for (const ModelFile& file : files) {
    if (same_name(file.name, name) || same_name(file.name + ".gguf", name)) return file;
  }
  const Aliases aliases = HEARTH_TRY(Aliases::load(aliases_file_, PlainHttp::kAllowed));
  if (const auto meant = aliases.resolve(name, PlainHttp::kAllowed)) {
    auto installed = Installed(folder_).find(*meant);
    if (installed) return describe(*std::move(installed), folder_);
    if (installed.error().code != Code::kNotFound) return fail(installed.error());
    if (auto found = if_there(found_.find(*meant))) return found;
  }
  if (name.starts_with(kOllamaPrefix)) {
    if (const auto meant = name_of_tag(name.substr(kOllamaPrefix.size())))
      return if_there(found_.find_at_ollama(*meant));
  }
  // Ollama's clients say it of every name that has no tag.
  constexpr std::string_view kLatest = ":latest";
  if (name.ends_with(kLatest)) return look_up(name.substr(0, name.size() - kLatest.size()));
  return std::nullopt;
}

Result<ModelFile> Catalog::find_model(const std::string& name) const {
  if (auto model = look_up(name)) return *std::move(model);
  return fail(unknown(name));
}

bool Catalog::has_model(const std::string& name) const {
  const auto model = look_up(name);
  return model && model->has_value();
}

Error Catalog::unknown(const std::string& name) const {
  const auto aliases = Aliases::load(aliases_file_, PlainHttp::kAllowed);
  if (aliases && aliases->find(name) != nullptr) {
    return make_error(Code::kNotFound,
                      "'" + name + "' is not here yet; `hearth pull " + name + "` gets it");
  }
  std::vector<ModelFile> files = own();
  add_found(files);
  return make_error(
      Code::kNotFound,
      "no model is called '" + base::repair_utf8(name) + "'; " + names_of(files, name) +
          ". Get one with `hearth pull NAME`, put a .gguf file into the models folder, "
          "which `hearth doctor` shows, or name the file by its absolute path");
}

}  // namespace hearth::store
