// Tools in ordinary chats on the real daemon, with ember: by request, in `hearth run`, and asked
// about and interrupted on a terminal.
#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/fd.h"
#include "base/testing/temporary_folder.h"
#include "daemon.h"
#include "hearth_command.h"
#include "json/writer.h"
#include "process/testing/terminal.h"

namespace hearth::testing {
namespace {

using process::testing::Terminal;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kRead = "Read notes.txt and tell me its text.";
constexpr const char* kDelete = "Delete the file notes.txt.";

class ChatTools : public ::testing::Test {
 protected:
  ChatTools() { std::ofstream(notes()) << "The meeting is on Friday at noon.\n"; }

  std::string notes() const { return folder_.file("notes.txt"); }
  // `own` are members of the object `hearth`.
  net::HttpReply ask(const std::string& prompt, const std::string& own) {
    json::Writer body;
    body.open('{').key("model").text("ember").key("temperature").number(0);
    body.key("messages").open('[').open('{').key("role").text("user");
    body.key("content").text(prompt).close('}').close(']');
    return daemon_.post("/v1/chat/completions", body.take() + R"(,"hearth":{"workspace":")" +
                                                    folder_.path() + "\"," + own + "}}");
  }
  // One prompt, whose answer is the same every time.
  std::vector<std::string> run(const std::string& tools, const std::string& prompt) const {
    return {"run",         "ember",        "--temperature", "0", "--run-tools=" + tools,
            "--workspace", folder_.path(), prompt};
  }
  Terminal terminal(std::vector<std::string> words) const {
    words.insert(words.begin(), {hearth_path(), "--home", daemon_.home()});
    return Terminal(std::move(words));
  }

  DaemonProcess daemon_;
  base::testing::TemporaryFolder folder_;
};

TEST_F(ChatTools, ARequestHasAFileRead) {
  const net::HttpReply reply = ask(kRead, R"("tools":["read_file"])");
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.body,
              AllOf(HasSubstr(R"("content":"The meeting is on Friday at noon.")"),
                    HasSubstr(R"("finish_reason":"stop")"), HasSubstr(R"("name":"read_file")"),
                    HasSubstr(R"("status":"ok","output":"The meeting)")));
}

TEST_F(ChatTools, WhatSomebodyMustAgreeToIsRefusedToARequest) {
  const net::HttpReply reply = ask(kDelete, R"("tools":["delete_file"])");
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.body,
              AllOf(HasSubstr(R"("status":"refused")"), HasSubstr("nobody can be asked here")));
  EXPECT_TRUE(std::filesystem::exists(notes()));
}

TEST_F(ChatTools, ARequestThatCannotBeIsRefused) {
  EXPECT_THAT(ask(kRead, R"("tools":["read_fil"])").body, HasSubstr("did you mean 'read_file'?"));
  std::filesystem::remove_all(folder_.path());
  const net::HttpReply nowhere = ask(kRead, R"("tools":true)");
  EXPECT_EQ(nowhere.status, 400);
  EXPECT_THAT(nowhere.body, HasSubstr("hearth.workspace: cannot use"));
}

TEST_F(ChatTools, RunHasAFileRead) {
  const Outcome outcome = run_hearth(daemon_.home(), run("read_file", kRead));
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, "The meeting is on Friday at noon.\n");
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("→ read_file"), HasSubstr("ok: The meeting")));
}

TEST_F(ChatTools, WhoAgreesOnATerminalHasItDone) {
  Terminal command = terminal(run("delete_file", kDelete));
  ASSERT_TRUE(command.shows("Run it?"));
  EXPECT_TRUE(std::filesystem::exists(notes()));
  command.type("y\r");
  ASSERT_TRUE(command.shows("ok: deleted"));
  EXPECT_FALSE(std::filesystem::exists(notes()));
  EXPECT_EQ(command.exit_code(), 0);
}

TEST_F(ChatTools, CtrlCEndsTheTurnAndTheCommand) {
  std::vector<std::string> words = run("run_command", "Run the command sleep 60.");
  words.insert(words.end(), {"--approve", "auto"});
  Terminal command = terminal(std::move(words));
  ASSERT_TRUE(command.shows(R"(→ run_command {"command": "sleep 60"})"));
  command.type("\x03");
  ASSERT_TRUE(command.shows("cancelled"));
  EXPECT_EQ(command.exit_code(), 130);
}

}  // namespace
}  // namespace hearth::testing
