// Models of a store whose manifests say more than one file does: divided and adapted ones, and
// those whose author says how they are used. Real daemons, real runners.
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/testing/temporary_folder.h"
#include "daemon.h"
#include "derived.h"
#include "model_store.h"
#include "places.h"

namespace hearth::testing {
namespace {

namespace fs = std::filesystem;

using store::Directions;
using store::FileRole;
using store::ManifestFile;
using store::Speaker;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// A greedy answer, so that it is the model's alone.
std::string greedy(const std::string& model, const std::string& more = "") {
  return R"({"model":")" + model +
         R"(","messages":[{"role":"user","content":"Hello there"}],"temperature":0)" + more + "}";
}

class DirectedModels : public ::testing::Test {
 protected:
  std::vector<std::string> environment() const {
    return {"HEARTH_MODELS_FOLDER=" + store_.folder()};
  }
  std::string adapter(const std::string& of, float factor) {
    const std::string path = folder_.path() + "/adapter.gguf";
    EXPECT_TRUE(models::write_adapter(of, path, factor));
    return path;
  }

  base::testing::TemporaryFolder folder_;
  ModelStore store_{folder_.path() + "/store"};
  std::string model_ = model_path("tiny-llama-f16");
};

TEST_F(DirectedModels, ADividedModelAnswersAsTheWholeOneDoes) {
  store_.keep("whole", {store_.add(model_)});
  store_.keep("divided", store_.add_parts(model_, 3));
  DaemonProcess daemon({}, environment());
  const ChatAnswer whole = daemon.post_chat(greedy("whole", R"(,"max_tokens":16)"));
  const ChatAnswer divided = daemon.post_chat(greedy("divided", R"(,"max_tokens":16)"));
  ASSERT_EQ(divided.status, 200) << divided.error_message;
  EXPECT_FALSE(divided.text.empty());
  EXPECT_EQ(divided.text, whole.text);
}

TEST_F(DirectedModels, APartThatIsGoneIsSaid) {
  const std::vector<ManifestFile> files = store_.add_parts(model_, 2);
  store_.keep("divided", files);
  fs::remove(store_.path_of(files.back()));
  DaemonProcess daemon({}, environment());
  const ChatAnswer answer = daemon.chat("divided", "hello", 4);
  EXPECT_EQ(answer.status, 404);
  EXPECT_THAT(answer.error_message, AllOf(HasSubstr("is gone"), HasSubstr("hearth pull divided")));
}

TEST_F(DirectedModels, WhatANameMeansIsWhatIsRemoved) {
  store_.keep("mario", {store_.add(model_)});
  std::filesystem::copy_file(model_, store_.folder() + "/mario.gguf");
  DaemonProcess daemon({}, environment());
  const auto refused = daemon.post("/hearth/v1/models/remove", R"({"model":"mario"})");
  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(refused.body, AllOf(HasSubstr("mario.gguf"), HasSubstr("'mario:latest'")));
  EXPECT_EQ(daemon.post("/hearth/v1/models/remove", R"({"model":"mario:latest"})").status, 200);
  EXPECT_TRUE(std::filesystem::exists(store_.folder() + "/mario.gguf"));
}

TEST_F(DirectedModels, PartsOfAnotherModelAreRefused) {
  std::vector<ManifestFile> files = store_.add_parts(model_, 2);
  const ManifestFile first = files.front();
  files = store_.add_parts(model_, 3);
  files.resize(2, files.front());
  files.front() = first;
  for (ManifestFile& each : files)
    each.part.count = 2;
  store_.keep("mixed", files);
  DaemonProcess daemon({}, environment());
  EXPECT_EQ(daemon.chat("mixed", "hello", 4).status, 422);
  EXPECT_THAT(daemon.get("/hearth/v1/models").body, HasSubstr("mixed")) << "the daemon is well";
}

TEST_F(DirectedModels, ParametersHoldWhereAClientSaysNothing) {
  Directions directions;
  directions.parameters = {{"num_predict", "3"}, {"temperature", "0"}};
  store_.keep("brief", {store_.add(model_)}, directions);
  DaemonProcess daemon({}, environment());
  const std::string plain = R"({"model":"brief","messages":[{"role":"user","content":"Hi"}]})";
  const ChatAnswer answer = daemon.post_chat(plain);
  ASSERT_EQ(answer.status, 200) << answer.error_message;
  EXPECT_EQ(DaemonProcess::number_in(answer.body, "completion_tokens"), 3);
  EXPECT_EQ(answer.text, daemon.post_chat(plain).text) << "a temperature of 0 is greedy";
  const ChatAnswer longer = daemon.post_chat(greedy("brief", R"(,"max_tokens":5)"));
  EXPECT_EQ(DaemonProcess::number_in(longer.body, "completion_tokens"), 5);
}

TEST_F(DirectedModels, AConversationBeginsAsTheModelsAuthorWantsIt) {
  Directions directions;
  directions.system = "You are a lighthouse. Speak of ships and of nothing else.";
  directions.messages = {{Speaker::kUser, "Who goes there?"}, {Speaker::kAssistant, "A ship."}};
  store_.keep("plain", {store_.add(model_)});
  store_.keep("directed", {store_.add(model_)}, directions);
  DaemonProcess daemon({}, environment());
  const auto prompt_tokens = [&](const std::string& body) {
    const ChatAnswer answer = daemon.post_chat(body);
    EXPECT_EQ(answer.status, 200) << answer.error_message;
    return DaemonProcess::number_in(answer.body, "prompt_tokens");
  };
  const auto spelled_out = prompt_tokens(
      R"({"model":"plain","max_tokens":1,"messages":[{"role":"system","content":)"
      R"("You are a lighthouse. Speak of ships and of nothing else."},)"
      R"({"role":"user","content":"Who goes there?"},{"role":"assistant","content":"A ship."},)"
      R"({"role":"user","content":"Hello there"}]})");
  EXPECT_EQ(prompt_tokens(greedy("directed", R"(,"max_tokens":1)")), spelled_out);
  EXPECT_LT(prompt_tokens(greedy("plain", R"(,"max_tokens":1)")), spelled_out);
  EXPECT_EQ(daemon.metric("hearth_runner_starts_total"), 1) << "one file, one runner";
}

TEST_F(DirectedModels, ATemplateAndAContextOfItsOwnAreLoadedBeside) {
  Directions directions;
  directions.chat_template = "{% for m in messages %}{{ m.content }}{% endfor %}";
  directions.parameters = {{"num_ctx", "64"}};
  store_.keep("plain", {store_.add(model_)});
  store_.keep("directed", {store_.add(model_)}, directions);
  DaemonProcess daemon({}, environment());
  const ChatAnswer plain = daemon.post_chat(greedy("plain", R"(,"max_tokens":4)"));
  const ChatAnswer directed = daemon.post_chat(greedy("directed", R"(,"max_tokens":4)"));
  ASSERT_EQ(directed.status, 200) << directed.error_message;
  EXPECT_LT(DaemonProcess::number_in(directed.body, "prompt_tokens"),
            DaemonProcess::number_in(plain.body, "prompt_tokens"));
  EXPECT_EQ(daemon.metric("hearth_runner_starts_total"), 2);
  EXPECT_EQ(daemon.post_chat(greedy("plain", R"(,"max_tokens":4)")).text, plain.text);
  const std::string loaded = daemon.get("/hearth/v1/models").body;
  EXPECT_THAT(loaded,
              AllOf(HasSubstr(R"("model":"plain:latest")"),
                    HasSubstr(R"("model":"directed:latest")"), HasSubstr(R"("context":64)")));
  const ChatAnswer too_long = daemon.chat("directed", std::string(400, 'a'), 4);
  EXPECT_EQ(too_long.error_code, "context_length_exceeded") << too_long.body;
  EXPECT_EQ(daemon.post("/hearth/v1/models/unload", R"({"model":"directed"})").status, 200);
  EXPECT_THAT(daemon.get("/hearth/v1/models").body,
              AllOf(HasSubstr(R"("model":"plain:latest")"), Not(HasSubstr(R"("context":64)"))))
      << "the other one stays";
}

TEST_F(DirectedModels, AnAdapterChangesWhatItsModelSays) {
  const ManifestFile base = store_.add(model_);
  store_.keep("plain", {base});
  store_.keep("adapted", {base, store_.add(adapter(model_, 30), FileRole::kAdapter)});
  DaemonProcess daemon({}, environment());
  const ChatAnswer plain = daemon.post_chat(greedy("plain", R"(,"max_tokens":16)"));
  const ChatAnswer adapted = daemon.post_chat(greedy("adapted", R"(,"max_tokens":16)"));
  ASSERT_EQ(adapted.status, 200) << adapted.error_message;
  EXPECT_NE(adapted.text, plain.text);
  EXPECT_EQ(adapted.text, daemon.post_chat(greedy("adapted", R"(,"max_tokens":16)")).text);
}

TEST_F(DirectedModels, WhatIsNoAdapterOfTheModelIsRefused) {
  const ManifestFile base = store_.add(model_);
  store_.keep("other",
              {base, store_.add(adapter(model_path("tiny-cohere2-f16"), 1), FileRole::kAdapter)});
  store_.keep("none", {base, store_.add(model_path("tiny-bert-f16"), FileRole::kAdapter)});
  DaemonProcess daemon({}, environment());
  EXPECT_THAT(daemon.chat("other", "hello", 4).error_message, HasSubstr("adapter"));
  EXPECT_THAT(daemon.chat("none", "hello", 4).error_message, HasSubstr("is no adapter"));
}

}  // namespace
}  // namespace hearth::testing
