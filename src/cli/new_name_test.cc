#include "cli/new_name.h"

#include <filesystem>

#include <gmock/gmock.h>

#include "base/testing/temporary_folder.h"
#include "store/digest.h"
#include "store/manifest/layout.h"
#include "store/manifest/manifest_file.h"

namespace hearth::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(NewName, IsThatOfAFileAndOfNoPlace) {
  for (const char* name : {"mine", "Qwen2.5-0.5B_mine", "7", "a.b"})
    EXPECT_TRUE(check_new_name(name)) << name;
  for (const char* name : {"", ".hidden", "-x", "a/b", "..", "a b", "a\n", "ä", "mine.gguf"})
    EXPECT_FALSE(check_new_name(name)) << name;
  EXPECT_TRUE(check_new_name(std::string(kNewNameBytesMax, 'a')));
  EXPECT_FALSE(check_new_name(std::string(kNewNameBytesMax + 1, 'a')));
}

TEST(NewName, HidesNoModelAndNoShortName) {
  const base::testing::TemporaryFolder folder;
  folder.write("tiny.gguf", "weights");
  const store::BlobDigest digest = *store::digest_of_text("weights");
  std::filesystem::create_directories(folder.file("blobs"));
  folder.write(store::blob_path(digest), "weights");
  const auto mario = *store::ModelName::parse("mario");
  store::Manifest manifest{.name = mario, .origin = {mario, {}, {}}};
  manifest.files.push_back({store::FileRole::kModel, {}, digest, 7, "m.gguf"});
  ASSERT_TRUE(store::keep_manifest(folder.path(), manifest));
  const store::Catalog catalog(folder.path());
  const auto refusal = [&](const std::string& name) {
    const auto free = check_free_name(name, catalog, store::Aliases::built_in(), "take the name");
    return free ? "" : free.error().message;
  };
  for (const char* name : {"tiny", "TINY", "mario", "Mario"})
    EXPECT_THAT(refusal(name), AllOf(HasSubstr("is called"), HasSubstr("--force to take the name")))
        << name;
  EXPECT_THAT(refusal("qwen2.5-7b-instruct"), HasSubstr("is short for"));
  EXPECT_EQ(refusal("luigi"), "");
}

}  // namespace
}  // namespace hearth::cli
