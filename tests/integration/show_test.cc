// What real daemons say of models, whether they fit, and what the hub has.
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/fd.h"
#include "base/testing/temporary_folder.h"
#include "daemon.h"
#include "json/parse.h"
#include "json/writer.h"
#include "model_hub.h"
#include "places.h"

namespace hearth::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kShow = "/hearth/v1/models/show";
constexpr const char* kFit = "/hearth/v1/models/fit";
constexpr const char* kSearch = "/hearth/v1/models/search";

std::string ask_for(const std::string& model) {
  json::Writer json;
  return json.open('{').key("model").text(model).close('}').take();
}

boost::json::value parsed(const net::HttpReply& reply) {
  EXPECT_EQ(reply.status, 200) << reply.body;
  return *json::parse(reply.body);
}

class ShowTest : public ::testing::Test {
 protected:
  ShowTest() {
    for (const char* model : {"tiny-llama-f16", "tiny-mamba-f16", "tiny-nomic-bert-f16"})
      std::filesystem::copy_file(model_path(model), models_.path() + "/" + model + ".gguf");
  }
  std::vector<std::string> environment() const {
    return {"HEARTH_MODELS_FOLDER=" + models_.path()};
  }

  base::testing::TemporaryFolder models_;
};

TEST_F(ShowTest, AModelIsShownWithoutBeingLoaded) {
  DaemonProcess daemon({}, environment());
  const auto value = parsed(daemon.post(kShow, ask_for("tiny-llama-f16")));
  const auto& sheet = value.as_object();
  EXPECT_EQ(sheet.at("architecture").as_string(), "llama");
  EXPECT_EQ(sheet.at("kind").as_string(), "chat");
  EXPECT_EQ(sheet.at("quantisation").as_string(), "F16");
  EXPECT_EQ(sheet.at("layers").to_number<int>(), 2);
  EXPECT_EQ(sheet.at("context").at("trained").to_number<int>(), 2048);
  EXPECT_EQ(sheet.at("held_by").as_string(), "folder");
  EXPECT_EQ(sheet.at("files").at(0).at("path").as_string(),
            models_.path() + "/tiny-llama-f16.gguf");
  EXPECT_TRUE(sheet.at("capabilities").is_null()) << "nobody has loaded it";
  EXPECT_EQ(sheet.at("fit").at("verdict").as_string(), "fits");
  EXPECT_EQ(daemon.runner_pid(), 0);
}

TEST_F(ShowTest, MemoryIsToldForEveryContextThatIsAskedFor) {
  DaemonProcess daemon({}, environment());
  const auto value =
      parsed(daemon.post(kShow, R"({"model":"tiny-llama-f16","contexts":[512,1024]})"));
  std::vector<int> contexts;
  std::uint64_t before = 0;
  for (const auto& need : value.at("memory").as_array()) {
    if (need.at("kv_type").as_string() != "f16") continue;
    contexts.push_back(need.at("context").to_number<int>());
    const auto bytes = need.at("total_bytes").to_number<std::uint64_t>();
    EXPECT_GT(bytes, before);
    before = bytes;
  }
  EXPECT_THAT(contexts, ::testing::ElementsAre(512, 1024, 2048));
}

TEST_F(ShowTest, NoMoreIsToldToFitThanAModelWasTrainedFor) {
  DaemonProcess daemon({}, environment());
  const auto shown = parsed(daemon.post(kShow, R"({"model":"tiny-llama-f16","contexts":[8192]})"));
  const auto& needs = shown.at("memory").as_array();
  const auto& asked = needs.at(needs.size() - 2);
  EXPECT_EQ(asked.at("context").to_number<int>(), 8192);
  EXPECT_EQ(asked.at("used").to_number<int>(), 2048);
  EXPECT_EQ(asked.at("verdict").as_string(), "fits_smaller");
  EXPECT_EQ(asked.at("total_bytes"), needs.at(needs.size() - 4).at("total_bytes"));
  const auto list = parsed(daemon.post(kFit, R"({"context":8192})"));
  for (const auto& model : list.at("models").as_array()) {
    const auto trained = model.at("context_trained").to_number<int>();
    EXPECT_LE(model.at("context").to_number<int>(), trained) << model.at("name");
    EXPECT_FALSE(trained < 8192 && model.at("verdict").as_string() == "fits") << model.at("name");
  }
}

TEST_F(ShowTest, WhatIsNoModelIsNotShown) {
  DaemonProcess daemon({}, environment());
  EXPECT_EQ(daemon.post(kShow, ask_for("nobody")).status, 404);
  EXPECT_EQ(daemon.post(kShow, R"({"models":"x"})").status, 400);
  EXPECT_EQ(daemon.post(kShow, R"({"model":"tiny-llama-f16","contexts":[0]})").status, 400);
  std::ofstream(models_.path() + "/broken.gguf") << "GGUF and then nothing";
  const auto reply = daemon.post(kShow, ask_for("broken"));
  EXPECT_GE(reply.status, 400);
  EXPECT_THAT(reply.body, HasSubstr("broken"));
}

TEST_F(ShowTest, AfterALoadItIsKnownWhatTheModelCanDoAndWhatItHeld) {
  DaemonProcess daemon({}, environment());
  ASSERT_EQ(daemon.chat("tiny-llama-f16", "hello", 4).status, 200);
  boost::json::value value;
  EXPECT_TRUE(becomes_true([&] {
    value = parsed(daemon.post(kShow, ask_for("tiny-llama-f16")));
    return value.at("fit").at("observed_bytes").to_number<std::uint64_t>() > 0;
  }));
  EXPECT_TRUE(value.at("loaded").as_bool());
  EXPECT_TRUE(value.at("capabilities").is_object());
}

TEST_F(ShowTest, WhatAModelHeldIsWrittenDownForTheNextDaemon) {
  DaemonProcess daemon({}, environment());
  ASSERT_EQ(daemon.chat("tiny-llama-f16", "hello", 4).status, 200);
  const std::string path = daemon.home() + "/cache/runners/memory";
  std::string text;
  EXPECT_TRUE(becomes_true([&] {
    text = base::load_text_file(path, 4096).value_or("");
    return !text.empty();
  }));
  EXPECT_THAT(text, AllOf(HasSubstr("hearth memory 1\n"), HasSubstr(" f16 9 ")));
}

TEST_F(ShowTest, ModelsThatSuitThisMachineComeFirst) {
  DaemonProcess daemon({}, environment());
  const auto value = parsed(daemon.post(kFit, R"({"context":1024})"));
  std::vector<std::string> installed;
  bool embeds_begun = false;
  double largest = 1e300;
  for (const auto& model : value.at("models").as_array()) {
    const bool writes =
        model.at("kind").as_string() == "chat" || model.at("kind").as_string() == "text";
    EXPECT_FALSE(writes && embeds_begun) << "those that embed come behind";
    embeds_begun = embeds_begun || !writes;
    if (model.at("installed").as_bool()) {
      installed.emplace_back(model.at("name").as_string());
      EXPECT_TRUE(model.at("get").is_null());
    } else {
      EXPECT_EQ(model.at("get").as_string(),
                "hearth pull " + std::string(model.at("name").as_string()));
    }
    if (!writes || model.at("verdict").as_string() != "fits") continue;
    EXPECT_LE(model.at("parameters").to_number<double>(), largest);
    largest = model.at("parameters").to_number<double>();
  }
  EXPECT_THAT(installed,
              ::testing::IsSupersetOf({"tiny-llama-f16", "tiny-mamba-f16", "tiny-nomic-bert-f16"}));
  EXPECT_GT(value.at("models").as_array().size(), installed.size()) << "well-known ones, too";
  EXPECT_EQ(daemon.post(kFit, R"({"context":-1})").status, 400);
}

TEST_F(ShowTest, AModelThatCannotBeReadIsNamedAndTheOthersAreRanked) {
  std::ofstream(models_.path() + "/broken.gguf") << "GGUF and then nothing";
  DaemonProcess daemon({}, environment());
  const auto value = parsed(daemon.post(kFit, "{}"));
  EXPECT_EQ(value.at("unread").at(0).as_string(), "broken");
  EXPECT_EQ(value.at("context").to_number<int>(), 4096);
}

TEST_F(ShowTest, TheHubIsSearchedWithOurWords) {
  ModelHub hub;
  hub.put(model_path("tiny-llama-f16"), "hugging_face/Someone/Tiny-GGUF/tiny-f16.gguf");
  hub.put(model_path("tiny-llama-f16"), "hugging_face/Other/Tiny-Two/tiny-f16.gguf");
  DaemonProcess daemon({}, {"HEARTH_HF_ENDPOINT=" + hub.address("hugging_face")});
  const auto found = daemon.post(kSearch, R"({"words":"tiny gguf"})");
  EXPECT_EQ(found.status, 200);
  EXPECT_THAT(found.body, AllOf(HasSubstr(R"({"name":"Someone/Tiny-GGUF","downloads":0,)"),
                                Not(HasSubstr("Tiny-Two"))));
  EXPECT_EQ(daemon.post(kSearch, R"({"words":"tiny","limit":1000})").status, 400);
  EXPECT_EQ(daemon.post(kSearch, R"({"words":" "})").status, 400);
  hub.set_fault(R"({"server":"hugging_face","method":"GET","do":"status","status":503,"times":0})");
  EXPECT_EQ(daemon.post(kSearch, R"({"words":"tiny"})").status, 503);
}

}  // namespace
}  // namespace hearth::testing
