// Models pulled by real daemons from hubs on loopback that can do everything wrong.
#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/fd.h"
#include "daemon.h"
#include "json/writer.h"
#include "model_hub.h"
#include "places.h"

namespace hearth::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr const char* kPull = "/hearth/v1/models/pull";
constexpr const char* kName = "Someone/Tiny-GGUF:F16";
constexpr const char* kRemotePath = "hugging_face/Someone/Tiny-GGUF/tiny-f16.gguf";
constexpr int kKills = 50;

std::string wish(const std::string& model, bool insecure = false) {
  json::Writer json;
  json.open('{').key("model").text(model).key("insecure").boolean(insecure).close('}');
  return json.take();
}

std::string content_of(const std::string& path) {
  return *base::load_text_file(path, std::size_t{1} << 30);
}

class PullTest : public ::testing::Test {
 protected:
  PullTest() { hub_.put(model_, kRemotePath); }
  ~PullTest() override { std::filesystem::remove_all(store_); }

  // A store outlives its daemons.
  std::vector<std::string> environment() const {
    return {"HEARTH_HF_ENDPOINT=" + hub_.address("hugging_face"), "HEARTH_MODELS_FOLDER=" + store_};
  }
  std::vector<std::string> blobs() const {
    std::vector<std::string> found;
    std::error_code error;
    for (std::filesystem::directory_iterator it(store_ + "/blobs", error), end; !error && it != end;
         it.increment(error)) {
      if (it->is_regular_file()) found.push_back(it->path().string());
    }
    return found;
  }
  // Everything that a pull says; the connection ends with it.
  std::string pull(DaemonProcess& daemon, const std::string& model = kName) {
    return daemon.post(kPull, wish(model)).body;
  }

  ModelHub hub_;
  std::string model_ = model_path("tiny-llama-f16");
  std::string store_ = ::testing::TempDir() + "store_" + std::to_string(::getpid());
};

TEST_F(PullTest, AModelOfTheHubAnswersAndGoesAgain) {
  DaemonProcess daemon({}, environment());
  const std::string told = pull(daemon);
  EXPECT_THAT(told, HasSubstr(R"("status":"installed","model":"Someone/Tiny-GGUF:F16")"));
  ASSERT_EQ(blobs().size(), 1U);
  EXPECT_EQ(content_of(blobs().front()), content_of(model_));
  for (const char* name : {kName, "someone/tiny-gguf", "hf.co/Someone/Tiny-GGUF:f16"}) {
    const ChatAnswer answer = daemon.chat(name, "hello", 4);
    EXPECT_EQ(answer.status, 200) << name << ": " << answer.error_message;
  }
  EXPECT_THAT(daemon.get("/v1/models").body, HasSubstr(kName));
  json::Writer body;
  body.open('{').key("model").text("someone/tiny-gguf").close('}');
  EXPECT_THAT(daemon.post("/hearth/v1/models/remove", body.take()).body,
              HasSubstr(R"("status":"removed","files":1)"));
  EXPECT_TRUE(blobs().empty());
  EXPECT_EQ(daemon.chat(kName, "hello", 4).status, 404);
}

TEST_F(PullTest, WithoutAQuantisationTheBestIsFetchedAndNamed) {
  hub_.put(model_, "hugging_face/Someone/Tiny-GGUF/tiny-q8_0.gguf");
  DaemonProcess daemon({}, environment());
  EXPECT_THAT(pull(daemon, "Someone/Tiny-GGUF"), HasSubstr(R"("model":"Someone/Tiny-GGUF:Q8_0")"));
  EXPECT_THAT(pull(daemon), HasSubstr("installed"));
  EXPECT_EQ(blobs().size(), 1U) << "the same bytes are one blob";
  EXPECT_THAT(daemon.get("/v1/models").body,
              AllOf(HasSubstr("Someone/Tiny-GGUF:Q8_0"), HasSubstr(kName)));
}

TEST_F(PullTest, AModelOfARegistryIsVerified) {
  hub_.put(model_, "registry/someone/tiny/latest/model.gguf");
  DaemonProcess daemon({}, environment());
  const std::string name = hub_.address("registry") + "/someone/tiny:latest";
  EXPECT_THAT(pull(daemon, name.substr(std::string("http://").size())),
              HasSubstr("its address begins with http://"));
  EXPECT_THAT(pull(daemon, name), HasSubstr("allow plain HTTP with --insecure"));
  const std::string told = daemon.post(kPull, wish(name, true)).body;
  EXPECT_THAT(told, HasSubstr(R"("status":"installed")"));
  EXPECT_EQ(daemon.chat(name, "hello", 4).status, 200);
}

TEST_F(PullTest, WhatIsNotThereNeedsNoRemoving) {
  DaemonProcess daemon({}, environment());
  for (const char* name : {"nobody", "x:y", "./m.gguf"}) {
    json::Writer body;
    body.open('{').key("model").text(name).close('}');
    const auto refused = daemon.post("/hearth/v1/models/remove", body.take());
    EXPECT_EQ(refused.status, 404) << name;
    EXPECT_THAT(refused.body, HasSubstr("nothing to remove")) << name;
  }
}

TEST_F(PullTest, AFileOfThisMachineNeedsNone) {
  DaemonProcess daemon({}, environment());
  for (const std::string path : {"./m.gguf", "/models/m.gguf", "../models"}) {
    EXPECT_THAT(pull(daemon, path),
                AllOf(HasSubstr("needs no pull"), HasSubstr("`hearth chat " + path + "`"),
                      HasSubstr("`hearth import " + path + "`")));
  }
}

TEST_F(PullTest, TakesNotThePlaceOfAModelOfOnesOwn) {
  DaemonProcess daemon({}, environment());
  json::Writer create;
  create.open('{').key("name").text(kName).key("from").text(model_).key("system").text("mine");
  EXPECT_THAT(daemon.post("/hearth/v1/models/create", create.close('}').take()).body,
              HasSubstr("installed"));
  const auto refused = daemon.post(kPull, wish(kName));
  EXPECT_THAT(refused.body, AllOf(HasSubstr("of your own"), HasSubstr("hearth rm")));
  json::Writer show;
  show.open('{').key("model").text(kName).close('}');
  EXPECT_THAT(daemon.post("/hearth/v1/models/show", show.take()).body, HasSubstr("mine"));
}

// What was copied to the name that it came from is one's own, whatever its origin says.
TEST_F(PullTest, TakesNotThePlaceOfACopyThatBearsItsName) {
  DaemonProcess daemon({}, environment());
  const auto copy = [&](const std::string& from, const std::string& to) {
    json::Writer body;
    body.open('{').key("from").text(from).key("to").text(to).close('}');
    return daemon.post("/hearth/v1/models/copy", body.take()).body;
  };
  EXPECT_THAT(pull(daemon), HasSubstr("installed"));
  EXPECT_THAT(copy(kName, "mine"), HasSubstr("installed"));
  EXPECT_THAT(copy("mine", kName), HasSubstr("was pulled"));
  EXPECT_THAT(pull(daemon), HasSubstr("installed")) << "a pulled one may be pulled again";
  json::Writer remove;
  remove.open('{').key("model").text(kName).close('}');
  EXPECT_EQ(daemon.post("/hearth/v1/models/remove", remove.take()).status, 200);
  EXPECT_THAT(copy("mine", kName), HasSubstr("installed"));
  EXPECT_THAT(pull(daemon), HasSubstr("of your own"));
  EXPECT_THAT(copy("mine", kName), HasSubstr("installed"));
}

TEST_F(PullTest, TakesNoMoreOfTheNetworkThanItMay) {
  std::vector<std::string> slow = environment();
  slow.push_back("HEARTH_MODELS_PULL_RATE=1 MiB");
  DaemonProcess daemon({}, slow);
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_THAT(pull(daemon), HasSubstr("installed"));
  const auto least =
      std::filesystem::file_size(model_) * std::chrono::milliseconds(900) / base::kMiB;
  EXPECT_GE(std::chrono::steady_clock::now() - begin, least);
}

// Tokens of registries are good for minutes, and models take longer.
TEST_F(PullTest, ATokenThatRunsOutOnTheWayIsRenewed) {
  hub_.put(model_, "registry/someone/tiny/latest/model.gguf");
  std::ofstream(hub_.folder() + "/registry/someone/tiny/hub.json") << R"({"token":true})";
  hub_.set_fault(R"({"server":"cdn","method":"GET","do":"cut","bytes":300000})");
  hub_.set_fault(R"({"server":"registry","method":"GET","path":"/blobs/","do":"status",)"
                 R"("status":401,"skip":1,"times":1})");
  DaemonProcess daemon({}, environment());
  const std::string name = hub_.address("registry") + "/someone/tiny:latest";
  EXPECT_THAT(daemon.post(kPull, wish(name, true)).body, HasSubstr(R"("status":"installed")"));
  EXPECT_EQ(content_of(blobs().front()), content_of(model_));
}

TEST_F(PullTest, ATokenThatIsNeverAcceptedIsAnError) {
  hub_.put(model_, "registry/someone/tiny/latest/model.gguf");
  std::ofstream(hub_.folder() + "/registry/someone/tiny/hub.json") << R"({"token":true})";
  hub_.set_fault(R"({"server":"registry","method":"GET","path":"/blobs/","do":"status",)"
                 R"("status":401,"times":0})");
  DaemonProcess daemon({}, environment());
  const std::string name = hub_.address("registry") + "/someone/tiny:latest";
  EXPECT_THAT(daemon.post(kPull, wish(name, true)).body, HasSubstr("(401)"));
}

TEST_F(PullTest, BytesThatAreNotWhatWasPromisedAreNoModel) {
  hub_.set_fault(R"({"server":"cdn","method":"GET","do":"corrupt","at":5000,"times":0})");
  DaemonProcess daemon({}, environment());
  const std::string told = pull(daemon);
  EXPECT_THAT(told, HasSubstr("sha256:"));
  EXPECT_THAT(told, HasSubstr("\"error\""));
  EXPECT_TRUE(blobs().empty());
  EXPECT_EQ(daemon.chat(kName, "hello", 4).status, 404);
  hub_.forget_faults();
  EXPECT_THAT(pull(daemon), HasSubstr("installed"));
}

TEST_F(PullTest, WhatBreaksOnTheWayIsTriedAgain) {
  hub_.set_fault(R"({"server":"cdn","method":"GET","do":"cut","bytes":70000,"times":3})");
  hub_.set_fault(
      R"({"server":"cdn","method":"GET","do":"status","status":503,"skip":3,"times":1})");
  DaemonProcess daemon({}, environment());
  EXPECT_THAT(pull(daemon), HasSubstr("installed"));
  EXPECT_EQ(content_of(blobs().front()), content_of(model_));
}

TEST_F(PullTest, ANameThatNobodyHasSaysSo) {
  DaemonProcess daemon({}, environment());
  EXPECT_EQ(daemon.post(kPull, wish("Someone/Else-GGUF")).status, 404);
  const auto missing = daemon.post(kPull, wish("Someone/Tiny-GGUF:Q4_K_M"));
  EXPECT_EQ(missing.status, 404);
  EXPECT_THAT(missing.body, HasSubstr("F16"));
  EXPECT_EQ(daemon.post(kPull, wish("../x")).status, 400);
}

TEST_F(PullTest, TwoDaemonsThatWantOneModelFetchItOnce) {
  DaemonProcess one({}, environment());
  DaemonProcess other({}, environment());
  std::string told_one;
  std::thread beside([&] { told_one = pull(one); });
  const std::string told_other = pull(other);
  beside.join();
  EXPECT_THAT(told_one, HasSubstr("installed"));
  EXPECT_THAT(told_other, HasSubstr("installed"));
  EXPECT_EQ(blobs().size(), 1U);
  EXPECT_EQ(content_of(blobs().front()), content_of(model_));
}

// The process dies at any moment; the next one ends with the exact bytes, or begins where it was.
TEST_F(PullTest, KilledAtAnyMomentItGoesOnToTheExactBytes) {
  hub_.set_fault(R"({"server":"cdn","method":"GET","do":"trickle","bytes_per_second":3000000,)"
                 R"("times":0})");
  const std::string expected = content_of(model_);
  std::mt19937 chance(7);
  int whole = 0;
  for (int kill = 0; kill < kKills; ++kill) {
    DaemonProcess daemon({}, environment());
    const auto until = std::uniform_int_distribution<std::uint64_t>(1, expected.size())(chance);
    net::HttpCall call{"POST", kPull, {{"Content-Type", "application/json"}}, wish(kName)};
    std::string told;
    // An answer that breaks off is what this is about.
    [[maybe_unused]] const auto reply =
        net::HttpClient::over_unix(daemon.home() + "/run/hearth.sock")
            .send(call, [&](std::string_view bytes) {
              told += bytes;
              const std::size_t last = told.rfind("\"done_bytes\":");
              const bool is_far = last != std::string::npos &&
                                  std::strtoull(told.c_str() + last + 13, nullptr, 10) >= until;
              if (is_far) ::kill(daemon.pid(), SIGKILL);
              return is_far ? net::ChunkAction::kStop : net::ChunkAction::kContinue;
            });
    if (told.find("\"installed\"") == std::string::npos) continue;
    ++whole;
    ASSERT_EQ(blobs().size(), 1U);
    ASSERT_EQ(content_of(blobs().front()), expected);
    std::filesystem::remove_all(store_);
  }
  hub_.forget_faults();
  DaemonProcess daemon({}, environment());
  EXPECT_THAT(pull(daemon), HasSubstr("installed"));
  EXPECT_EQ(content_of(blobs().front()), expected);
  EXPECT_LT(whole, kKills) << "nothing was ever interrupted";
}

}  // namespace
}  // namespace hearth::testing
