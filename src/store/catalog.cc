#include "store/catalog.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <memory>

#include <strings.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/utf8.h"

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

}  // namespace

ModelFile same_as(ModelFile model, const Fd& file) {
  struct stat facts{};
  if (::fstat(file.get(), &facts) != 0) return model;
  return with_facts(std::move(model), facts);
}

std::vector<ModelFile> Catalog::list() const {
  std::vector<ModelFile> files;
  std::error_code error;
  for (fs::directory_iterator it(folder_, error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (!name.ends_with(kSuffix) || name.size() == kSuffix.size() || !base::is_utf8(name)) continue;
    if (!it->is_regular_file(error)) continue;
    auto file = describe(name.substr(0, name.size() - kSuffix.size()), it->path().string());
    if (file) files.push_back(std::move(*file));
  }
  const std::size_t own = files.size();
  for (const BuiltInModels::Entry& entry : built_in_.entries) {
    const bool hidden =
        std::any_of(files.begin(), files.begin() + static_cast<std::ptrdiff_t>(own),
                    [&](const ModelFile& file) { return same_name(file.name, entry.name); });
    auto file = describe(entry.name, built_in_.folder + "/" + entry.name + std::string(kSuffix));
    if (hidden || !file) continue;
    file->sha256 = entry.sha256;
    files.push_back(std::move(*file));
  }
  std::sort(files.begin(), files.end(),
            [](const ModelFile& a, const ModelFile& b) { return a.name < b.name; });
  return files;
}

Result<ModelFile> Catalog::find_model(const std::string& name) const {
  if (name.empty()) return fail(Code::kInvalidArgument, "name a model");
  if (name.find('\0') != std::string::npos)
    return fail(Code::kInvalidArgument, "a model's name has no NUL byte");
  if (name.starts_with('/')) return describe(name, name);
  std::string known;
  const auto files = list();
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (same_name(files[i].name, name) || same_name(files[i].name + ".gguf", name)) return files[i];
    if (i < kNamedInErrors) known += (known.empty() ? "" : ", ") + files[i].name;
  }
  return fail(Code::kNotFound, "no model is called '" + base::repair_utf8(name) + "'; " +
                                   (known.empty() ? "there is none yet" : "there are: " + known) +
                                   ". Put a .gguf file into the models folder, which `hearth "
                                   "doctor` shows, or name the file by its absolute path");
}

}  // namespace hearth::store
