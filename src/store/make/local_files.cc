#include "store/make/local_files.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "gguf/model_facts.h"
#include "store/name/name_rules.h"
#include "store/name/split_file.h"

namespace hearth::store {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kNamedMax = 8;

Failure wrong(const std::string& path, std::string_view what) {
  return fail(Code::kInvalidArgument, fmt::format("{} {}", in_quotes(path), what), path);
}

std::string_view text_of(const gguf::File& file, std::string_view key) {
  const gguf::Value* value = file.find(key);
  const std::string* text = value == nullptr ? nullptr : value->as_text();
  return text == nullptr ? std::string_view() : std::string_view(*text);
}

FileRole role_of(const gguf::File& file) {
  const std::string_view type = text_of(file, "general.type");
  if (type == "adapter") return FileRole::kAdapter;
  if (type == "mmproj" || text_of(file, "general.architecture") == "clip")
    return FileRole::kProjector;
  return FileRole::kModel;
}

std::optional<std::uint64_t> number_of(const gguf::File& file, std::string_view key) {
  const gguf::Value* value = file.find(key);
  return value == nullptr ? std::nullopt : value->as_unsigned();
}

Result<SplitPart> part_of(const gguf::File& file, const std::string& path) {
  const std::uint64_t count = number_of(file, "split.count").value_or(1);
  const std::uint64_t number = number_of(file, "split.no").value_or(0) + 1;
  if (count <= 1) return SplitPart{};
  if (number > count || count > kSplitPartsMax)
    return wrong(path, fmt::format("says that it is part {} of {}", number, count));
  return SplitPart{static_cast<std::uint32_t>(number), static_cast<std::uint32_t>(count)};
}

// Whether it could be loaded; later parts of a divided model have nothing to be asked for.
Result<void> check_model(const gguf::File& file, const SplitPart& part) {
  if (part.number > 1) return {};
  const gguf::ModelFacts facts = HEARTH_TRY(gguf::ModelFacts::from(file));
  if (part.count > 1) return {};
  return gguf::check_loadable(facts, file.name());
}

// Who names a file that is damaged or none at all has asked for the wrong thing.
Result<gguf::File> load(const std::string& path) {
  auto file = gguf::File::load(path);
  if (file || file.error().code != Code::kCorrupt) return file;
  return fail(Code::kInvalidArgument, file.error().message, file.error().context);
}

Result<LocalFile> look_into(const std::string& path) {
  std::error_code error;
  const std::uintmax_t size = fs::file_size(path, error);
  // Of a pipe or a device the reading says what it is.
  const bool is_other = error == std::errc::operation_not_supported;
  if (error && !is_other)
    return fail(base::errno_error(error.value(), "cannot find '" + path + "'", path));
  const gguf::File file = HEARTH_TRY(load(path));
  LocalFile found;
  found.path = path;
  found.size_bytes = size;
  found.role = role_of(file);
  if (found.role != FileRole::kModel) return found;
  found.part = HEARTH_TRY(part_of(file, path));
  HEARTH_TRY(check_model(file, found.part));
  return found;
}

Failure no_model_in(const std::string& folder) {
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".safetensors") {
      return wrong(folder,
                   "has safetensors and no GGUF; convert the model to GGUF first, or pull it "
                   "from a repository whose name ends in -GGUF");
    }
  }
  return wrong(folder, "has no .gguf file; name the folder that has, or the file itself");
}

// In the order of their names.
Result<std::vector<std::string>> gguf_files_in(const std::string& folder) {
  std::vector<std::string> paths;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    const std::string path = it->path().string();
    if (!ends_in_gguf(path) || !fs::is_regular_file(path, error)) continue;
    if (paths.size() == kFolderFilesMax)
      return wrong(folder, fmt::format("has more than {} .gguf files; name one", paths.size()));
    paths.push_back(path);
  }
  if (error) return fail(base::errno_error(error.value(), "cannot list '" + folder + "'", folder));
  if (paths.empty()) return no_model_in(folder);
  std::sort(paths.begin(), paths.end());
  return paths;
}

// The other parts stand beside it and are called as llama.cpp calls them.
Result<std::vector<std::string>> all_parts(const LocalFile& file) {
  const auto split = split_file(file.path);
  if (!split || split->part.count != file.part.count) {
    return wrong(file.path, fmt::format("is one of {0} parts of a model and not called as they "
                                        "are; call them NAME-00001-of-{0:05}.gguf and so on",
                                        file.part.count));
  }
  std::vector<std::string> paths;
  for (std::uint32_t number = 1; number <= file.part.count; ++number)
    paths.push_back(fmt::format("{}-{:05}-of-{:05}.gguf", split->stem, number, file.part.count));
  return paths;
}

class Collection {
 public:
  Result<void> add(const std::string& path) {
    std::error_code error;
    if (fs::is_directory(path, error)) return add_folder(path);
    const LocalFile file = HEARTH_TRY(look_into(path));
    if (file.role == FileRole::kAdapter)
      return wrong(path, "is an adapter and no model; write ADAPTER, and FROM with its model");
    if (file.part.count == 1) return keep(file);
    for (const std::string& part : HEARTH_TRY(all_parts(file))) {
      const LocalFile found = HEARTH_TRY(look_into(part));
      HEARTH_TRY(keep(found));
    }
    return {};
  }
  std::vector<LocalFile> take() { return std::move(files_); }

 private:
  Result<void> add_folder(const std::string& folder) {
    for (const std::string& path : HEARTH_TRY(gguf_files_in(folder))) {
      const LocalFile file = HEARTH_TRY(look_into(path));
      if (file.role != FileRole::kAdapter) HEARTH_TRY(keep(file));
    }
    return {};
  }

  // Each once, however often it is named.
  Result<void> keep(const LocalFile& file) {
    const bool is_known = std::any_of(files_.begin(), files_.end(), [&](const LocalFile& each) {
      std::error_code error;
      return fs::equivalent(each.path, file.path, error);
    });
    if (is_known) return {};
    if (files_.size() == kFilesMax)
      return wrong(file.path, fmt::format("is one file too many; a model has {}", kFilesMax));
    files_.push_back(file);
    return {};
  }

  std::vector<LocalFile> files_;
};

}  // namespace

std::string LocalFile::file_name() const {
  return fs::path(path).filename().string();
}

Result<std::vector<LocalFile>> find_local_files(const std::vector<std::string>& paths) {
  Collection collection;
  for (const std::string& path : paths)
    HEARTH_TRY(collection.add(path));
  return collection.take();
}

Result<void> check_model_file(const std::string& path) {
  HEARTH_TRY(look_into(path));
  return {};
}

Result<LocalFile> find_adapter(const std::string& path) {
  LocalFile file = HEARTH_TRY(look_into(path));
  if (file.role == FileRole::kAdapter) return file;
  return wrong(path, "is no adapter: its general.type is not adapter; a model is named by FROM");
}

Result<void> check_one_model(const std::vector<LocalFile>& files) {
  std::vector<std::string> first_parts;
  std::vector<std::uint32_t> numbers;
  std::uint32_t count = 0;
  for (const LocalFile& file : files) {
    if (file.role != FileRole::kModel) continue;
    if (file.part.number == 1) first_parts.push_back(file.file_name());
    numbers.push_back(file.part.number);
    count = std::max(count, file.part.count);
  }
  if (first_parts.size() > 1) {
    std::string names;
    for (std::size_t i = 0; i < std::min(first_parts.size(), kNamedMax); ++i)
      names += (i == 0 ? "" : ", ") + in_quotes(first_parts[i]);
    return fail(Code::kInvalidArgument,
                fmt::format("there are {} models and one is possible; name one of: {}",
                            first_parts.size(), names));
  }
  std::sort(numbers.begin(), numbers.end());
  const bool is_whole = !numbers.empty() && numbers.size() == count &&
                        std::adjacent_find(numbers.begin(), numbers.end()) == numbers.end();
  if (is_whole) return {};
  if (numbers.empty())
    return fail(Code::kInvalidArgument, "there is no model; FROM names a model's file or name");
  return fail(Code::kInvalidArgument,
              fmt::format("{} of {} parts of the model are there", numbers.size(), count));
}

Result<std::vector<LocalFile>> files_of(const ModelFile& model) {
  std::vector<std::string> paths{model.path};
  paths.insert(paths.end(), model.more_parts.begin(), model.more_parts.end());
  std::vector<LocalFile> files;
  if (model.more_parts.empty()) {  // perhaps a part, whose others nobody has looked for
    files = HEARTH_TRY(find_local_files(paths));
  } else {
    for (const std::string& path : paths)
      files.push_back(HEARTH_TRY(look_into(path)));
  }
  for (const std::string& path : model.projectors)
    files.push_back(HEARTH_TRY(look_into(path)));
  for (const std::string& path : model.adapters)
    files.push_back(HEARTH_TRY(look_into(path)));
  if (!model.sha256.empty()) files.front().expected = HEARTH_TRY(BlobDigest::parse(model.sha256));
  return files;
}

}  // namespace hearth::store
