#include "store/catalog.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

#include "store/manifest/layout.h"
#include "store/manifest/manifest_file.h"

namespace hearth::store {
namespace {

class CatalogTest : public ::testing::Test {
 protected:
  CatalogTest() {
    std::filesystem::create_directories(folder_ + "/a folder.gguf");
    for (const char* name : {"/Beta.gguf", "/alpha.gguf", "/notes.txt", "/.gguf"}) {
      std::ofstream(folder_ + name) << "12345";
    }
  }
  ~CatalogTest() override { std::filesystem::remove_all(folder_); }

  std::string folder_ = ::testing::TempDir() + "catalog_" + std::to_string(::getpid());
  Catalog catalog_{folder_};
};

TEST_F(CatalogTest, ListsModelFilesOnly) {
  const auto files = catalog_.list();
  ASSERT_EQ(files.size(), 2U);
  EXPECT_EQ(files[0].name, "Beta");
  EXPECT_EQ(files[1].name, "alpha");
  EXPECT_EQ(files[1].size_bytes, 5U);
}

TEST_F(CatalogTest, FindsByNameInAnyCaseWithOrWithoutEnding) {
  EXPECT_EQ(catalog_.find_model("ALPHA")->path, folder_ + "/alpha.gguf");
  EXPECT_EQ(catalog_.find_model("beta.gguf")->name, "Beta");
}

TEST_F(CatalogTest, FindsByTheTagThatOllamaGivesToNamesWithoutOne) {
  const auto found = catalog_.find_model("beta:latest");
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->name, "Beta");
  EXPECT_FALSE(catalog_.find_model("beta:other"));
  EXPECT_FALSE(catalog_.find_model(":latest"));
}

TEST_F(CatalogTest, FindsByAbsolutePath) {
  EXPECT_EQ(catalog_.find_model(folder_ + "/notes.txt")->name, folder_ + "/notes.txt");
  EXPECT_EQ(catalog_.find_model("/nonexistent.gguf").error().code, Code::kNotFound);
}

TEST_F(CatalogTest, EverySpellingOfAFileIsOnePath) {
  std::filesystem::create_symlink(folder_ + "/alpha.gguf", folder_ + "/link.gguf");
  const std::string path = catalog_.find_model("alpha")->path;
  for (const std::string& spelling :
       {folder_ + "//alpha.gguf", folder_ + "/./alpha.gguf",
        folder_ + "/a folder.gguf/../alpha.gguf", folder_ + "/link.gguf", std::string("link")}) {
    EXPECT_EQ(catalog_.find_model(spelling)->path, path) << spelling;
  }
}

TEST_F(CatalogTest, ANameNeverLeavesTheFolder) {
  EXPECT_EQ(catalog_.find_model("../alpha").error().code, Code::kNotFound);
  EXPECT_EQ(catalog_.find_model("").error().code, Code::kInvalidArgument);
  EXPECT_EQ(catalog_.find_model(std::string("/a\0b", 4)).error().code, Code::kInvalidArgument);
}

TEST_F(CatalogTest, AnUnknownNameIsToldWhatThereIs) {
  const auto found = catalog_.find_model("gamma");
  EXPECT_NE(found.error().message.find("Beta, alpha"), std::string::npos) << found.error().message;
}

TEST_F(CatalogTest, AMissingFolderIsAnEmptyCatalog) {
  const Catalog empty("/nonexistent");
  EXPECT_TRUE(empty.list().empty());
  EXPECT_EQ(empty.find_model("x").error().code, Code::kNotFound);
}

TEST_F(CatalogTest, WhatShipsIsListedUnlessAFileHidesIt) {
  const Catalog catalog(folder_,
                        {folder_ + "/shipped", {{"ember", "e1"}, {"ALPHA", "a1"}, {"gone", "0"}}});
  std::filesystem::create_directories(folder_ + "/shipped");
  for (const char* name : {"/shipped/ember.gguf", "/shipped/ALPHA.gguf", "/shipped/other.gguf"})
    std::ofstream(folder_ + name) << "12345";
  std::vector<std::string> names;
  for (const ModelFile& file : catalog.list())
    names.push_back(file.name);
  EXPECT_EQ(names, (std::vector<std::string>{"Beta", "alpha", "ember"}));
  EXPECT_TRUE(catalog.find_model("Ember")->is_built_in());
  EXPECT_EQ(catalog.find_model("ember")->sha256, "e1");
  EXPECT_FALSE(catalog.find_model("alpha")->is_built_in());
}

// A model of several parts under the name, whose blobs have the bytes "aaaaa", "bbbbb" and so on.
void install(const std::string& folder, const std::string& name, std::uint32_t parts) {
  std::filesystem::create_directories(folder + "/blobs");
  const ModelName parsed = *ModelName::parse(name);
  Manifest manifest{.name = parsed, .origin = {parsed, {}, {}}};
  for (std::uint32_t part = parts; part > 0; --part) {
    const char digit = static_cast<char>('a' + part - 1);
    const BlobDigest digest = *BlobDigest::parse(std::string(kDigestDigits, digit));
    std::ofstream(folder + "/" + blob_path(digest)) << std::string(5, digit);
    manifest.files.push_back({FileRole::kModel, {part, parts}, digest, 5, "x.gguf"});
  }
  ASSERT_TRUE(keep_manifest(folder, manifest));
}

TEST_F(CatalogTest, WhatWasPulledIsFoundByAnyOfItsNames) {
  install(folder_, "Someone/Model-GGUF:Q4_K_M", 1);
  std::ofstream(folder_ + "/aliases.txt") << "mine = Someone/Model-GGUF\n";
  const Catalog catalog(folder_, {}, folder_ + "/aliases.txt");
  const std::string blob = folder_ + "/blobs/sha256-" + std::string(kDigestDigits, 'a');
  for (const char* name : {"Someone/Model-GGUF:Q4_K_M", "someone/model-gguf:q4_k_m",
                           "hf.co/Someone/Model-GGUF", "mine", "MINE:q4_k_m"}) {
    const auto found = catalog.find_model(name);
    ASSERT_TRUE(found) << name << ": " << found.error().message;
    EXPECT_EQ(found->name, "Someone/Model-GGUF:Q4_K_M");
    EXPECT_EQ(found->path, blob);
    EXPECT_FALSE(found->is_built_in());
  }
  EXPECT_EQ(catalog.find_model("mine:Q8_0").error().code, Code::kNotFound);
  EXPECT_EQ(catalog.list().size(), 3U);
}

TEST_F(CatalogTest, ADividedModelHasItsPartsInOrder) {
  install(folder_, "Someone/Model-GGUF:Q8_0", 3);
  const auto found = catalog_.find_model("Someone/Model-GGUF:Q8_0");
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_TRUE(found->path.ends_with("aaa"));
  ASSERT_EQ(found->more_parts.size(), 2U);
  EXPECT_TRUE(found->more_parts[0].ends_with("bbb"));
  EXPECT_TRUE(found->more_parts[1].ends_with("ccc"));
  EXPECT_EQ(found->size_bytes, 15U);
}

TEST_F(CatalogTest, AManifestWithoutItsBlobSaysWhatToDo) {
  install(folder_, "Someone/Model-GGUF:Q8_0", 1);
  std::filesystem::remove_all(folder_ + "/blobs");
  const auto found = catalog_.find_model("Someone/Model-GGUF:Q8_0");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, Code::kNotFound);
  EXPECT_NE(found.error().message.find("hearth pull"), std::string::npos) << found.error().message;
  EXPECT_EQ(catalog_.list().size(), 2U);
}

TEST_F(CatalogTest, AnUnreadableListOfAliasesIsNamed) {
  std::ofstream(folder_ + "/aliases.txt") << "no sense\n";
  const Catalog catalog(folder_, {}, folder_ + "/aliases.txt");
  EXPECT_TRUE(catalog.find_model("alpha"));
  const auto found = catalog.find_model("gamma");
  EXPECT_EQ(found.error().code, Code::kInvalidArgument);
  EXPECT_NE(found.error().message.find("aliases.txt:1"), std::string::npos);
}

}  // namespace
}  // namespace hearth::store
