#include "api/core/audit_log.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "access/key_secret.h"
#include "api/testing/face.h"
#include "base/testing/temporary_folder.h"

namespace hearth::api {
namespace {

using base::testing::TemporaryFolder;
using net::testing::RawReply;
using ::testing::AllOf;
using ::testing::EndsWith;
using testing::Face;
using ::testing::HasSubstr;
using testing::kChat;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::string_view kAsk =
    R"({"model":"m","messages":[{"role":"user","content":"a secret of mine"}]})";

std::string content_of(const std::string& path) {
  return base::load_text_file(path, 1 << 20).value_or("");
}

net::HttpRequest post(const std::string& path) {
  net::HttpRequest request;
  request.id = "req-1";
  request.method = "POST";
  request.path = path;
  request.peer = "127.0.0.1:5";
  request.body = "a secret of mine";
  return request;
}

TEST(AuditLog, ALineSaysWhoHadWhatDoneAndNothingOfIt) {
  const net::HttpRequest request = post("/v1/chat/completions");
  const AuditNote note{"m", 5, 2};
  EXPECT_EQ(audit_line({1'700'000'000'123, request, note, 200, 1.25}),
            R"({"time":"2023-11-14T22:13:20.123Z","id":"req-1","peer":"127.0.0.1:5","key":null,)"
            R"("method":"POST","path":"/v1/chat/completions","model":"m","status":200,)"
            R"("duration_ms":1250,"prompt_tokens":5,"completion_tokens":2})");
  EXPECT_THAT(audit_line({0, request, {}, 503, 0}),
              EndsWith(R"("model":null,"status":503,"duration_ms":0,"prompt_tokens":null,)"
                       R"("completion_tokens":null})"));
}

TEST(AuditLog, ALineNamesTheKeyByItsId) {
  const net::HttpRequest request = post("/v1/chat/completions");
  EXPECT_THAT(audit_line({0, request, {}, 429, 0, "key-1"}), HasSubstr(R"("key":"key-1",)"));
}

TEST(AuditLog, AKeyInAPathAnIdOrAModelStaysOut) {
  const std::string secret = access::make_secret();
  net::HttpRequest request = post("/v1/models/" + secret);
  request.id = secret;
  const std::string line = audit_line({0, request, AuditNote{secret}, 404, 0});
  EXPECT_THAT(line, ::testing::Not(HasSubstr(secret)));
  EXPECT_THAT(line, HasSubstr(R"("path":"/v1/models/hearth-…","model":"hearth-…")"));
}

TEST(AuditLog, KeysInTheNamesOfModelsStayOut) {
  const net::HttpRequest request = post("/hearth/v1/models/pull");
  const AuditNote note{"https://me:secret@hub.example/m.gguf?token=secret#secret"};
  const std::string line = audit_line({0, request, note, 200, 0});
  EXPECT_THAT(line, HasSubstr(R"("model":"https://hub.example/m.gguf")"));
  EXPECT_THAT(line, Not(HasSubstr("secret")));
}

TEST(AuditLog, WhatAStrangerNamesCannotForgeALine) {
  const net::HttpRequest request = post("/x\n{\"time\":0}");
  const AuditNote note{std::string(5000, '\n')};
  const std::string line = audit_line({0, request, note, 404, 0});
  EXPECT_THAT(line, Not(HasSubstr("\n")));
  EXPECT_LT(line.size(), 2000U);
}

TEST(AuditLog, NotesWhatComputesOrChangesAndNothingElse) {
  const TemporaryFolder folder;
  const std::string path = folder.file("audit.log");
  Face face(std::chrono::seconds(15), AuditLog::open(path).value());
  face.provider.set_script({{chat::TextDelta{"an answer"}},
                            {chat::Usage{.prompt_tokens = 5, .completion_tokens = 2}},
                            {chat::Finished{chat::Finished::Reason::kStop}}});
  const RawReply reply = face.send("POST", kChat, kAsk);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(face.send("GET", "/v1/models").status, 200);
  EXPECT_EQ(face.send("POST", "/hearth/v1/models/unload", R"({"model":"m"})").status, 200);
  EXPECT_EQ(face.send("POST", "/nowhere").status, 404);
  // A line is written when its reply is out.
  EXPECT_TRUE(
      face.becomes_true([&] { return content_of(path).find("/nowhere") != std::string::npos; }));
  const std::string noted = content_of(path);
  EXPECT_EQ(std::count(noted.begin(), noted.end(), '\n'), 3) << noted;
  EXPECT_THAT(
      noted,
      AllOf(StartsWith(R"({"time":"20)"), HasSubstr(R"("id":")" + reply.headers.at("x-request-id")),
            HasSubstr(R"("path":"/v1/chat/completions","model":"m","status":200)"),
            HasSubstr(R"("prompt_tokens":5,"completion_tokens":2})"),
            HasSubstr(R"("path":"/hearth/v1/models/unload","model":"m","status":200)"),
            HasSubstr(R"("path":"/nowhere","model":null,"status":404)")));
  EXPECT_THAT(noted, Not(HasSubstr("secret")));
  EXPECT_THAT(noted, Not(HasSubstr("answer")));
}

TEST(AuditLog, IsForItsOwnerAndGrowsAtItsEnd) {
  const TemporaryFolder folder;
  const std::string path = folder.file("audit.log");
  for (int i = 0; i < 2; ++i) {
    const auto log = AuditLog::open(path);
    ASSERT_TRUE(log) << log.error().message;
    (*log)->note({0, post("/x"), {}, 200, 0});
  }
  const std::string noted = content_of(path);
  EXPECT_EQ(std::count(noted.begin(), noted.end(), '\n'), 2);
  struct stat info{};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600U);
}

TEST(AuditLog, BeginsANewFileWhereTheOldOneWasMovedAway) {
  const TemporaryFolder folder;
  const std::string path = folder.file("audit.log");
  const auto log = AuditLog::open(path);
  ASSERT_TRUE(log);
  (*log)->note({0, post("/first"), {}, 200, 0});
  std::filesystem::rename(path, path + ".1");
  (*log)->note({0, post("/second"), {}, 200, 0});
  ASSERT_TRUE((*log)->reopen());
  (*log)->note({0, post("/third"), {}, 200, 0});
  EXPECT_THAT(content_of(path + ".1"), AllOf(HasSubstr("/first"), HasSubstr("/second")));
  EXPECT_THAT(content_of(path), AllOf(HasSubstr("/third"), Not(HasSubstr("/second"))));
}

TEST(AuditLog, RefusesWhatIsNoFile) {
  const TemporaryFolder folder;
  EXPECT_FALSE(AuditLog::open(folder.path()));
  EXPECT_FALSE(AuditLog::open("/dev/null"));
  EXPECT_FALSE(AuditLog::open(folder.file("no/such/folder")));
  std::filesystem::create_symlink(folder.file("target"), folder.file("link"));
  EXPECT_FALSE(AuditLog::open(folder.file("link")));
  EXPECT_FALSE(std::filesystem::exists(folder.file("target")));
}

}  // namespace
}  // namespace hearth::api
