#include "store/pull/pull.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "base/units.h"
#include "gguf/file.h"
#include "store/installed.h"
#include "store/make/local_files.h"
#include "store/manifest/layout.h"
#include "store/manifest/manifest_file.h"
#include "store/name/name_rules.h"
#include "store/pull/part_file.h"
#include "store/pull/patient_web.h"
#include "store/removal.h"

namespace hearth::store {

namespace {

std::string path_of(const PullRequest& request, const BlobDigest& digest) {
  return request.store_folder + "/" + blob_path(digest);
}

bool is_there(const PullRequest& request, const OfferedFile& file) {
  std::error_code error;
  return file.digest &&
         std::filesystem::file_size(path_of(request, *file.digest), error) == file.size_bytes &&
         !error;
}

// What the user was told is held against the one file that a model of one file has.
Result<void> expect_digest(const BlobDigest& expected, Offer& offer) {
  std::vector<OfferedFile*> parts;
  for (OfferedFile& file : offer.files) {
    if (file.role == FileRole::kModel) parts.push_back(&file);
  }
  if (parts.size() != 1) {
    return fail(Code::kInvalidArgument,
                fmt::format("the model has {} files, so one digest says nothing of it; leave "
                            "the digest out",
                            parts.size()));
  }
  std::optional<BlobDigest>& promised = parts.front()->digest;
  if (promised && *promised != expected) {
    return fail(Code::kCorrupt,
                fmt::format("its hub offers another file than the one you named: {} instead of {}",
                            promised->text(), expected.text()));
  }
  promised = expected;
  return {};
}

// What somebody has made here stays until he removes it.
Result<void> check_not_own(const std::string& store_folder, const ModelName& name) {
  const auto there = load_manifest(store_folder, name);
  if (!there || owner_of(*there) == Owner::kHub) return {};
  return fail(Code::kAlreadyExists,
              fmt::format("{} is a model of your own; give it another name with `hearth cp`, or "
                          "remove it with `hearth rm {}`, before you pull the one of that name",
                          in_quotes(name.short_text()), name.short_text()));
}

// Before the first byte, for all files together.
Result<void> check_room(const PullRequest& request, const Offer& offer) {
  std::uint64_t missing = 0;
  for (const OfferedFile& file : offer.files) {
    if (!is_there(request, file)) missing += std::min(file.size_bytes, kFileBytesMax);
  }
  std::error_code error;
  const auto space = std::filesystem::space(request.store_folder, error);
  if (error || missing == 0 || space.available >= missing + kDiskReserveBytes) return {};
  return fail(Code::kResourceExhausted,
              fmt::format("the model has {} to fetch and {} are free in {}, of which {} are left "
                          "free: {} are missing; {}, or set models.folder to a larger disk",
                          base::format_bytes(missing), base::format_bytes(space.available),
                          in_quotes(request.store_folder), base::format_bytes(kDiskReserveBytes),
                          base::format_bytes(missing + kDiskReserveBytes - space.available),
                          kHowToMakeRoom));
}

class Pull {
 public:
  Pull(const PullRequest& request, net::Web& web, const base::CancelToken& cancel)
      : request_(request), web_(web), cancel_(cancel) {}

  Result<Manifest> run() {
    tell();
    const auto hold = HEARTH_TRY(hold_blobs(request_.store_folder));
    Offer offer = HEARTH_TRY(ask());
    HEARTH_TRY(check_not_own(request_.store_folder, offer.manifest.name));
    HEARTH_TRY(check_room(request_, offer));
    progress_.files = offer.files.size();
    const bool sizes_known =
        std::all_of(offer.files.begin(), offer.files.end(),
                    [](const OfferedFile& file) { return file.size_bytes > 0; });
    for (const OfferedFile& file : offer.files)
      progress_.size_bytes += sizes_known ? file.size_bytes : 0;
    for (std::size_t file = 0; file < offer.files.size(); ++file)
      offer.manifest.files.push_back(HEARTH_TRY(fetch(offer, file)));
    offer.manifest.owner = Owner::kHub;
    HEARTH_TRY(keep_manifest(request_.store_folder, offer.manifest));
    return std::move(offer.manifest);
  }

 private:
  Result<Offer> ask() {
    PatientWeb patient(web_, request_.download, [this](const auto& problem, auto pause_ms) {
      progress_.blob.step = BlobProgress::Step::kRetrying;
      progress_.blob.problem = problem;
      progress_.blob.retry_in_ms = pause_ms;
      tell();
    });
    Offer offer = HEARTH_TRY(find_offer(request_.name, request_.hubs, patient, cancel_));
    progress_.blob = {};
    if (request_.expected) HEARTH_TRY(expect_digest(*request_.expected, offer));
    return offer;
  }

  Result<ManifestFile> fetch(Offer& offer, std::size_t which) {
    const std::uint64_t before = progress_.done_bytes;
    ++progress_.file;
    progress_.file_name = offer.files[which].file_name;
    const auto& digest = offer.files[which].digest;
    progress_.digest = digest ? digest->text() : "";
    auto blob = download(offer, which, before);
    while (!blob && blob.error().code == Code::kUnauthenticated && is_allowed_again(offer)) {
      HEARTH_TRY(renew(offer));
      blob = download(offer, which, before);
    }
    if (!blob) return fail(blob.error());
    const OfferedFile& file = offer.files[which];
    progress_.done_bytes = before + blob->size_bytes;
    HEARTH_TRY(check_file(file, blob->digest));
    return ManifestFile{file.role, file.part, blob->digest, blob->size_bytes, file.file_name};
  }

  Result<Blob> download(const Offer& offer, std::size_t which, std::uint64_t before) {
    BlobRequest request{
        request_.store_folder, offer.files[which], offer.authorization, request_.download, {}};
    request.progress = [&](const BlobProgress& blob) {
      progress_.blob = blob;
      progress_.done_bytes = before + blob.done_bytes;
      tell();
    };
    return download_blob(request, web_, cancel_);
  }

  // The token of a registry lives for minutes; one that was not good for a byte is no good.
  bool is_allowed_again(const Offer& offer) {
    return !offer.authorization.empty() &&
           std::exchange(renewed_at_bytes_, progress_.done_bytes) != progress_.done_bytes;
  }

  // Asks for everything once more, for the same files.
  Result<void> renew(Offer& offer) {
    Offer fresh = HEARTH_TRY(ask());
    const auto same = [](const OfferedFile& a, const OfferedFile& b) {
      return a.digest == b.digest && a.size_bytes == b.size_bytes && a.role == b.role;
    };
    if (!std::equal(offer.files.begin(), offer.files.end(), fresh.files.begin(), fresh.files.end(),
                    same)) {
      return fail(Code::kUnavailable,
                  "the model was replaced at its hub while it was fetched; pull "
                  "it again");
    }
    offer.files = std::move(fresh.files);
    offer.authorization = std::move(fresh.authorization);
    return {};
  }

  // What was promised is there, bit by bit. Whether it is a model, nobody has promised.
  Result<void> check_file(const OfferedFile& file, const BlobDigest& digest) const {
    const std::string path = path_of(request_, digest);
    const auto read = gguf::File::load(path);
    const bool is_model = file.role == FileRole::kModel;
    const auto usable = read && is_model ? check_model_file(path) : Result<void>();
    if (read && usable) return {};
    const Error& why = read ? usable.error() : read.error();
    // A model may be one that a later Hearth can use; of what is none nobody needs the bytes.
    const bool is_removed = !read && remove_unnamed(path, digest);
    return fail(why.code,
                fmt::format("{} was fetched as it was promised, but it is no model that can be "
                            "used: {}; {}",
                            in_quotes(file.file_name), why.message,
                            is_removed ? "it is removed" : "`hearth gc` removes it"),
                why.context);
  }

  // Of no use to anybody, unless a model has it already.
  bool remove_unnamed(const std::string& path, const BlobDigest& digest) const {
    const auto others = Installed(request_.store_folder).list_all();
    if (!others) return false;
    for (const Manifest& manifest : *others) {
      for (const ManifestFile& each : manifest.files) {
        if (each.digest == digest) return false;
      }
    }
    std::error_code error;
    return std::filesystem::remove(path, error);
  }

  void tell() const {
    if (request_.progress) request_.progress(progress_);
  }

  const PullRequest& request_;
  net::Web& web_;
  const base::CancelToken& cancel_;
  PullProgress progress_;
  std::uint64_t renewed_at_bytes_ = 0;
};

}  // namespace

Result<Manifest> pull_model(const PullRequest& request, net::Web& web,
                            const base::CancelToken& cancel) {
  if (std::holds_alternative<PathName>(request.name.source())) {
    return fail(Code::kInvalidArgument,
                fmt::format("{0} is a file of this machine and needs no pull: use it by its path, "
                            "as in `hearth chat {1}`, or take it into the store with `hearth "
                            "import {1}`",
                            in_quotes(request.name.text()), request.name.text()));
  }
  return Pull(request, web, cancel).run();
}

}  // namespace hearth::store
