// Repositories of Hugging Face as LM Studio and the hub's tools lay them out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "store/found/hub_cache.h"
#include "store/found/lm_studio.h"
#include "store/testing/other_programs.h"

namespace hearth::store {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using testing::kCommit;

class RepositoryFolders : public ::testing::Test {
 protected:
  static std::vector<std::string> names(const std::vector<ModelFile>& models) {
    std::vector<std::string> names;
    for (const ModelFile& model : models)
      names.push_back(model.name);
    return names;
  }
  std::vector<ModelFile> of_hub() const {
    Look look;
    return models_of_hub_cache(others_.hub(), look);
  }
  std::vector<ModelFile> of_lm_studio() const {
    Look look;
    return models_of_lm_studio(others_.lm_studio(), look);
  }
  Result<ModelFile> find_at_hub(const std::string& name) const {
    Look look;
    return find_in_hub_cache(others_.hub(), *ModelName::parse(name), look);
  }
  Result<ModelFile> find_at_lm_studio(const std::string& name) const {
    Look look;
    return find_in_lm_studio(others_.lm_studio(), *ModelName::parse(name), look);
  }

  testing::OtherPrograms others_;
  std::string repository_ = others_.hub_repository("Someone", "Tiny-GGUF");
};

TEST_F(RepositoryFolders, ACachedModelIsCalledAsAPullWouldCallIt) {
  others_.hub_ref(repository_, "main");
  const std::string blob = others_.hub_file(repository_, "tiny-q4_k_m.gguf", "weights");
  others_.hub_file(repository_, "README.md", "words");
  EXPECT_THAT(names(of_hub()), ElementsAre("Someone/Tiny-GGUF:Q4_K_M"));
  for (const char* name : {"Someone/Tiny-GGUF:Q4_K_M", "someone/tiny-gguf",
                           "hf.co/someone/Tiny-GGUF", "Someone/Tiny-GGUF:tiny-q4_k_m.gguf"}) {
    const auto found = find_at_hub(name);
    ASSERT_TRUE(found) << name << ": " << found.error().message;
    EXPECT_EQ(found->name, "Someone/Tiny-GGUF:Q4_K_M");
    EXPECT_EQ(found->path, blob);
    EXPECT_EQ(found->size_bytes, 7U);
    EXPECT_EQ(found->holder, Holder::kHubCache);
  }
  EXPECT_EQ(find_at_hub("Someone/Tiny-GGUF:Q8_0").error().code, Code::kNotFound);
  EXPECT_EQ(find_at_hub("Someone/Other-GGUF").error().code, Code::kNotFound);
  EXPECT_EQ(find_at_hub("tiny").error().code, Code::kNotFound);
}

TEST_F(RepositoryFolders, TheMainBranchDecidesWhichStateIsMeant) {
  const std::string older(40, '1');
  others_.hub_file(repository_, "a-Q8_0.gguf", "old", older);
  others_.hub_file(repository_, "a-Q8_0.gguf", "newest");
  EXPECT_THAT(names(of_hub()), ElementsAre()) << "nothing says which one";
  others_.hub_ref(repository_, "main", older + "\n");
  EXPECT_EQ(find_at_hub("Someone/Tiny-GGUF:Q8_0")->size_bytes, 3U);
  others_.hub_ref(repository_, "main");
  EXPECT_EQ(find_at_hub("Someone/Tiny-GGUF:Q8_0")->size_bytes, 6U);
  EXPECT_EQ(of_hub().size(), 1U);
}

TEST_F(RepositoryFolders, ARevisionIsFoundByItsNameAndByItsCommit) {
  others_.hub_file(repository_, "a-Q8_0.gguf", "dev");
  others_.hub_ref(repository_, "refs/pr/1");
  for (const std::string& revision : {std::string("refs/pr/1"), kCommit}) {
    const auto found = find_at_hub("Someone/Tiny-GGUF@" + revision + ":Q8_0");
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ(found->name, "Someone/Tiny-GGUF@" + revision + ":Q8_0");
  }
  EXPECT_FALSE(find_at_hub("Someone/Tiny-GGUF@other:Q8_0"));
  EXPECT_FALSE(find_at_hub("Someone/Tiny-GGUF:Q8_0"));
}

TEST_F(RepositoryFolders, ADividedModelIsOneAndOnlyWhenItIsWhole) {
  others_.hub_ref(repository_, "main");
  others_.hub_file(repository_, "Q8_0/m-Q8_0-00001-of-00002.gguf", "one");
  EXPECT_THAT(names(of_hub()), ElementsAre());
  EXPECT_EQ(find_at_hub("Someone/Tiny-GGUF:Q8_0").error().code, Code::kNotFound);
  const std::string second =
      others_.hub_file(repository_, "Q8_0/m-Q8_0-00002-of-00002.gguf", "two22");
  const auto found = find_at_hub("Someone/Tiny-GGUF");
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->size_bytes, 8U);
  EXPECT_THAT(found->more_parts, ElementsAre(second));
}

TEST_F(RepositoryFolders, AProjectorBelongsToItsModelAndIsNone) {
  others_.lm_studio_file("o/r/m-Q4_K_M.gguf", "weights");
  others_.lm_studio_file("o/r/mmproj-m-F16.gguf", "eyes");
  const auto models = of_lm_studio();
  ASSERT_EQ(models.size(), 1U);
  EXPECT_EQ(models[0].name, "o/r:Q4_K_M");
  EXPECT_EQ(models[0].holder, Holder::kLmStudio);
  EXPECT_THAT(models[0].projectors, ElementsAre(EndsWith("/mmproj-m-F16.gguf")));
}

TEST_F(RepositoryFolders, FilesOfOneQuantisationAreNamedByThemselves) {
  others_.lm_studio_file("o/r/a-Q4_K_M.gguf", "a");
  others_.lm_studio_file("o/r/b-Q4_K_M.gguf", "b");
  others_.lm_studio_file("o/r/plain.gguf", "c");
  others_.lm_studio_file("o/r/b-Q8_0.gguf", "d");
  EXPECT_THAT(names(of_lm_studio()),
              ElementsAre("o/r:a-Q4_K_M.gguf", "o/r:b-Q4_K_M.gguf", "o/r:Q8_0", "o/r:plain.gguf"));
  for (const ModelFile& model : of_lm_studio())
    EXPECT_EQ(find_at_lm_studio(model.name)->path, model.path) << model.name;
  const auto several = find_at_lm_studio("o/r:Q4_K_M");
  EXPECT_EQ(several.error().code, Code::kInvalidArgument);
  EXPECT_THAT(several.error().message, HasSubstr("a-Q4_K_M.gguf, b-Q4_K_M.gguf"));
}

TEST_F(RepositoryFolders, AReplacedFileIsSeenAtTheNextUse) {
  const std::string path = others_.lm_studio_file("o/r/m-Q8_0.gguf", "first");
  const auto before = find_at_lm_studio("O/R:q8_0");
  others_.write(path + ".new", "second");
  std::filesystem::rename(path + ".new", path);
  const auto after = find_at_lm_studio("O/R:q8_0");
  ASSERT_TRUE(before && after);
  EXPECT_EQ(after->path, before->path);
  EXPECT_NE(after->file_number, before->file_number);
  EXPECT_EQ(after->size_bytes, 6U);
}

TEST_F(RepositoryFolders, LinksOutOfTheCacheAreNotFollowed) {
  others_.hub_ref(repository_, "main");
  const std::string outside = others_.write(others_.root() + "/outside/m-Q8_0.gguf", "secret");
  const std::string snapshot = repository_ + "/snapshots/" + kCommit + "/";
  others_.link(snapshot + "a-Q8_0.gguf", outside);
  others_.link(snapshot + "b-Q4_0.gguf", "../../../../outside/m-Q8_0.gguf");
  others_.link(snapshot + "c-Q5_0.gguf", "c-Q5_0.gguf");
  others_.link(snapshot + "folder", others_.root() + "/outside");
  others_.link(snapshot + "device-Q6_K.gguf", "/dev/zero");
  ASSERT_EQ(::mkfifo((snapshot + "pipe-Q2_K.gguf").c_str(), 0600), 0);
  others_.write(snapshot + "empty-Q3_K.gguf", "");
  EXPECT_THAT(names(of_hub()), ElementsAre());
  EXPECT_FALSE(find_at_hub("Someone/Tiny-GGUF:Q8_0"));
  std::filesystem::remove_all(snapshot);
  others_.link(repository_ + "/snapshots/" + kCommit, others_.root() + "/outside");
  EXPECT_THAT(names(of_hub()), ElementsAre()) << "nor is a whole state that lies elsewhere";
  EXPECT_FALSE(find_at_hub("Someone/Tiny-GGUF:Q8_0"));
  others_.link(repository_ + "/refs/main", outside);
  EXPECT_FALSE(find_at_hub("Someone/Tiny-GGUF:Q8_0"));
  const std::string own = others_.lm_studio_file("o/r/m-Q8_0.gguf", "own");
  others_.link(others_.lm_studio() + "/o/r/l-Q4_0.gguf", own);
  others_.link(others_.lm_studio() + "/o/linked", others_.lm_studio() + "/o/r");
  EXPECT_THAT(names(of_lm_studio()), ElementsAre("o/r:Q8_0"));
}

TEST_F(RepositoryFolders, ADanglingLinkHidesNothing) {
  others_.hub_ref(repository_, "main");
  std::filesystem::remove(others_.hub_file(repository_, "a-Q4_K_M.gguf", "gone"));
  others_.hub_file(repository_, "b-Q8_0.gguf", "here");
  EXPECT_THAT(names(of_hub()), ElementsAre("Someone/Tiny-GGUF:Q8_0"));
  EXPECT_EQ(find_at_hub("Someone/Tiny-GGUF")->name, "Someone/Tiny-GGUF:Q8_0");
  EXPECT_FALSE(find_at_hub("Someone/Tiny-GGUF:Q4_K_M"));
}

TEST_F(RepositoryFolders, ARefLeadsNowhereElse) {
  others_.hub_file(repository_, "a-Q8_0.gguf", "x", "..");
  for (const char* text : {"..", "../../..", "/etc", "", "main", "CCCC"}) {
    others_.write(repository_ + "/refs/main", text);
    EXPECT_THAT(names(of_hub()), ElementsAre()) << text;
  }
}

TEST_F(RepositoryFolders, NamesThatNoHubHasAreNotSeen) {
  for (const char* path : {"no spaces/r/m.gguf", "o/-r/m.gguf", "datasets/r/m.gguf", "o/m.gguf",
                           ".hidden/r/m.gguf", "o/r@x/m.gguf", "o/r/a b/../../../m?.gguf"})
    others_.lm_studio_file(path, "x");
  others_.hub_file(others_.hub() + "/models--gpt2", "m.gguf", "x");
  others_.hub_ref(others_.hub() + "/models--gpt2", "main");
  EXPECT_THAT(names(of_lm_studio()), ElementsAre());
  EXPECT_THAT(names(of_hub()), ElementsAre());
}

TEST_F(RepositoryFolders, FoldersThatMayNotBeReadOrAreNotThereHoldNothing) {
  EXPECT_THAT(names(of_hub()), ElementsAre());
  others_.write(others_.hub(), "a file in its place");
  EXPECT_THAT(names(of_hub()), ElementsAre());
  EXPECT_FALSE(find_at_hub("Someone/Tiny-GGUF"));
}

}  // namespace
}  // namespace hearth::store
