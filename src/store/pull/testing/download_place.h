// A store in a folder of a test, and a download into it at a pace that fits a test.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/fd.h"
#include "base/testing/temporary_folder.h"
#include "store/manifest/layout.h"
#include "store/pull/blob_fetch.h"
#include "store/pull/part_paths.h"
#include "store/pull/testing/faulty_web.h"
#include "store/sha256.h"

namespace hearth::store::testing {

inline BlobDigest digest_of(std::string_view bytes) {
  Sha256 hash = *Sha256::begin();
  hash.add(bytes);
  return *BlobDigest::parse(std::move(hash).finish());
}

// That of this machine, but without waiting for it.
class QuickDisk : public Disk {
 public:
  int sync(int) override { return 0; }
  void sync_name(const std::string&) override {}
};

class DownloadPlace {
 public:
  explicit DownloadPlace(std::string_view content) : DownloadPlace(content, "") {}
  DownloadPlace(std::string_view content, std::string folder) {
    request.store_folder = folder.empty() ? folder_.path() : std::move(folder);
    request.file.url = "https://hub.example/model.gguf";
    request.file.size_bytes = content.size();
    request.file.digest = digest_of(content);
    request.options.connections = 3;
    request.options.range_bytes = 64 * 1024;
    request.options.first_pause_ms = 1;
    pace.sync_bytes = 32 * 1024;
    pace.room = {0, 32 * 1024};
  }

  BlobRequest request;
  FetchPace pace;
  base::CancelSource cancel;

  Result<Blob> fetch(net::Web& web, Disk& disk) {
    return fetch_blob(request, {web, disk, pace}, cancel.token());
  }
  Result<Blob> fetch(net::Web& web) {
    QuickDisk disk;
    return fetch(web, disk);
  }
  PartPaths paths() const { return part_paths(request.store_folder, *partial_key(request.file)); }
  std::string blob_file(const BlobDigest& digest) const {
    return request.store_folder + "/" + blob_path(digest);
  }
  std::string content_of(const Blob& blob) const {
    return base::load_text_file(blob_file(blob.digest), 1024 * base::kMiB).value_or("none");
  }
  bool is_clean() const {  // nothing is left of how it was made
    return std::filesystem::is_empty(paths().folder);
  }
  bool has_part() const { return std::filesystem::exists(paths().part); }
  bool has_journal() const { return std::filesystem::exists(paths().journal); }

 private:
  base::testing::TemporaryFolder folder_;
};

}  // namespace hearth::store::testing
