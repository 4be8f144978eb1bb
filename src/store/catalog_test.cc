#include "store/catalog.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

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

}  // namespace
}  // namespace hearth::store
