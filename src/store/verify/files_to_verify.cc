#include "store/verify/files_to_verify.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "store/holder_words.h"
#include "store/installed.h"
#include "store/manifest/layout.h"
#include "store/manifest/mending.h"
#include "store/name/aliases.h"
#include "store/name/name_rules.h"

namespace hearth::store {

namespace {

class Selection {
 public:
  Selection(const VerifyRequest& request, const Catalog& catalog)
      : request_(request), catalog_(catalog) {}

  Result<FilesToVerify> run() {
    if (request_.models.empty()) {
      HEARTH_TRY(add_all());
    } else {
      const Aliases aliases = HEARTH_TRY(Aliases::load(request_.aliases_file));
      for (const std::string& model : request_.models)
        HEARTH_TRY(add_named(model, aliases));
    }
    return FilesToVerify{std::move(files_), std::move(damaged_)};
  }

 private:
  Result<void> add_all() {
    for (const ModelFile& model : catalog_.list()) {
      if (model.is_built_in()) HEARTH_TRY(add_built_in(model));
    }
    Installed::Listing there = Installed(catalog_.folder()).look();
    for (const Manifest& manifest : there.manifests)
      add_manifest(manifest);
    damaged_ = std::move(there.damaged);
    return {};
  }

  // By its manifest first: the catalogue knows no model whose file is gone.
  Result<void> add_named(const std::string& text, const Aliases& aliases) {
    const auto model = catalog_.find_model(text);
    if (model && model->is_built_in()) return add_built_in(*model);
    const auto name = aliases.resolve(text, PlainHttp::kAllowed);
    const Installed installed(catalog_.folder());
    const auto manifest = name ? installed.find(*name) : Result<Manifest>(fail(name.error()));
    if (model && is_other_program(model->holder)) {
      return fail(Code::kInvalidArgument,
                  fmt::format("{} is held by {}, and not by Hearth's store; `hearth cp {} NAME` "
                              "takes a copy into that, which can be verified",
                              in_quotes(text), program_name(model->holder), text));
    }
    if (model && model->holder != Holder::kStore) {
      return fail(Code::kInvalidArgument,
                  fmt::format("{} is a file of yours, and nobody has said which digest it has to "
                              "have; `hearth import` takes it into the store",
                              in_quotes(text)));
    }
    if (manifest) {
      add_manifest(*manifest);
      return {};
    }
    if (!name) return fail(name.error());
    if (manifest.error().code == Code::kNotFound)
      return fail(model ? manifest.error() : model.error());
    const ModelName whose = HEARTH_TRY(installed.find_name(*name));
    add_damaged({manifest_path(whose), whose, manifest.error()});
    return {};
  }

  void add_damaged(DamagedManifest damaged) {
    for (const DamagedManifest& each : damaged_) {
      if (each.file == damaged.file) return;
    }
    damaged_.push_back(std::move(damaged));
  }

  Result<void> add_built_in(const ModelFile& model) {
    const BlobDigest digest = HEARTH_TRY(BlobDigest::parse(model.sha256));
    VerifiedFile file{{}, std::filesystem::path(model.path).filename().string(), {}, digest, {}, {},
                      {}};
    file.size_bytes = model.size_bytes;
    file.advice = "install Hearth again";
    add(std::move(file), model.name, model.path, Holder::kBuiltIn);
    return {};
  }

  void add_manifest(const Manifest& manifest) {
    for (const ManifestFile& each : manifest.files) {
      VerifiedFile file{{}, each.file_name, {}, each.digest, each.size_bytes, {}, {}};
      file.advice = how_to_mend(manifest);
      add(std::move(file), manifest.name.short_text(),
          catalog_.folder() + "/" + blob_path(each.digest), Holder::kStore);
    }
  }

  void add(VerifiedFile file, const std::string& model, const std::string& path, Holder holder) {
    const auto known = std::find_if(files_.begin(), files_.end(),
                                    [&](const FileToVerify& each) { return each.path == path; });
    if (known == files_.end()) {
      file.models.push_back(model);
      files_.push_back({std::move(file), path, holder});
      return;
    }
    std::vector<std::string>& models = known->file.models;
    if (std::find(models.begin(), models.end(), model) == models.end()) models.push_back(model);
  }

  const VerifyRequest& request_;
  const Catalog& catalog_;
  std::vector<FileToVerify> files_;
  std::vector<DamagedManifest> damaged_;
};

}  // namespace

Result<FilesToVerify> files_to_verify(const VerifyRequest& request, const Catalog& catalog) {
  return Selection(request, catalog).run();
}

}  // namespace hearth::store
