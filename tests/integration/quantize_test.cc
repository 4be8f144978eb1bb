// `hearth quantize` on the real binaries: what it makes answers, and what it cannot make it says.
#include <csignal>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/testing/temporary_folder.h"
#include "daemon.h"
#include "gguf/file.h"
#include "gguf/model_facts.h"
#include "model_store.h"
#include "places.h"
#include "printed_text.h"

namespace hearth::testing {
namespace {

namespace fs = std::filesystem;

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kCollect = "/hearth/v1/models/collect";

class QuantizeTest : public ::testing::Test {
 protected:
  struct Said {
    int status = 0;
    std::string out, err;
  };

  process::SpawnOptions command(std::vector<std::string> words) const {
    process::SpawnOptions options;
    options.program = hearth_path();
    options.arguments = {"--home", folder_.path() + "/home", "quantize"};
    options.arguments.insert(options.arguments.end(), words.begin(), words.end());
    options.out = process::SpawnOptions::Output::kPipe;
    options.err = process::SpawnOptions::Output::kPipe;
    return options;
  }
  Said quantize(std::vector<std::string> words) const {
    auto child = process::Child::spawn(command(std::move(words)));
    EXPECT_TRUE(child) << child.error().message;
    PrintedText out(*child->take_stdout());
    PrintedText err(*child->take_stderr());
    Said said{0, out.rest(), err.rest()};
    said.status = child->wait(std::chrono::seconds(60))->code;
    return said;
  }
  std::string models() const { return folder_.path() + "/home/models"; }
  std::vector<std::string> files() const {
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator(models()))
      found.push_back(entry.path().filename().string());
    return found;
  }
  static gguf::ModelFacts facts(const std::string& path) {
    return *gguf::ModelFacts::from(*gguf::File::load(path));
  }

  base::testing::TemporaryFolder folder_;
  std::string model_ = model_path("small-qwen2-f16");
};

TEST_F(QuantizeTest, MakesAModelThatAnswers) {
  const Said said = quantize({model_, "q4_k_m", "--name", "small"});
  ASSERT_EQ(said.status, 0) << said.err;
  EXPECT_THAT(said.out, HasSubstr("'small' is ready (Q4_K_M"));
  EXPECT_THAT(files(), ::testing::ElementsAre("small.gguf"));
  EXPECT_EQ(facts(models() + "/small.gguf").quantisation, "Q4_K_M");
  EXPECT_LT(fs::file_size(models() + "/small.gguf"), fs::file_size(model_) / 2);
  DaemonProcess daemon({}, {"HEARTH_MODELS_FOLDER=" + models()});
  const ChatAnswer answer = daemon.chat("small", "hello", 4);
  EXPECT_EQ(answer.status, 200) << answer.error_message;
}

TEST_F(QuantizeTest, ADividedModelBecomesOne) {
  ModelStore store(models());
  store.keep("Someone/Small-GGUF:F16", store.add_parts(model_, 3));
  const Said said = quantize({"someone/small-gguf", "q8_0"});
  ASSERT_EQ(said.status, 0) << said.err;
  const gguf::ModelFacts made = facts(models() + "/Small-GGUF-q8_0.gguf");
  EXPECT_EQ(made.split.parts, 1U);
  EXPECT_EQ(made.quantisation, "Q8_0");
  EXPECT_EQ(made.parameters, facts(model_).parameters);
}

TEST_F(QuantizeTest, TellsEverythingAsJson) {
  const Said said = quantize({model_, "f32", "--name", "whole", "--json"});
  ASSERT_EQ(said.status, 0) << said.err;
  EXPECT_THAT(said.out, AllOf(HasSubstr(R"({"event":"tensor","number":1,"of":)"),
                              HasSubstr(R"({"event":"installed","model":"whole","path":")")));
  EXPECT_THAT(said.err, IsEmpty());
}

TEST_F(QuantizeTest, RoundsOnceUnlessToldOtherwise) {
  ASSERT_EQ(quantize({model_, "q8_0", "--name", "eight"}).status, 0);
  const Said refused = quantize({"eight", "q4_0"});
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.err, HasSubstr("--requantize"));
  EXPECT_THAT(quantize({"eight", "q8_0"}).err, HasSubstr("is Q8_0 already"));
  EXPECT_EQ(quantize({"eight", "q4_0", "--requantize"}).status, 0);
  EXPECT_TRUE(fs::exists(models() + "/eight-q4_0.gguf"));
  EXPECT_THAT(quantize({"eight", "q4_0", "--requantize"}).err, HasSubstr("--force"));
  EXPECT_EQ(quantize({"eight", "q4_0", "--requantize", "--force"}).status, 0);
}

TEST_F(QuantizeTest, HidesNoModelAndNoShortName) {
  ModelStore store(models());
  store.keep("mario", {store.add(model_)});
  for (const char* name : {"mario", "ember", "qwen2.5-7b-instruct"}) {
    const Said said = quantize({model_, "q8_0", "--name", name});
    EXPECT_EQ(said.status, 1) << name;
    EXPECT_THAT(said.err, HasSubstr("--force")) << name;
  }
}

TEST_F(QuantizeTest, SaysThatAnAdapterDoesNotComeAlong) {
  ModelStore store(models());
  const auto adapter = store.add(model_path("tiny-llama-f16"), store::FileRole::kAdapter);
  store::Directions directions;
  directions.system = "Be brief.";
  store.keep("mario", {store.add(model_), adapter}, directions);
  const Said said = quantize({"mario", "q8_0", "--name", "small"});
  ASSERT_EQ(said.status, 0) << said.err;
  EXPECT_THAT(said.err, AllOf(HasSubstr("the adapter " + store.path_of(adapter)),
                              HasSubstr("a system message"), HasSubstr("FROM small")));
  EXPECT_THAT(quantize({"mario", "q8_0", "--name", "other", "--json"}).out,
              HasSubstr(R"("left_out":["the adapter )" + store.path_of(adapter)));
}

TEST_F(QuantizeTest, WhatIsStoppedLeavesNothing) {
  auto child = process::Child::spawn(command({model_, "q2_k", "--name", "never", "--json"}));
  ASSERT_TRUE(child);
  PrintedText out(*child->take_stdout());
  ASSERT_NE(out.line_with(R"("number":1,)"), "");
  ASSERT_TRUE(child->signal(SIGINT));
  EXPECT_EQ(child->wait(std::chrono::seconds(30))->code, 130);
  EXPECT_THAT(files(), IsEmpty());
}

TEST_F(QuantizeTest, WhatIsKilledIsCollectedAndWhatRunsIsNot) {
  DaemonProcess daemon({}, {"HEARTH_MODELS_FOLDER=" + models()});
  const std::string making = models() + "/.two.gguf.making";
  for (const int signal : {0, SIGKILL}) {
    auto child =
        process::Child::spawn(command({model_, "q2_k", "--name", "two", "--force", "--json"}));
    ASSERT_TRUE(child);
    PrintedText out(*child->take_stdout());
    ASSERT_NE(out.line_with(R"("number":1,)"), "");
    ASSERT_TRUE(child->signal(SIGSTOP));
    EXPECT_EQ(daemon.post(kCollect, "{}").status, 200);
    EXPECT_TRUE(fs::exists(making));
    ASSERT_TRUE(child->signal(signal == 0 ? SIGCONT : signal));
    EXPECT_EQ(child->wait(std::chrono::seconds(60))->is_success(), signal == 0);
    EXPECT_EQ(fs::exists(making), signal != 0);
  }
  EXPECT_TRUE(becomes_true([&] {  // its runner may live for a moment
    return daemon.post(kCollect, "{}").status == 200 && !fs::exists(making);
  }));
  EXPECT_THAT(files(), ::testing::UnorderedElementsAre("two.gguf"));
}

TEST_F(QuantizeTest, ADamagedFileIsSaid) {
  fs::create_directories(models());
  const std::string damaged = models() + "/damaged.gguf";
  fs::copy_file(model_, damaged);
  fs::resize_file(damaged, fs::file_size(damaged) / 2);
  const Said said = quantize({"damaged", "q4_0"});
  EXPECT_EQ(said.status, 1);
  EXPECT_THAT(said.err, HasSubstr("damaged"));
  EXPECT_THAT(files(), ::testing::ElementsAre("damaged.gguf"));
}

}  // namespace
}  // namespace hearth::testing
