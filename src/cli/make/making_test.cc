#include "cli/make/making.h"

#include <filesystem>

#include <gmock/gmock.h>

#include "cli/testing/cli_fixture.h"
#include "json/node.h"
#include "json/parse.h"

namespace hearth::cli {
namespace {

using ::testing::AllOf;
using testing::Cli;
using testing::FakeReply;
using testing::FakeRequest;
using ::testing::HasSubstr;

constexpr const char* kImporting =
    R"({"status":"importing","file":"m.gguf","number":1,"files":1,"done_bytes":50,)"
    R"("size_bytes":100})"
    "\n";
constexpr const char* kMade =
    R"({"status":"installed","model":"mine:latest","files":[],"warnings":["num_keep is kept"]})"
    "\n";

void lines(const FakeReply& reply, const std::string& text) {
  reply.raw("HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nConnection: close\r\n\r\n" +
            text);
}

void make_it(const FakeRequest&, const FakeReply& reply) {
  lines(reply, std::string(kImporting) + kMade);
}

std::string field(const FakeRequest& request, const std::string& key) {
  const auto value = json::parse(request.body);
  return value ? std::string(*json::Node(*value).require(key)->text()) : request.body;
}

TEST(AbsolutePath, IsOfTheFolderOrTheHome) {
  const auto environment = [](const char*) { return std::optional<std::string>("/people/me"); };
  EXPECT_EQ(absolute_path("m.gguf", "/models", environment), "/models/m.gguf");
  EXPECT_EQ(absolute_path("./a/../m.gguf", "/models", environment), "/models/m.gguf");
  EXPECT_EQ(absolute_path("/x/m.gguf", "/models", environment), "/x/m.gguf");
  EXPECT_EQ(absolute_path("~/m.gguf", "/models", environment), "/people/me/m.gguf");
  EXPECT_EQ(absolute_path(".", "/models", environment), "/models");
  EXPECT_EQ(absolute_path("/", "/models", environment), "/");
}

TEST_F(Cli, CreateSendsTheModelfileWithAbsolutePaths) {
  answer_with(make_it);
  const std::string path =
      write("Modelfile",
            "# ours\nfrom ./weights/m.gguf\nADAPTER lora.gguf\nSYSTEM \"\"\"Be\nbrief.\"\"\"\n");
  const auto outcome = run({"create", "mine", "-f", path});
  EXPECT_EQ(outcome.code, kExitDone) << outcome.notices;
  EXPECT_EQ(outcome.out, "'mine:latest' is ready: hearth chat mine:latest\n");
  EXPECT_THAT(outcome.notices, HasSubstr("Note: num_keep is kept."));
  const FakeRequest request = daemon_->requests().front();
  EXPECT_EQ(request.line, "POST /hearth/v1/models/create");
  EXPECT_EQ(field(request, "name"), "mine");
  EXPECT_EQ(field(request, "modelfile"), "FROM " + home_.path() + "/weights/m.gguf\nADAPTER " +
                                             home_.path() + "/lora.gguf\nSYSTEM \"Be\nbrief.\"\n");
}

TEST_F(Cli, CreateKeepsNamesAndReadsStandardInput) {
  answer_with(make_it);
  const auto outcome = run({"create", "mine", "-f", "-"}, "FROM mistral\nPARAMETER seed 1");
  EXPECT_EQ(outcome.code, kExitDone) << outcome.notices;
  EXPECT_EQ(field(daemon_->requests().front(), "modelfile"), "FROM mistral\nPARAMETER seed 1\n");
}

TEST_F(Cli, CreateSaysWhatIsWrongWithoutADaemon) {
  const std::string path = write("Modelfile", "FROM x\nPARAMETER temprature 1\n");
  const auto outcome = run({"create", "mine", "-f", path});
  EXPECT_EQ(outcome.code, kExitFailed);
  EXPECT_THAT(outcome.notices, AllOf(HasSubstr("line 2"), HasSubstr("did you mean temperature?")));
  EXPECT_THAT(run({"create", "mine", "-f", home_.path() + "/none"}).notices,
              AllOf(HasSubstr("/none"), HasSubstr("-f FILE")));
}

TEST_F(Cli, ImportSendsTheAbsolutePath) {
  answer_with(make_it);
  const auto outcome = run({"import", "./x/m.gguf", "mine", "--json"});
  EXPECT_EQ(outcome.code, kExitDone) << outcome.notices;
  EXPECT_EQ(outcome.out, std::string(kImporting) + kMade);
  const FakeRequest request = daemon_->requests().front();
  EXPECT_EQ(request.line, "POST /hearth/v1/models/import");
  EXPECT_EQ(field(request, "path"), current_folder() + "/x/m.gguf");
  EXPECT_EQ(field(request, "name"), "mine");
}

TEST_F(Cli, CpSendsBothNames) {
  answer_with(make_it);
  EXPECT_EQ(run({"cp", "mistral", "mine"}).code, kExitDone);
  const FakeRequest request = daemon_->requests().front();
  EXPECT_EQ(request.line, "POST /hearth/v1/models/copy");
  EXPECT_EQ(field(request, "from"), "mistral");
  EXPECT_EQ(field(request, "to"), "mine");
}

TEST_F(Cli, AModelThatWasNotMadeIsNoSuccess) {
  answer_with([](const FakeRequest&, const FakeReply& reply) { lines(reply, kImporting); });
  const auto outcome = run({"cp", "a", "b"});
  EXPECT_EQ(outcome.code, kExitFailed);
  EXPECT_THAT(outcome.notices, HasSubstr("try again"));
}

TEST_F(Cli, AnImportFailsWithTheDaemonsWords) {
  answer_with([](const FakeRequest&, const FakeReply& reply) {
    lines(reply, std::string(kImporting) + R"({"error":{"message":"the disk is full"}})" + "\n");
  });
  const auto outcome = run({"import", "/m.gguf"});
  EXPECT_EQ(outcome.code, kExitFailed);
  EXPECT_THAT(outcome.notices, HasSubstr("the disk is full"));
}

TEST_F(Cli, VerifyTellsWhatIsDamagedAndWhatToDo) {
  answer_with([](const FakeRequest& request, const FakeReply& reply) {
    EXPECT_EQ(request.line, "POST /hearth/v1/models/verify");
    EXPECT_EQ(request.body, R"({"models":["a","b"]})");
    lines(reply,
          R"({"status":"verifying","file":"m.gguf","number":1,"files":2,"done_bytes":1})"
          "\n"
          R"({"status":"verified","files":[{"file":"m.gguf","state":"damaged","models":["a","c"],)"
          R"("problem":"its bytes are others","advice":"`hearth pull a` fetches it anew"},)"
          R"({"file":"n.gguf","state":"good","size_bytes":2048,"models":["b"]}],"damaged":1})"
          "\n");
  });
  const auto outcome = run({"verify", "a", "b"});
  EXPECT_EQ(outcome.code, kExitFailed);
  EXPECT_EQ(outcome.out,
            "m.gguf of a, c is damaged: its bytes are others; `hearth pull a` fetches it anew\n"
            "1 of 2 files is as it has to be.\n");
}

constexpr const char* kDamaged =
    R"("damaged_manifests":[{"model":"mine:latest","file":"manifests/mine.json",)"
    R"("problem":"it is damaged","advice":"`hearth rm mine:latest` removes it"}])";

TEST_F(Cli, VerifyTellsWhichManifestsCannotBeRead) {
  answer_with([](const FakeRequest&, const FakeReply& reply) {
    lines(reply, R"({"status":"verified","files":[{"file":"n","state":"good"}],)" +
                     std::string(kDamaged) + R"(,"damaged":1})" + "\n");
  });
  const auto outcome = run({"verify"});
  EXPECT_EQ(outcome.code, kExitFailed);
  EXPECT_EQ(outcome.out,
            "mine:latest: it is damaged; `hearth rm mine:latest` removes it\n"
            "1 file is as it has to be.\n");
}

TEST_F(Cli, ListTellsWhichManifestsCannotBeRead) {
  answer_with([](const FakeRequest&, const FakeReply& reply) {
    reply.json(200, R"({"models":[{"name":"m"}],"loaded":[],)" + std::string(kDamaged) + "}");
  });
  const auto outcome = run({"list"});
  EXPECT_EQ(outcome.code, kExitDone);
  EXPECT_THAT(outcome.notices,
              HasSubstr("Not listed is mine:latest: it is damaged; `hearth rm mine:latest` "));
  EXPECT_THAT(run({"list", "--json"}).out,
              HasSubstr(R"("damaged_manifests":[{"model":"mine:latest","problem":"it is )"));
}

TEST_F(Cli, DoctorTellsWhichManifestsCannotBeRead) {
  std::filesystem::create_directories(home_.path() + "/models/manifests");
  write("models/manifests/mine%3alatest.json", "{bad");
  EXPECT_THAT(run({"doctor"}).out, AllOf(HasSubstr("note     models"), HasSubstr("is damaged")));
}

TEST_F(Cli, VerifyIsContentWhenAllIsWell) {
  answer_with([](const FakeRequest& request, const FakeReply& reply) {
    EXPECT_EQ(request.body, R"({"models":[]})");
    lines(reply, R"({"status":"verified","files":[{"file":"n","state":"good"}],"damaged":0})"
                 "\n");
  });
  const auto outcome = run({"verify"});
  EXPECT_EQ(outcome.code, kExitDone) << outcome.notices;
  EXPECT_EQ(outcome.out, "1 file is as it has to be.\n");
}

TEST_F(Cli, VerifyOfAPathNamesItAsTheDaemonKnowsIt) {
  answer_with([](const FakeRequest&, const FakeReply& reply) {
    reply.json(400, R"({"error":{"message":"it is a file of yours"}})");
  });
  EXPECT_EQ(run({"verify", "./m.gguf", "a"}).code, kExitFailed);
  EXPECT_EQ(daemon_->requests().front().body,
            R"({"models":[")" + current_folder() + R"(/m.gguf","a"]})");
}

TEST_F(Cli, AVerificationThatBreaksOffIsNoSuccess) {
  answer_with([](const FakeRequest&, const FakeReply& reply) { lines(reply, ""); });
  EXPECT_EQ(run({"verify"}).code, kExitFailed);
}

}  // namespace
}  // namespace hearth::cli
