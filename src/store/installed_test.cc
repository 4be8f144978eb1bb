#include "store/installed.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <unistd.h>

#include "store/manifest/layout.h"
#include "store/manifest/manifest_file.h"

namespace hearth::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

ModelName named(const std::string& text) {
  return *ModelName::parse(text);
}

class InstalledTest : public testing::Test {
 protected:
  ~InstalledTest() override { std::filesystem::remove_all(folder_); }

  void install(const std::string& text) {
    const ModelName name = named(text);
    Manifest manifest{.name = name, .origin = {name, {}, {}}};
    const BlobDigest digest = *BlobDigest::parse(std::string(kDigestDigits, 'a'));
    manifest.files.push_back({FileRole::kModel, {}, digest, 10, "model.gguf"});
    const auto kept = keep_manifest(folder_, manifest);
    ASSERT_TRUE(kept) << kept.error().to_string();
  }
  void damage(const std::string& text) const {
    std::ofstream(folder_ + "/" + manifest_path(named(text))) << "{bad";
  }
  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const Manifest& manifest : installed_.list())
      all.push_back(manifest.name.short_text());
    return all;
  }

  std::string folder_ = testing::TempDir() + "installed_" + std::to_string(::getpid());
  Installed installed_{folder_};
};

TEST_F(InstalledTest, NothingIsThereAtFirst) {
  EXPECT_THAT(names(), IsEmpty());
  const auto found = installed_.find(named("qwen2.5:0.5b"));
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, Code::kNotFound);
  EXPECT_THAT(found.error().message, testing::HasSubstr("hearth pull"));
}

TEST_F(InstalledTest, ListsInTheOrderOfNamesWhateverElseLiesAround) {
  install("qwen2.5:0.5b");
  install("Someone/Model-GGUF:Q4_K_M");
  install("ai/smollm2:360M-Q4_K_M");
  std::ofstream(folder_ + "/manifests/notes.json") << "{}";
  std::filesystem::create_directories(folder_ + "/manifests/empty.json");
  EXPECT_THAT(names(),
              ElementsAre("ai/smollm2:360M-Q4_K_M", "Someone/Model-GGUF:Q4_K_M", "qwen2.5:0.5b"));
}

TEST_F(InstalledTest, AManifestInAnothersPlaceIsNotListed) {
  install("qwen2.5:0.5b");
  const std::string from = folder_ + "/" + manifest_path(named("qwen2.5:0.5b"));
  std::filesystem::copy_file(from, folder_ + "/" + manifest_path(named("qwen2.5:7b")));
  EXPECT_THAT(names(), ElementsAre("qwen2.5:0.5b"));
  EXPECT_EQ(installed_.find(named("qwen2.5:7b")).error().code, Code::kCorrupt);
}

TEST_F(InstalledTest, WhatCannotBeReadIsToldByTheNameWhosePlaceItHas) {
  install("Someone/Model-GGUF:Q8_0");
  install("qwen2.5:0.5b");
  damage("qwen2.5:0.5b");
  std::ofstream(folder_ + "/manifests/Notes.json") << "{}";
  const Installed::Listing there = installed_.look();
  EXPECT_EQ(there.manifests.size(), 1U);
  ASSERT_EQ(there.damaged.size(), 2U);
  EXPECT_EQ(there.damaged[0].model(), "manifests/Notes.json");
  EXPECT_THAT(there.damaged[0].advice(), testing::HasSubstr("move it away"));
  EXPECT_EQ(there.damaged[1].model(), "qwen2.5:0.5b");
  EXPECT_THAT(there.damaged[1].error.message, testing::HasSubstr("damaged"));
  EXPECT_EQ(there.damaged[1].advice(), "`hearth rm qwen2.5:0.5b` removes it");
  EXPECT_EQ(installed_.list_all().error().code, Code::kCorrupt);
}

TEST_F(InstalledTest, AFolderThatCannotBeListedIsNotAnEmptyOne) {
  std::filesystem::create_directories(folder_);
  std::ofstream(folder_ + "/manifests") << "no folder";
  EXPECT_THAT(names(), IsEmpty());
  ASSERT_FALSE(installed_.list_all());
  EXPECT_EQ(installed_.look().damaged.front().model(), "manifests");
}

TEST_F(InstalledTest, ADamagedOneIsFoundByItsNameWithoutItsQuantisation) {
  install("Someone/Model-GGUF:Q2_K");
  damage("Someone/Model-GGUF:Q2_K");
  EXPECT_EQ(installed_.find(named("someone/model-gguf")).error().code, Code::kCorrupt);
  const std::string key = named("Someone/Model-GGUF:Q2_K").key();
  EXPECT_EQ(installed_.find_name(named("someone/model-gguf"))->key(), key);
  EXPECT_EQ(installed_.find_name(named("Someone/Model-GGUF:Q2_K"))->key(), key);
  EXPECT_EQ(installed_.find_name(named("Someone/Model-GGUF:Q8_0")).error().code, Code::kNotFound);
  install("Someone/Model-GGUF:Q8_0");
  EXPECT_EQ(installed_.find_name(named("someone/model-gguf")), named("Someone/Model-GGUF:Q8_0"));
}

TEST_F(InstalledTest, WithoutAQuantisationTheBestThereIsIsFound) {
  install("Someone/Model-GGUF:Q2_K");
  install("Someone/Model-GGUF:Q8_0");
  install("Someone/Model-GGUF-2:Q4_K_M");
  EXPECT_EQ(installed_.find(named("someone/model-gguf"))->name, named("Someone/Model-GGUF:Q8_0"));
  EXPECT_EQ(installed_.find(named("someone/model-gguf:q2_k"))->name,
            named("Someone/Model-GGUF:Q2_K"));
  EXPECT_EQ(installed_.find(named("Someone/Model-GGUF:F16")).error().code, Code::kNotFound);
  install("Someone/Model-GGUF:Q4_K_M");
  EXPECT_EQ(installed_.find(named("someone/model-gguf"))->name, named("Someone/Model-GGUF:Q4_K_M"));
}

TEST_F(InstalledTest, WhatAKilledWriterLeftIsNoManifest) {
  install("qwen2.5:0.5b");
  std::ofstream(folder_ + "/manifests/half.json.new.17") << "{\"format\":";
  const auto all = installed_.list_all();
  ASSERT_TRUE(all) << all.error().message;
  EXPECT_EQ(all->size(), 1U);
}

}  // namespace
}  // namespace hearth::store
