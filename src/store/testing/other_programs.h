// Folders as Ollama, LM Studio and the tools of Hugging Face lay them out, in a temporary folder.
//
// Threads: thread-compatible.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <stdlib.h>

#include "json/writer.h"
#include "store/digest.h"
#include "store/found/places.h"
#include "store/manifest/layout.h"

namespace hearth::store::testing {

// The kind behind "application/vnd.ollama.image.", and the bytes.
using OllamaLayers = std::vector<std::pair<std::string, std::string>>;

inline const std::string kCommit(40, 'c');

class OtherPrograms {
 public:
  OtherPrograms() {
    root_ = ::testing::TempDir() + "others_XXXXXX";
    HEARTH_ASSERT(::mkdtemp(root_.data()) != nullptr);
    root_ = std::filesystem::canonical(root_).string();
  }
  ~OtherPrograms() { std::filesystem::remove_all(root_); }
  OtherPrograms(const OtherPrograms&) = delete;
  OtherPrograms& operator=(const OtherPrograms&) = delete;

  const std::string& root() const { return root_; }
  std::string ollama() const { return root_ + "/ollama"; }
  std::string lm_studio() const { return root_ + "/lm_studio"; }
  std::string hub() const { return root_ + "/hub"; }
  FoundPlaces places() const { return {{ollama()}, {lm_studio()}, {hub()}}; }

  static std::string write(const std::string& path, const std::string& content) {
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    std::ofstream(path, std::ios::binary) << content;
    return path;
  }
  static std::string link(const std::string& path, const std::string& target) {
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    std::filesystem::remove(path);
    std::filesystem::create_symlink(target, path);
    return path;
  }

  BlobDigest ollama_blob(const std::string& content) const {
    const BlobDigest digest = *digest_of_text(content);
    write(ollama() + "/" + blob_path(digest), content);
    return digest;
  }
  // The text of a manifest whose blobs are there.
  std::string ollama_manifest(const OllamaLayers& layers) const {
    json::Writer json;
    json.open('{').key("schemaVersion").number(2).key("layers").open('[');
    for (const auto& [kind, content] : layers) {
      json.open('{').key("mediaType").text("application/vnd.ollama.image." + kind);
      json.key("digest").text(ollama_blob(content).text());
      json.key("size").number(std::uint64_t{content.size()}).close('}');
    }
    return json.close(']').close('}').take();
  }
  // `name` is HOST/NAMESPACE/MODEL/TAG.
  std::string ollama_model(const std::string& name, const OllamaLayers& layers) const {
    return write(ollama() + "/manifests/" + name, ollama_manifest(layers));
  }

  std::string lm_studio_file(const std::string& path, const std::string& content) const {
    return write(lm_studio() + "/" + path, content);
  }

  std::string hub_repository(const std::string& owner, const std::string& repository) const {
    return hub() + "/models--" + owner + "--" + repository;
  }
  // A blob and the link to it, as the hub's tools make them. The result is the blob.
  std::string hub_file(const std::string& repository, const std::string& file,
                       const std::string& content, const std::string& commit = kCommit) const {
    const std::string blob =
        write(repository + "/blobs/" + digest_of_text(content)->hex(), content);
    link(repository + "/snapshots/" + commit + "/" + file, blob);
    return blob;
  }
  static void hub_ref(const std::string& repository, const std::string& revision,
                      const std::string& commit = kCommit) {
    write(repository + "/refs/" + revision, commit);
  }

 private:
  std::string root_;
};

}  // namespace hearth::store::testing
