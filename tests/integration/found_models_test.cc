// Models that other programs hold, used by a real daemon where they lie.
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/fd.h"
#include "daemon.h"
#include "derived.h"
#include "json/writer.h"
#include "places.h"
#include "store/testing/other_programs.h"

namespace hearth::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::size_t kModelBytesMax = std::size_t{1} << 30;
constexpr const char* kOfOllama = "tiny:latest";
constexpr const char* kOfLmStudio = "Someone/Tiny-GGUF:F16";
constexpr const char* kOfHub = "Else/Tiny-GGUF:Q8_0";

std::string content_of(const std::string& name) {
  return *base::load_text_file(model_path(name), kModelBytesMax);
}

std::string named(const std::string& model) {
  json::Writer json;
  return json.open('{').key("model").text(model).close('}').take();
}

class FoundModelsTest : public ::testing::Test {
 protected:
  FoundModelsTest() {
    others_.write(others_.root() + "/.lmstudio-home-pointer", others_.root() + "/lms");
    others_.write(others_.root() + "/lms/settings.json",
                  R"({"downloadsFolder":")" + others_.lm_studio() + "\"}");
    manifest_ = others_.ollama_model(
        "registry.ollama.ai/library/tiny/latest",
        {{"model", model_}, {"params", R"({"stop":["<|end|>"]})"}, {"license", "MIT"}});
    file_ = others_.lm_studio_file("Someone/Tiny-GGUF/tiny-F16.gguf", model_);
    const std::string repository = others_.hub_repository("Else", "Tiny-GGUF");
    others_.hub_ref(repository, "main");
    blob_ = others_.hub_file(repository, "tiny-q8_0.gguf", model_);
  }

  std::vector<std::string> environment(const std::string& found) const {
    return {"HEARTH_MODELS_FOUND=" + found, "HOME=" + others_.root(),
            "OLLAMA_MODELS=" + others_.ollama(), "HF_HUB_CACHE=" + others_.hub()};
  }

  const std::string model_ = content_of("tiny-llama-f16");
  store::testing::OtherPrograms others_;
  std::string manifest_;
  std::string file_;
  std::string blob_;
};

TEST_F(FoundModelsTest, AreListedWithTheirHoldersAndAnswerInPlace) {
  DaemonProcess daemon({}, environment("yes"));
  const std::string listed = daemon.get("/hearth/v1/models").body;
  for (const auto& [name, holder] :
       {std::pair(kOfOllama, "ollama"), std::pair(kOfLmStudio, "lm_studio"),
        std::pair(kOfHub, "hugging_face_cache")}) {
    EXPECT_THAT(listed, HasSubstr("{\"name\":\"" + std::string(name) + "\""));
    EXPECT_THAT(listed, HasSubstr("\"held_by\":\"" + std::string(holder) + "\""));
    EXPECT_THAT(daemon.get("/v1/models").body, HasSubstr(name));
    const ChatAnswer answer = daemon.chat(name, "hello", 4);
    EXPECT_EQ(answer.status, 200) << name << ": " << answer.error_message;
  }
  EXPECT_EQ(daemon.chat("else/tiny-gguf", "hello", 4).status, 200);
  EXPECT_EQ(daemon.chat("library/TINY", "hello", 4).status, 200);
  EXPECT_EQ(daemon.chat("ollama:tiny", "hello", 4).status, 200);
  for (const char* name : {kOfOllama, kOfLmStudio, kOfHub, "ollama:tiny:latest"})
    EXPECT_EQ(daemon.post("/hearth/v1/models/show", named(name)).status, 200) << name;
  EXPECT_FALSE(std::filesystem::exists(daemon.home() + "/models/blobs")) << "nothing is copied";
}

TEST_F(FoundModelsTest, WhatOllamaSaysOfAModelsUseHolds) {
  others_.ollama_model("registry.ollama.ai/library/brief/latest",
                       {{"model", model_}, {"params", R"({"num_predict":3,"temperature":0})"}});
  DaemonProcess daemon({}, environment("yes"));
  const ChatAnswer answer =
      daemon.post_chat(R"({"model":"brief","messages":[{"role":"user","content":"Hi"}]})");
  ASSERT_EQ(answer.status, 200) << answer.error_message;
  EXPECT_EQ(DaemonProcess::number_in(answer.body, "completion_tokens"), 3);
}

TEST_F(FoundModelsTest, ADividedModelAnswersOnceItIsWhole) {
  const std::string folder = others_.lm_studio() + "/Someone/Divided-GGUF";
  std::filesystem::create_directories(folder);
  const auto parts = models::divide_model(model_path("tiny-llama-f16"), folder, 2);
  ASSERT_TRUE(parts) << parts.error().message;
  std::filesystem::rename(parts->back(), others_.root() + "/part");
  DaemonProcess daemon({}, environment("yes"));
  EXPECT_EQ(daemon.chat("Someone/Divided-GGUF", "hello", 4).status, 404);
  std::filesystem::rename(others_.root() + "/part", parts->back());
  const ChatAnswer answer = daemon.chat("Someone/Divided-GGUF", "hello", 4);
  EXPECT_EQ(answer.status, 200) << answer.error_message;
}

TEST_F(FoundModelsTest, AReplacedFileIsLoadedAtTheNextUse) {
  DaemonProcess daemon({}, environment("yes"));
  ASSERT_EQ(daemon.chat(kOfLmStudio, "hello", 4).status, 200);
  const int before = daemon.runner_pid();
  ASSERT_EQ(daemon.chat(kOfLmStudio, "hello", 4).status, 200);
  EXPECT_EQ(daemon.runner_pid(), before) << "what has not changed stays loaded";
  others_.write(file_ + ".part", model_);
  std::filesystem::rename(file_ + ".part", file_);
  ASSERT_EQ(daemon.chat(kOfLmStudio, "hello", 4).status, 200);
  EXPECT_NE(daemon.runner_pid(), before);
}

TEST_F(FoundModelsTest, AreNeverRemoved) {
  DaemonProcess daemon({}, environment("yes"));
  for (const auto& [name, advice] : {std::pair(kOfOllama, "`ollama rm tiny:latest`"),
                                     std::pair(kOfHub, "`hf cache rm model/Else/Tiny-GGUF`"),
                                     std::pair(kOfLmStudio, "LM Studio's list of models")}) {
    const auto refused = daemon.post("/hearth/v1/models/remove", named(name));
    EXPECT_EQ(refused.status, 400);
    EXPECT_THAT(refused.body, AllOf(HasSubstr("used in place"), HasSubstr(advice)));
  }
  EXPECT_THAT(daemon.post("/hearth/v1/models/collect", "{}").body, HasSubstr("\"files\":0"));
  for (const std::string& path : {manifest_, file_, blob_})
    EXPECT_TRUE(std::filesystem::exists(path)) << path;
}

TEST_F(FoundModelsTest, AreNotSeenWhereTheSettingSaysSo) {
  DaemonProcess daemon({}, environment("no"));
  EXPECT_THAT(daemon.get("/hearth/v1/models").body, Not(HasSubstr(kOfHub)));
  for (const char* name : {kOfOllama, kOfLmStudio, kOfHub})
    EXPECT_EQ(daemon.chat(name, "hello", 4).status, 404) << name;
}

}  // namespace
}  // namespace hearth::testing
