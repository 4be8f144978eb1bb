#include "store/verify/verify.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/testing/temporary_folder.h"
#include "store/digest.h"
#include "store/manifest/layout.h"
#include "store/manifest/manifest_file.h"
#include "store/removal.h"
#include "store/testing/other_programs.h"

namespace hearth::store {
namespace {

namespace fs = std::filesystem;
using State = VerifiedFile::State;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class VerifyTest : public ::testing::Test {
 protected:
  // The blob's path.
  std::string install(const std::string& name, const std::string& bytes,
                      const std::string& origin = "") {
    const BlobDigest digest = *digest_of_text(bytes);
    const std::string path = folder_.path() + "/" + blob_path(digest);
    fs::create_directories(folder_.path() + "/blobs");
    write(path, bytes);
    const ModelName from = *ModelName::parse(origin.empty() ? name : origin);
    Manifest manifest{*ModelName::parse(name), {from, {}, {}}, {}, {}, {}};
    manifest.files.push_back({FileRole::kModel, {}, digest, bytes.size(), "m.gguf"});
    EXPECT_TRUE(keep_manifest(folder_.path(), manifest));
    return path;
  }
  static void write(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
  }
  Result<Verified> verify_models(std::vector<std::string> models) {
    VerifyRequest request{std::move(models), "", {}};
    request.progress = [this](const VerifyProgress& progress) { told_.push_back(progress); };
    return store::verify_models(request, catalog_, cancel_.token());
  }
  // Where all manifests can be read.
  Result<std::vector<VerifiedFile>> verify(std::vector<std::string> models = {}) {
    Verified verified = HEARTH_TRY(verify_models(std::move(models)));
    EXPECT_THAT(verified.damaged_manifests, IsEmpty());
    return std::move(verified.files);
  }

  base::testing::TemporaryFolder folder_;
  Catalog catalog_{folder_.path()};
  base::CancelSource cancel_;
  std::vector<VerifyProgress> told_;
};

TEST_F(VerifyTest, EachFileIsReadOnceHoweverManyModelsHaveIt) {
  install("a/model:Q8_0", "12345");
  install("mine", "12345", "a/model:Q8_0");
  install("b/model:Q8_0", "67890");
  const auto files = verify();
  ASSERT_TRUE(files) << files.error().message;
  ASSERT_THAT(*files, SizeIs(2));
  for (const VerifiedFile& file : *files) {
    EXPECT_EQ(file.state, State::kGood);
    EXPECT_EQ(file.advice, "");
  }
  EXPECT_THAT(files->front().models, ElementsAre("a/model:Q8_0", "mine:latest"));
  EXPECT_EQ(told_.front().size_bytes, 10U);
}

TEST_F(VerifyTest, OneOtherBitIsFoundAndTheFileMovedAside) {
  const std::string path = install("a/model:Q8_0", "12345");
  install("b/model:Q8_0", "67890");
  write(path, "12344");
  const auto files = verify({"a/model"});
  ASSERT_TRUE(files) << files.error().message;
  ASSERT_THAT(*files, SizeIs(1));
  EXPECT_EQ(files->front().state, State::kDamaged);
  EXPECT_THAT(files->front().problem, HasSubstr(digest_of_text("12344")->text()));
  EXPECT_THAT(files->front().advice, HasSubstr("hearth pull a/model:Q8_0"));
  EXPECT_FALSE(fs::exists(path));
  EXPECT_EQ(verify({"a/model"})->front().state, State::kMissing);
  EXPECT_EQ(collect_blobs(folder_.path())->blobs, 1U);
  EXPECT_FALSE(fs::exists(path + ".damaged"));
}

// Looks at a store that it may not write, in a process of its own. Exits with 0 when all is told
// and nothing was done.
[[noreturn]] void verify_as_a_stranger(const std::string& folder, const std::string& damaged) {
  constexpr uid_t kNobody = 65534;
  if (::geteuid() == 0 && ::setuid(kNobody) != 0) ::_exit(1);
  const base::CancelSource cancel;
  const auto verified = verify_models({{}, "", {}}, Catalog(folder), cancel.token());
  if (!verified || verified->files.size() != 2) ::_exit(2);
  const auto is_told = [](const VerifiedFile& file) {
    return file.state == State::kGood ||
           (file.state == State::kDamaged &&
            file.problem.find("it cannot be moved aside") != std::string::npos);
  };
  const auto& files = verified->files;
  if (!std::all_of(files.begin(), files.end(), is_told)) ::_exit(3);
  ::_exit(fs::exists(damaged) ? 0 : 4);
}

TEST_F(VerifyTest, WhereNothingMayBeWrittenWhatIsDamagedIsToldAndStays) {
  install("a/good:Q8_0", "12345");
  const std::string path = install("a/model:Q8_0", "67890");
  write(path, "67891");
  const auto set_modes = [this](unsigned folders, unsigned files) {
    fs::permissions(folder_.path(), fs::perms(folders));
    for (const auto& entry : fs::recursive_directory_iterator(folder_.path()))
      fs::permissions(entry.path(), fs::perms(entry.is_directory() ? folders : files));
  };
  set_modes(0555, 0444);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) verify_as_a_stranger(folder_.path(), path);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  set_modes(0755, 0644);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST_F(VerifyTest, DamagedManifestsAreToldAndTheOthersVerified) {
  for (const char* name : {"a/model:Q8_0", "b/model:Q8_0", "c/model:Q8_0"})
    install(name, name);
  for (const char* name : {"a/model:Q8_0", "c/model:Q8_0"})
    write(folder_.path() + "/" + manifest_path(*ModelName::parse(name)), "{bad");
  const std::vector<std::vector<std::string>> wishes{
      {}, {"a/model:Q8_0", "b/model", "c/model", "c/model:q8_0"}};
  for (const auto& wish : wishes) {
    const auto verified = verify_models(wish);
    ASSERT_TRUE(verified) << verified.error().message;
    ASSERT_THAT(verified->files, SizeIs(1));
    EXPECT_EQ(verified->files.front().state, State::kGood);
    ASSERT_THAT(verified->damaged_manifests, SizeIs(2));
    EXPECT_EQ(verified->damaged_manifests.back().file,
              manifest_path(*ModelName::parse("c/model:Q8_0")));
    EXPECT_THAT(verified->damaged_manifests.back().advice(), HasSubstr("hearth rm c/model:"));
  }
}

TEST_F(VerifyTest, WhatWasCutOffIsDamagedToo) {
  const std::string path = install("mine", "12345", "/models/m.gguf");
  fs::resize_file(path, 4);
  const auto files = verify();
  EXPECT_EQ(files->front().state, State::kDamaged);
  EXPECT_THAT(files->front().problem, HasSubstr("4 bytes instead of 5"));
  EXPECT_THAT(files->front().advice, HasSubstr("/models/m.gguf"));
}

TEST_F(VerifyTest, ABuiltInModelIsHeldAgainstItsDigestAndStays) {
  fs::create_directories(folder_.path() + "/share");
  const std::string path = folder_.path() + "/share/spark.gguf";
  write(path, "12345");
  catalog_ = Catalog(folder_.path(),
                     {folder_.path() + "/share", {{"spark", digest_of_text("12345")->hex()}}});
  EXPECT_EQ(verify()->front().state, State::kGood);
  write(path, "12344");
  const auto files = verify({"spark"});
  EXPECT_EQ(files->front().state, State::kDamaged);
  EXPECT_THAT(files->front().advice, HasSubstr("install Hearth again"));
  EXPECT_TRUE(fs::exists(path));
}

TEST_F(VerifyTest, WhatNobodyKnowsCannotBeVerified) {
  write(folder_.path() + "/own.gguf", "12345");
  EXPECT_THAT(*verify(), IsEmpty());
  EXPECT_THAT(verify({"own"}).error().message, HasSubstr("hearth import"));
  EXPECT_EQ(verify({"nobody/has-it"}).error().code, Code::kNotFound);
}

TEST_F(VerifyTest, WhatOthersHoldIsToldToBeCopiedFirst) {
  const testing::OtherPrograms others;
  others.ollama_model("registry.ollama.ai/library/alpha/latest", {{"model", "x"}});
  const Catalog catalog(folder_.path(), {}, {}, others.places());
  const auto refused = store::verify_models({{"ollama:alpha"}, "", {}}, catalog, cancel_.token());
  EXPECT_THAT(refused.error().message,
              ::testing::AllOf(HasSubstr("held by Ollama"), HasSubstr("hearth cp ollama:alpha")));
}

TEST_F(VerifyTest, ItCanBeCalledOff) {
  const std::string path = install("a/model:Q8_0", "12345");
  cancel_.cancel();
  EXPECT_EQ(verify().error().code, Code::kCancelled);
  EXPECT_TRUE(fs::exists(path));
}

}  // namespace
}  // namespace hearth::store
