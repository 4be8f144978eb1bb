// scripts/download_models.sh against a hub on loopback: fetched whole, gone on with, refused where
// there is no room.
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/testing/temporary_folder.h"
#include "derived.h"
#include "model_hub.h"
#include "places.h"
#include "printed_text.h"

namespace hearth::testing {
namespace {

namespace fs = std::filesystem;

using ::testing::AllOf;
using ::testing::HasSubstr;

class DownloadScript : public ::testing::Test {
 protected:
  DownloadScript() {
    hub_.put(model_path("tiny-nomic-bert-f16"),
             "hugging_face/nomic-ai/nomic-embed-text-v1.5-GGUF/nomic-embed-text-v1.5.Q4_K_M.gguf");
    const std::string repository = "hugging_face/Qwen/Qwen2.5-7B-Instruct-GGUF/";
    const auto parts = models::divide_model(model_path("tiny-llama-f16"), folder_.path(), 2);
    for (int part = 0; part < 2; ++part) {
      hub_.put((*parts)[static_cast<std::size_t>(part)],
               repository + "qwen2.5-7b-instruct-q4_k_m-0000" + std::to_string(part + 1) +
                   "-of-00002.gguf");
    }
  }

  struct Said {
    int status = 0;
    std::string text;
  };
  Said run(const std::vector<std::string>& arguments, const std::string& first_in_path = "") {
    return run_program(HEARTH_SCRIPTS_FOLDER "/download_models.sh", arguments, first_in_path);
  }
  Said run_program(const std::string& program, const std::vector<std::string>& arguments,
                   const std::string& first_in_path = "") {
    process::SpawnOptions options;
    options.program = program;
    options.arguments = arguments;
    options.environment = {"HEARTH=" + hearth_path(), "HOME=" + folder_.path(),
                           "HEARTH_HF_ENDPOINT=" + hub_.address("hugging_face"),
                           "PATH=" + first_in_path + "/usr/bin:/bin"};
    if (!usual_folder_.empty())
      options.environment.push_back("HEARTH_MODELS_FOLDER=" + usual_folder_);
    options.out = process::SpawnOptions::Output::kPipe;
    options.err = process::SpawnOptions::Output::kPipe;
    auto child = process::Child::spawn(options);
    EXPECT_TRUE(child) << child.error().message;
    PrintedText err(*child->take_stderr());
    Said said{0, err.rest()};
    said.status = child->wait(std::chrono::seconds(60))->code;
    return said;
  }
  // A program that the script finds before the system's.
  void put_program(const std::string& name, const std::string& text) {
    const std::string program = folder_.path() + "/" + name;
    std::ofstream(program) << "#!/bin/sh\n" << text;
    ::chmod(program.c_str(), 0755);
  }
  // A disk with so much room, as df tells.
  std::string disk_of(std::uint64_t kib) {
    put_program("df", "echo Filesystem\necho disk 1 1 " + std::to_string(kib) + " 1% /\n");
    return folder_.path() + ":";
  }
  std::string models() const { return folder_.path() + "/models here"; }
  std::size_t blobs() const { return blobs_in(models()); }
  static std::size_t blobs_in(const std::string& folder) {
    std::size_t count = 0;
    for (const auto& entry : fs::directory_iterator(folder + "/blobs"))
      count += entry.is_regular_file() ? 1 : 0;
    return count;
  }

  base::testing::TemporaryFolder folder_;
  ModelHub hub_;
  std::string usual_folder_;  // where models are without a FOLDER; empty: in the home
};

constexpr std::uint64_t kPlenty = 100ULL * 1024 * 1024;

TEST_F(DownloadScript, FetchesThePairIntoAFolderAndSaysHowToUseIt) {
  const Said said = run({models()}, disk_of(kPlenty));
  ASSERT_EQ(said.status, 0) << said.text;
  EXPECT_EQ(blobs(), 3U);
  const auto readme = base::load_text_file(models() + "/README.md", 100'000);
  ASSERT_TRUE(readme);
  EXPECT_THAT(*readme, AllOf(HasSubstr("HEARTH_MODELS_FOLDER='" + models() + "' hearth serve"),
                             HasSubstr("hearth chat qwen2.5-7b-instruct")));
}

TEST_F(DownloadScript, LeavesNothingOfItsDaemon) {
  const std::string note = folder_.path() + "/home";
  put_program("mktemp", "/usr/bin/mktemp \"$@\" | tee " + note + "\n");
  ASSERT_EQ(run({models()}, disk_of(kPlenty)).status, 0);
  const auto home = base::load_text_file(note, 4096);
  ASSERT_TRUE(home);
  EXPECT_THAT(*home, ::testing::EndsWith("\n"));
  EXPECT_FALSE(fs::exists(home->substr(0, home->size() - 1)));
  EXPECT_FALSE(fs::exists(models() + "/.hearth"));
}

TEST_F(DownloadScript, FetchesIntoAFolderWhoseNameIsTooLongForASocket) {
  const std::string models = folder_.path() + "/" + std::string(150, 'm');
  const Said said = run({models}, disk_of(kPlenty));
  ASSERT_EQ(said.status, 0) << said.text;
  EXPECT_EQ(blobs_in(models), 3U);
}

TEST_F(DownloadScript, WritesWhatAShellReadsBack) {
  const std::string models = folder_.path() + "/it's $HOME \"x\"";
  ASSERT_EQ(run({models}, disk_of(kPlenty)).status, 0);
  const auto readme = base::load_text_file(models + "/README.md", 100'000);
  ASSERT_TRUE(readme);
  EXPECT_THAT(*readme, HasSubstr("HEARTH_MODELS_FOLDER='" + folder_.path() +
                                 "/it'\\''s $HOME \"x\"' hearth serve"));
}

TEST_F(DownloadScript, FindsTheUsualFolderWhateverItIsCalled) {
  usual_folder_ = folder_.path() + "/my \"models\" \\n";
  const Said said = run({}, disk_of(kPlenty));
  EXPECT_EQ(said.status, 0) << said.text;
  EXPECT_THAT(said.text, HasSubstr("The models are in '" + usual_folder_ + "'."));
  EXPECT_EQ(blobs_in(usual_folder_), 3U);
  EXPECT_TRUE(fs::exists(usual_folder_ + "/README.md"));
  EXPECT_EQ(run_program(hearth_path(), {"stop", "--daemon"}).status, 0);
}

TEST_F(DownloadScript, GoesOnWhereItBroke) {
  hub_.set_fault(R"({"server":"cdn","method":"GET","path":"","do":"status","status":404,"skip":1,)"
                 R"("times":0})");
  const Said broken = run({models()}, disk_of(kPlenty));
  EXPECT_NE(broken.status, 0);
  EXPECT_THAT(broken.text, HasSubstr("Nothing is lost"));
  EXPECT_FALSE(fs::exists(models() + "/README.md"));
  hub_.forget_faults();
  EXPECT_EQ(run({models()}, disk_of(kPlenty)).status, 0);
  EXPECT_EQ(blobs(), 3U);
}

TEST_F(DownloadScript, AsksForRoomFirst) {
  const Said said = run({models()}, disk_of(1024));
  EXPECT_EQ(said.status, 1);
  EXPECT_THAT(said.text, AllOf(HasSubstr("6 GB"), HasSubstr("larger disk")));
  EXPECT_THAT(hub_.seen(), ::testing::Not(HasSubstr("\"GET\"")));
}

TEST_F(DownloadScript, SaysWhatItDoes) {
  EXPECT_EQ(run({"--help"}).status, 0);
  EXPECT_EQ(run({"--folder"}).status, 2);
  const Said two = run({models(), "another"}, disk_of(kPlenty));
  EXPECT_EQ(two.status, 2);
  EXPECT_THAT(two.text, HasSubstr("one FOLDER at most"));
  EXPECT_FALSE(fs::exists(models()));
  EXPECT_EQ(run({""}).status, 2);
}

}  // namespace
}  // namespace hearth::testing
