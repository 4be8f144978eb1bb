#include "store/catalog.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <memory>

#include <strings.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/utf8.h"
#include "store/installed.h"
#include "store/manifest/layout.h"
#include "store/name/aliases.h"

namespace hearth::store {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSuffix = ".gguf";
constexpr std::size_t kNamedInErrors = 8;

ModelFile with_facts(ModelFile file, const struct stat& facts) {
  file.file_number = facts.st_ino;
  file.size_bytes = static_cast<std::uint64_t>(facts.st_size);
  file.modified_ms = std::int64_t{facts.st_mtim.tv_sec} * 1000 + facts.st_mtim.tv_nsec / 1'000'000;
  return file;
}

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

// The parts of the model that a manifest names, by their blobs.
Result<ModelFile> describe(const Manifest& manifest, const std::string& folder) {
  std::vector<const ManifestFile*> parts;
  for (const ManifestFile& file : manifest.files) {
    if (file.role == FileRole::kModel) parts.push_back(&file);
  }
  std::sort(parts.begin(), parts.end(), [](const ManifestFile* a, const ManifestFile* b) {
    return a->part.number < b->part.number;
  });
  HEARTH_ASSERT(!parts.empty());  // check_manifest has seen to it
  const auto path_of = [&](const ManifestFile& part) {
    return folder + "/" + blob_path(part.digest);
  };
  const std::string name = manifest.name.short_text();
  auto first = describe(name, path_of(*parts.front()));
  if (!first) {
    return fail(first.error().code,
                "the file of '" + name +
                    "' is gone; get it again with `hearth "
                    "pull " +
                    name + "`",
                first.error().context);
  }
  ModelFile model = *std::move(first);
  for (std::size_t part = 1; part < parts.size(); ++part) {
    model.more_parts.push_back(path_of(*parts[part]));
    model.size_bytes += parts[part]->size_bytes;
  }
  return model;
}

std::string names_of(const std::vector<ModelFile>& files) {
  std::string known;
  for (std::size_t i = 0; i < files.size() && i < kNamedInErrors; ++i)
    known += (i == 0 ? "there are: " : ", ") + files[i].name;
  return known.empty() ? "there is none yet" : known;
}

}  // namespace

ModelFile same_as(ModelFile model, const Fd& file) {
  struct stat facts{};
  if (::fstat(file.get(), &facts) != 0) return model;
  return with_facts(std::move(model), facts);
}

void Catalog::add_files(std::vector<ModelFile>& files) const {
  std::error_code error;
  for (fs::directory_iterator it(folder_, error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (!name.ends_with(kSuffix) || name.size() == kSuffix.size() || !base::is_utf8(name)) continue;
    if (!it->is_regular_file(error)) continue;
    auto file = describe(name.substr(0, name.size() - kSuffix.size()), it->path().string());
    if (file) files.push_back(std::move(*file));
  }
}

void Catalog::add_built_in(std::vector<ModelFile>& files) const {
  for (const BuiltInModels::Entry& entry : built_in_.entries) {
    auto file = describe(entry.name, built_in_.folder + "/" + entry.name + std::string(kSuffix));
    if (!file || has_name(files, entry.name)) continue;
    file->sha256 = entry.sha256;
    files.push_back(std::move(*file));
  }
}

void Catalog::add_installed(std::vector<ModelFile>& files) const {
  for (const Manifest& manifest : Installed(folder_).list()) {
    auto file = describe(manifest, folder_);
    if (file && !has_name(files, file->name)) files.push_back(std::move(*file));
  }
}

std::vector<ModelFile> Catalog::list() const {
  std::vector<ModelFile> files;
  add_files(files);
  add_built_in(files);
  add_installed(files);
  std::sort(files.begin(), files.end(),
            [](const ModelFile& a, const ModelFile& b) { return a.name < b.name; });
  return files;
}

Result<ModelFile> Catalog::find_model(const std::string& name) const {
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
    const auto installed = Installed(folder_).find(*meant);
    if (installed) return describe(*installed, folder_);
    if (installed.error().code != Code::kNotFound) return fail(installed.error());
  }
  return fail(Code::kNotFound,
              "no model is called '" + base::repair_utf8(name) + "'; " + names_of(list()) +
                  ". Get one with `hearth pull NAME`, put a .gguf file into the models folder, "
                  "which `hearth doctor` shows, or name the file by its absolute path");
}

}  // namespace hearth::store
