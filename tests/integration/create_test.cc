// Models made, imported, copied and verified by a real daemon, with the real command.
#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/fd.h"
#include "base/testing/temporary_folder.h"
#include "daemon.h"
#include "gguf/gguf_bytes_for_test.h"
#include "json/writer.h"
#include "model_hub.h"
#include "places.h"
#include "printed_text.h"

namespace hearth::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr const char* kCreate = "/hearth/v1/models/create";
constexpr const char* kImport = "/hearth/v1/models/import";
constexpr const char* kCopy = "/hearth/v1/models/copy";
constexpr const char* kVerify = "/hearth/v1/models/verify";
constexpr const char* kRemove = "/hearth/v1/models/remove";
constexpr const char* kCollect = "/hearth/v1/models/collect";
constexpr std::uint64_t kLargeElements = 24 * 1024 * 1024;  // of four bytes each
constexpr unsigned kKills = 5;
constexpr auto kPatience = std::chrono::seconds(60);

using Members = std::vector<std::pair<std::string, std::string>>;

std::string body(const Members& members) {
  json::Writer json;
  json.open('{');
  for (const auto& [key, text] : members)
    json.key(key).text(text);
  return json.close('}').take();
}

std::string content_of(const std::string& path) {
  return *base::load_text_file(path, std::size_t{1} << 30);
}

class CreateTest : public ::testing::Test {
 protected:
  CreateTest() { fs::create_directories(store()); }

  // A store outlives its daemons.
  std::string store() const { return folder_.path() + "/store"; }
  std::vector<std::string> environment() const { return {"HEARTH_MODELS_FOLDER=" + store()}; }
  std::vector<std::string> files_in(const std::string& part) const {
    std::vector<std::string> found;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(store() + part, error)) {
      if (entry.is_regular_file()) found.push_back(entry.path().string());
    }
    return found;
  }
  std::vector<std::string> blobs() const { return files_in("/blobs"); }
  std::vector<std::string> parts() const { return files_in("/blobs/partial"); }
  static void flip_a_byte(const std::string& path) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(5000);
    const auto byte = static_cast<char>(file.get() ^ 1);
    file.seekp(5000);
    file.put(byte);
  }
  // What `hearth` prints, with the daemon's home as its own.
  std::string hearth(const DaemonProcess& daemon, std::vector<std::string> words) const {
    process::SpawnOptions options;
    options.program = hearth_path();
    options.arguments = std::move(words);
    options.environment = {"HEARTH_HOME=" + daemon.home()};
    options.out = process::SpawnOptions::Output::kPipe;
    auto child = process::Child::spawn(options);
    HEARTH_ASSERT(child.has_value());
    std::string printed = PrintedText(*child->take_stdout()).rest();
    const auto ended = child->wait(kPatience);
    HEARTH_ASSERT(ended.has_value());
    return printed + "exit " + std::to_string(ended->code);
  }

  base::testing::TemporaryFolder folder_;
};

TEST_F(CreateTest, AModelOfTheBuiltInOneAnswersAndSharesItsFile) {
  DaemonProcess daemon({}, environment());
  const std::string told =
      daemon
          .post(kCreate, body({{"name", "brief"},
                               {"modelfile",
                                "FROM ember\nSYSTEM You are brief.\n"
                                "PARAMETER temperature 0.1\nPARAMETER num_keep 1\n"}}))
          .body;
  EXPECT_THAT(told, AllOf(HasSubstr(R"("status":"installed","model":"brief:latest")"),
                          HasSubstr("num_keep")));
  EXPECT_THAT(daemon.get("/hearth/v1/models").body, HasSubstr(R"("name":"brief:latest")"));
  EXPECT_EQ(daemon.chat("brief", "hello", 4).status, 200);
  EXPECT_THAT(daemon.post(kCopy, body({{"from", "brief"}, {"to", "other:v2"}})).body,
              HasSubstr(R"("model":"other:v2")"));
  EXPECT_THAT(blobs(), SizeIs(1));
  EXPECT_THAT(daemon.post(kRemove, body({{"model", "brief"}})).body, HasSubstr(R"("files":0)"));
  EXPECT_EQ(daemon.chat("brief", "hello", 4).status, 404);
  EXPECT_EQ(daemon.chat("other:v2", "hello", 4).status, 200);
  EXPECT_THAT(daemon.post(kRemove, body({{"model", "other:v2"}})).body, HasSubstr(R"("files":1)"));
  EXPECT_THAT(blobs(), IsEmpty());
}

TEST_F(CreateTest, TheCommandsMakeImportCopyAndVerify) {
  DaemonProcess daemon({}, environment());
  const std::string folder = folder_.path() + "/work";
  fs::create_directories(folder);
  fs::copy_file(model_path("tiny-llama-f16"), folder + "/tiny.gguf");
  std::ofstream(folder + "/Modelfile") << "FROM ./tiny.gguf\nSYSTEM \"\"\"Be\nkind.\"\"\"\n";
  EXPECT_EQ(hearth(daemon, {"create", "kind", "-f", folder + "/Modelfile"}),
            "'kind:latest' is ready: hearth chat kind:latest\nexit 0");
  EXPECT_EQ(hearth(daemon, {"import", folder + "/tiny.gguf"}),
            "'tiny:latest' is ready: hearth chat tiny:latest\nexit 0");
  EXPECT_EQ(hearth(daemon, {"cp", "tiny", "tiny:copy"}),
            "'tiny:copy' is ready: hearth chat tiny:copy\nexit 0");
  EXPECT_EQ(hearth(daemon, {"verify", "kind", "tiny", "tiny:copy"}),
            "1 file is as it has to be.\nexit 0");
  EXPECT_THAT(hearth(daemon, {"list"}),
              AllOf(HasSubstr("kind:latest"), HasSubstr("tiny:latest"), HasSubstr("tiny:copy")));
  EXPECT_THAT(hearth(daemon, {"cp", "tiny", "ember"}), HasSubstr("exit 1"));
  ASSERT_THAT(blobs(), SizeIs(1));
  flip_a_byte(blobs().front());
  EXPECT_THAT(hearth(daemon, {"verify"}),
              AllOf(HasSubstr("is damaged"), HasSubstr("tiny:copy"), HasSubstr("exit 1")));
}

TEST_F(CreateTest, OneFlippedByteIsFoundAndAnImportMendsIt) {
  DaemonProcess daemon({}, environment());
  const std::string wish = body({{"path", model_path("tiny-llama-f16")}, {"name", "tiny"}});
  EXPECT_THAT(daemon.post(kImport, wish).body, HasSubstr(R"("status":"installed")"));
  EXPECT_THAT(daemon.post(kVerify, "{}").body, HasSubstr(R"("damaged":0)"));
  ASSERT_THAT(blobs(), SizeIs(1));
  const std::string blob = blobs().front();
  flip_a_byte(blob);
  EXPECT_THAT(daemon.post(kVerify, "{}").body,
              AllOf(HasSubstr(R"("state":"damaged","models":["tiny:latest"])"),
                    HasSubstr("hearth import"), HasSubstr(R"("damaged":1)")));
  const ChatAnswer gone = daemon.chat("tiny", "hello", 4);
  EXPECT_EQ(gone.status, 404);
  EXPECT_THAT(daemon.post(kImport, wish).body, HasSubstr(R"("status":"installed")"));
  EXPECT_EQ(content_of(blob), content_of(model_path("tiny-llama-f16")));
  EXPECT_THAT(daemon.post(kVerify, "{}").body, HasSubstr(R"("damaged":0)"));
  EXPECT_EQ(daemon.chat("tiny", "hello", 4).status, 200);
  EXPECT_THAT(daemon.post(kCollect, "{}").body, HasSubstr(R"("files":1)"));  // the damaged one
}

TEST_F(CreateTest, ADamagedManifestIsToldAndGoesByItsName) {
  DaemonProcess daemon({}, environment());
  EXPECT_THAT(daemon.post(kCreate, body({{"name", "good"}, {"from", "ember"}})).body,
              HasSubstr("installed"));
  const std::string manifests = store() + "/manifests/registry.ollama.ai/library/";
  const std::string damaged = manifests + "bad%3alatest.json";
  std::ofstream(damaged) << "{bad";
  EXPECT_THAT(
      hearth(daemon, {"verify"}),
      AllOf(HasSubstr("bad:latest: the manifest is damaged"), HasSubstr("`hearth rm bad:latest`"),
            HasSubstr("files are as they have to be"), HasSubstr("exit 1")));
  EXPECT_THAT(hearth(daemon, {"verify", "bad"}),
              AllOf(HasSubstr("the manifest is damaged"), HasSubstr("exit 1")));
  EXPECT_THAT(hearth(daemon, {"list", "--json"}), HasSubstr(R"("model":"bad:latest")"));
  EXPECT_THAT(hearth(daemon, {"gc"}), HasSubstr("exit 1"));
  EXPECT_EQ(hearth(daemon, {"rm", "bad"}), "exit 0");
  EXPECT_FALSE(fs::exists(damaged));
  EXPECT_EQ(hearth(daemon, {"gc"}), "exit 0");
  EXPECT_EQ(daemon.chat("good", "hello", 4).status, 200);
}

TEST_F(CreateTest, APullMendsWhatVerifyHasFound) {
  ModelHub hub;
  hub.put(model_path("tiny-llama-f16"), "hugging_face/Someone/Tiny-GGUF/tiny-f16.gguf");
  std::vector<std::string> with_hub = environment();
  with_hub.push_back("HEARTH_HF_ENDPOINT=" + hub.address("hugging_face"));
  DaemonProcess daemon({}, with_hub);
  const std::string wish = body({{"model", "Someone/Tiny-GGUF:F16"}});
  const auto pull = [&] { return daemon.post("/hearth/v1/models/pull", wish).body; };
  EXPECT_THAT(pull(), HasSubstr("installed"));
  EXPECT_THAT(daemon.post(kCreate, body({{"name", "mine"}, {"from", "someone/tiny-gguf"}})).body,
              HasSubstr("installed"));
  ASSERT_THAT(blobs(), SizeIs(1));
  const std::string blob = blobs().front();
  flip_a_byte(blob);
  EXPECT_THAT(daemon.post(kVerify, R"({"models":["mine"]})").body,
              HasSubstr("hearth pull Someone/Tiny-GGUF:F16"));
  EXPECT_THAT(pull(), HasSubstr("installed"));
  EXPECT_EQ(content_of(blob), content_of(model_path("tiny-llama-f16")));
  EXPECT_THAT(daemon.post(kVerify, "{}").body, HasSubstr(R"("damaged":0)"));
}

TEST_F(CreateTest, WhatIsWrongHasItsStatusAndLeavesNothing) {
  DaemonProcess daemon({}, environment());
  const std::string words = folder_.path() + "/words.gguf";
  std::ofstream(words) << "these are no weights";
  EXPECT_EQ(daemon.post(kImport, body({{"path", words}})).status, 400);
  EXPECT_EQ(daemon.post(kImport, body({{"path", folder_.path() + "/none"}})).status, 404);
  EXPECT_EQ(daemon.post(kImport, body({{"path", "words.gguf"}})).status, 400);
  EXPECT_EQ(daemon.post(kCreate, body({{"name", "x"}, {"from", "nobody/has-it"}})).status, 404);
  EXPECT_EQ(daemon.post(kCopy, body({{"from", "ember"}, {"to", "ember"}})).status, 409);
  EXPECT_EQ(daemon.post(kVerify, R"({"models":["nobody/has-it"]})").status, 404);
  EXPECT_THAT(blobs(), IsEmpty());
  EXPECT_THAT(parts(), IsEmpty());
}

// An import of a file that takes a while.
class LongImportTest : public CreateTest {
 protected:
  LongImportTest() {
    std::ofstream(file_, std::ios::binary)
        << gguf::small_llama().tensor("large.weight", {kLargeElements}).build();
  }

  // Everything that it says until the client has heard enough of how many bytes are done.
  std::string import_until(const DaemonProcess& daemon,
                           const std::function<bool(std::uint64_t done_bytes)>& is_enough) const {
    const net::HttpCall call{"POST", kImport, {{"Content-Type", "application/json"}}, wish_};
    std::string told;
    // An answer that breaks off is what this is about.
    [[maybe_unused]] const auto reply =
        net::HttpClient::over_unix(daemon.home() + "/run/hearth.sock")
            .send(call, [&](std::string_view heard) {
              told += heard;
              const std::size_t last = told.rfind(kDone);
              const bool ends =
                  last != std::string::npos &&
                  is_enough(std::strtoull(told.c_str() + last + kDone.size(), nullptr, 10));
              return ends ? net::ChunkAction::kStop : net::ChunkAction::kContinue;
            });
    return told;
  }

  bool has_manifest() const {
    std::error_code error;
    const fs::recursive_directory_iterator files(store() + "/manifests", error);
    return std::any_of(begin(files), end(files),
                       [](const fs::directory_entry& entry) { return entry.is_regular_file(); });
  }

  static constexpr std::string_view kDone = R"("done_bytes":)";
  const std::string file_ = folder_.path() + "/large.gguf";
  const std::string wish_ = body({{"path", file_}});
};

// The process dies at any moment; the next one finds nothing of it but a part.
TEST_F(LongImportTest, KilledItLeavesACleanStore) {
  unsigned whole = 0;
  for (unsigned kill = 0; kill < kKills; ++kill) {
    DaemonProcess daemon({}, environment());
    // The last one at the first word, so that a part is left.
    const std::uint64_t until = fs::file_size(file_) / (2 * kKills) * (kKills - 1 - kill);
    const std::string told = import_until(daemon, [&](std::uint64_t done) {
      if (done >= until) ::kill(daemon.pid(), SIGKILL);
      return done >= until;
    });
    EXPECT_THAT(told, HasSubstr("importing"));
    if (!has_manifest()) continue;
    ++whole;  // it was quicker
    fs::remove_all(store());
  }
  EXPECT_LT(whole, kKills) << "nothing was ever interrupted";
  DaemonProcess daemon({}, environment());
  EXPECT_THAT(daemon.get("/hearth/v1/models").body, Not(HasSubstr("large")));
  EXPECT_FALSE(parts().empty());
  daemon.post(kCollect, "{}");
  EXPECT_THAT(parts(), IsEmpty());
  EXPECT_THAT(blobs(), IsEmpty());
  EXPECT_THAT(daemon.post(kImport, wish_).body, HasSubstr(R"("model":"large:latest")"));
  EXPECT_EQ(fs::file_size(blobs().front()), fs::file_size(file_));
}

// It may be quicker than the news that nobody listens.
TEST_F(LongImportTest, WhenItsClientGoesItIsThereWholeOrNotAtAll) {
  DaemonProcess daemon({}, environment());
  import_until(daemon, [](std::uint64_t) { return true; });
  EXPECT_TRUE(becomes_true([&] { return parts().empty(); }));
  if (!has_manifest()) {
    EXPECT_THAT(blobs(), IsEmpty());
  } else {
    EXPECT_THAT(daemon.post(kVerify, R"({"models":["large"]})").body, HasSubstr(R"("damaged":0)"));
  }
}

TEST_F(LongImportTest, ACollectionMeanwhileTakesNothingOfIt) {
  DaemonProcess daemon({}, environment());
  std::string collected;
  const std::string told = import_until(daemon, [&](std::uint64_t) {
    collected = daemon.post(kCollect, "{}").body;
    return false;
  });
  EXPECT_THAT(collected, HasSubstr(R"("files":0)"));
  EXPECT_THAT(told, HasSubstr(R"("status":"installed")"));
  EXPECT_THAT(daemon.post(kVerify, R"({"models":["large"]})").body, HasSubstr(R"("damaged":0)"));
}

}  // namespace
}  // namespace hearth::testing
