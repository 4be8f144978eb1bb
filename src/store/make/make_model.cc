#include "store/make/make_model.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "base/clock.h"
#include "gguf/file.h"
#include "gguf/model_facts.h"
#include "store/make/blob_import.h"
#include "store/make/capped_parameters.h"
#include "store/make/directions_over.h"
#include "store/make/local_files.h"
#include "store/make/made_name.h"
#include "store/manifest/layout.h"
#include "store/manifest/manifest_file.h"
#include "store/name/name_rules.h"
#include "store/removal.h"

namespace hearth::store {

namespace {

constexpr std::chrono::milliseconds kTell{100};

Result<void> check_absolute(const std::string& path) {
  if (path.starts_with('/')) return {};
  return fail(Code::kInvalidArgument,
              in_quotes(path) +
                  " is relative to a folder that only you know; write the absolute "
                  "path, as `hearth create` does for you");
}

// What FROM says: one name at most, and paths.
struct Beginning {
  std::string name;
  std::vector<std::string> paths;
};

Result<Beginning> beginning_of(const Modelfile& modelfile) {
  Beginning beginning;
  for (const std::string& from : modelfile.from) {
    if (is_path(from)) {
      HEARTH_TRY(check_absolute(from));
      beginning.paths.push_back(from);
      continue;
    }
    if (!beginning.name.empty()) {
      return fail(Code::kInvalidArgument,
                  fmt::format("FROM names two models, {} and {}; a model is made of one",
                              in_quotes(beginning.name), in_quotes(from)));
    }
    beginning.name = from;
  }
  if (!beginning.name.empty() || !beginning.paths.empty()) return beginning;
  return fail(Code::kInvalidArgument, "nothing says of what the model is made");
}

class Making {
 public:
  Making(const MakeRequest& request, const Catalog& catalog, const base::CancelToken& cancel)
      : request_(request), catalog_(catalog), cancel_(cancel) {}

  Result<MadeModel> run() {
    const auto hold = HEARTH_TRY(hold_blobs(catalog_.folder()));
    const Beginning beginning = HEARTH_TRY(beginning_of(request_.modelfile));
    const ModelName name = HEARTH_TRY(own_name(beginning));
    Manifest manifest{name, {name, {}, {}}, {}, {}, {}};
    manifest.owner = Owner::kUser;  // also of what was pulled under another name
    if (!beginning.name.empty()) HEARTH_TRY(take_base(beginning.name, manifest));
    HEARTH_TRY(take_paths(beginning.paths, manifest));
    auto warnings = HEARTH_TRY(direct(manifest, request_.modelfile));
    HEARTH_TRY(import_files(manifest));
    for (std::string& note : notes_on_capped(request_.modelfile.parameters, caps_of(manifest)))
      warnings.push_back(std::move(note));
    HEARTH_TRY(keep_manifest(catalog_.folder(), manifest));
    return MadeModel{std::move(manifest), std::move(warnings)};
  }

 private:
  Result<ModelName> own_name(const Beginning& beginning) const {
    const Aliases aliases = HEARTH_TRY(Aliases::load(request_.aliases_file));
    if (!request_.name.empty()) return name_for_made(request_.name, catalog_, aliases);
    if (beginning.paths.empty()) return fail(Code::kInvalidArgument, "the new model needs a name");
    const std::string& path = beginning.paths.front();
    const std::string taken = name_of_path(path);
    if (!taken.empty()) return name_for_made(taken, catalog_, aliases);
    return fail(Code::kInvalidArgument,
                fmt::format("nothing of {} can be the new model's name, which has ASCII letters "
                            "and digits; give it one: `hearth import FILE NAME`",
                            in_quotes(std::filesystem::path(path).filename().string())));
  }

  Result<void> take_base(const std::string& name, Manifest& manifest) {
    const ModelFile base = HEARTH_TRY(catalog_.find_model(name));
    if (base.manifest) {
      manifest.licences = base.manifest->licences;
      manifest.directions = base.manifest->directions;
    }
    if (base.holder == Holder::kStore) {
      manifest.origin = base.manifest->origin;
      manifest.files = base.manifest->files;
      return check_blobs(name, manifest);
    }
    manifest.origin.name = HEARTH_TRY(ModelName::parse(base.path));
    local_ = HEARTH_TRY(files_of(base));
    return {};
  }

  Result<void> check_blobs(const std::string& name, const Manifest& manifest) const {
    for (const ManifestFile& file : manifest.files) {
      std::error_code error;
      const std::string path = catalog_.folder() + "/" + blob_path(file.digest);
      if (std::filesystem::file_size(path, error) == file.size_bytes && !error) continue;
      return fail(Code::kCorrupt,
                  fmt::format("a file of {} is gone or cut off; `hearth verify {}` says more",
                              in_quotes(name), name),
                  path);
    }
    return {};
  }

  // What is copied in: beside a base only projectors and adapters.
  Result<void> take_paths(const std::vector<std::string>& paths, Manifest& manifest) {
    const auto found = HEARTH_TRY(find_local_files(paths));
    local_.insert(local_.end(), found.begin(), found.end());
    const bool has_model = std::any_of(found.begin(), found.end(), [](const LocalFile& file) {
      return file.role == FileRole::kModel;
    });
    if (has_model && found.size() != local_.size()) return two_models(paths.front());
    if (has_model && !manifest.files.empty()) return two_models(paths.front());
    if (manifest.files.empty()) HEARTH_TRY(check_one_model(local_));
    if (has_model) manifest.origin.name = HEARTH_TRY(ModelName::parse(found.front().path));
    for (const std::string& path : request_.modelfile.adapters) {
      HEARTH_TRY(check_absolute(path));
      local_.push_back(HEARTH_TRY(find_adapter(path)));
    }
    return check_adapters(manifest);
  }

  // Before anything is copied: a model with more could be made and not loaded.
  Result<void> check_adapters(const Manifest& manifest) const {
    const auto is_adapter = [](const auto& file) { return file.role == FileRole::kAdapter; };
    const auto count = std::count_if(manifest.files.begin(), manifest.files.end(), is_adapter) +
                       std::count_if(local_.begin(), local_.end(), is_adapter);
    if (count <= std::int64_t{kAdaptersMax}) return {};
    return fail(
        Code::kInvalidArgument,
        fmt::format("the model would have {} adapters with those of its base, and at most {} "
                    "are possible; leave some out",
                    count, kAdaptersMax));
  }

  static Failure two_models(const std::string& path) {
    return fail(Code::kInvalidArgument,
                fmt::format("FROM names a model and {} is another; a model is made of one",
                            in_quotes(path)));
  }

  Result<void> import_files(Manifest& manifest) {
    progress_.files = local_.size();
    for (const LocalFile& file : local_)
      progress_.size_bytes += file.size_bytes;
    for (const LocalFile& file : local_) {
      const Blob blob = HEARTH_TRY(import_file(file));
      const bool is_there =
          std::any_of(manifest.files.begin(), manifest.files.end(), [&](const ManifestFile& each) {
            return each.role == file.role && each.digest == blob.digest;
          });
      if (is_there) continue;
      manifest.files.push_back(
          {file.role, file.part, blob.digest, blob.size_bytes, file.file_name()});
    }
    return {};
  }

  Result<Blob> import_file(const LocalFile& file) {
    const std::uint64_t before = progress_.done_bytes;
    ++progress_.file;
    progress_.file_name = file.file_name();
    progress_.file_size_bytes = file.size_bytes;
    BlobImport import{catalog_.folder(), file.path, file.expected};
    // The room of the files that follow is asked for with the first of them.
    import.room.reserve_bytes += progress_.size_bytes - before - file.size_bytes;
    import.progress = [&](std::uint64_t done_bytes) {
      progress_.file_done_bytes = done_bytes;
      progress_.done_bytes = before + done_bytes;
      tell(done_bytes >= file.size_bytes ? base::TimePoint{} : told_ + kTell);
    };
    const Blob blob = HEARTH_TRY(import_blob(import, system_disk(), cancel_));
    progress_.done_bytes = before + file.size_bytes;  // also if it has grown since it was looked at
    return blob;
  }

  // REQUIRES: its files are in the store.
  ParameterCaps caps_of(const Manifest& manifest) const {
    ParameterCaps caps{0, std::thread::hardware_concurrency()};
    for (const ManifestFile& each : manifest.files) {
      if (each.role != FileRole::kModel) continue;
      const auto file = gguf::File::load(catalog_.folder() + "/" + blob_path(each.digest));
      const auto facts =
          file ? gguf::ModelFacts::from(*file) : Result<gguf::ModelFacts>(fail(file.error()));
      if (facts) caps.context_trained = facts->context_trained;
    }
    return caps;
  }

  void tell(base::TimePoint due) {
    const base::TimePoint now = base::system_clock().now();
    if (!request_.progress || now < due) return;
    told_ = now;
    request_.progress(progress_);
  }

  const MakeRequest& request_;
  const Catalog& catalog_;
  const base::CancelToken& cancel_;
  std::vector<LocalFile> local_;  // that have to be copied
  MakeProgress progress_;
  base::TimePoint told_{};
};

}  // namespace

Result<MadeModel> make_model(const MakeRequest& request, const Catalog& catalog,
                             const base::CancelToken& cancel) {
  return Making(request, catalog, cancel).run();
}

}  // namespace hearth::store
