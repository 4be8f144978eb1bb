// A store of models as a pull would have left it, filled by a test.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/fd.h"
#include "derived.h"
#include "store/digest.h"
#include "store/manifest/layout.h"
#include "store/manifest/manifest_file.h"

namespace hearth::testing {

class ModelStore {
 public:
  explicit ModelStore(std::string folder) : folder_(std::move(folder)) {
    std::filesystem::create_directories(folder_ + "/blobs");
  }

  const std::string& folder() const { return folder_; }
  std::string path_of(const store::ManifestFile& file) const {
    return folder_ + "/" + store::blob_path(file.digest);
  }

  // A copy of the file becomes a blob.
  store::ManifestFile add(const std::string& path, store::FileRole role = store::FileRole::kModel) {
    const auto digest = store::BlobDigest::parse(*store::sha256_of(*base::open_for_reading(path)));
    store::ManifestFile file{role,
                             {},
                             *digest,
                             std::filesystem::file_size(path),
                             std::filesystem::path(path).filename().string()};
    std::filesystem::copy_file(path, path_of(file),
                               std::filesystem::copy_options::overwrite_existing);
    return file;
  }

  // The parts of a model, divided in the folder.
  std::vector<store::ManifestFile> add_parts(const std::string& path, std::uint16_t count) {
    std::vector<store::ManifestFile> files;
    const auto paths = models::divide_model(path, folder_, count);
    for (std::uint16_t part = 0; part < count; ++part) {
      files.push_back(add((*paths)[part]));
      files.back().part = {static_cast<std::uint32_t>(part + 1), count};
      std::filesystem::remove((*paths)[part]);
    }
    return files;
  }

  void keep(const std::string& name, std::vector<store::ManifestFile> files,
            store::Directions directions = {}) {
    const auto called = store::ModelName::parse(name);
    EXPECT_TRUE(store::keep_manifest(
        folder_, {*called, {*called, {}, {}}, std::move(files), {}, std::move(directions)}));
  }

 private:
  std::string folder_;
};

}  // namespace hearth::testing
