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
    process::SpawnOptions options;
    options.program = HEARTH_SCRIPTS_FOLDER "/download_models.sh";
    options.arguments = arguments;
    options.environment = {"HEARTH=" + hearth_path(), "HOME=" + folder_.path(),
                           "HEARTH_HF_ENDPOINT=" + hub_.address("hugging_face"),
                           "PATH=" + first_in_path + "/usr/bin:/bin"};
    options.out = process::SpawnOptions::Output::kPipe;
    options.err = process::SpawnOptions::Output::kPipe;
    auto child = process::Child::spawn(options);
    EXPECT_TRUE(child) << child.error().message;
    PrintedText err(*child->take_stderr());
    Said said{0, err.rest()};
    said.status = child->wait(std::chrono::seconds(60))->code;
    return said;
  }
  // A disk with so much room, as df tells.
  std::string disk_of(std::uint64_t kib) {
    const std::string program = folder_.path() + "/df";
    std::ofstream(program) << "#!/bin/sh\necho Filesystem\necho disk 1 1 " << kib << " 1% /\n";
    ::chmod(program.c_str(), 0755);
    return folder_.path() + ":";
  }
  std::string models() const { return folder_.path() + "/models here"; }
  std::size_t blobs() const {
    std::size_t count = 0;
    for (const auto& entry : fs::directory_iterator(models() + "/blobs"))
      count += entry.is_regular_file() ? 1 : 0;
    return count;
  }

  base::testing::TemporaryFolder folder_;
  ModelHub hub_;
};

constexpr std::uint64_t kPlenty = 100ULL * 1024 * 1024;

TEST_F(DownloadScript, FetchesThePairIntoAFolderAndSaysHowToUseIt) {
  const Said said = run({models()}, disk_of(kPlenty));
  ASSERT_EQ(said.status, 0) << said.text;
  EXPECT_EQ(blobs(), 3U);
  const auto readme = base::load_text_file(models() + "/README.md", 100'000);
  ASSERT_TRUE(readme);
  EXPECT_THAT(*readme, AllOf(HasSubstr("HEARTH_MODELS_FOLDER=\"" + models() + "\""),
                             HasSubstr("hearth chat qwen2.5-7b-instruct")));
  EXPECT_FALSE(fs::exists(models() + "/.hearth")) << "its daemon has ended and left nothing";
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
}

}  // namespace
}  // namespace hearth::testing
