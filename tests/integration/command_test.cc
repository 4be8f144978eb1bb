// The real `hearth` command against the real daemon and the real runner: what a user types and
// sees in the first minutes.
#include <csignal>
#include <filesystem>
#include <fstream>

#include <arpa/inet.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/testing/temporary_folder.h"
#include "daemon.h"
#include "hearth_command.h"
#include "places.h"
#include "process/testing/terminal.h"
#include "wire/messages.h"

namespace hearth::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

std::string free_port() {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  EXPECT_EQ(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
  ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size);
  return std::to_string(ntohs(address.sin_port));
}

class Terminal : public process::testing::Terminal {
 public:
  Terminal(const std::string& home, std::vector<std::string> arguments)
      : process::testing::Terminal(command(home, std::move(arguments))) {}

 private:
  static std::vector<std::string> command(const std::string& home,
                                          std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {hearth_path(), "--home", home});
    return arguments;
  }
};

class CommandTest : public ::testing::Test {
 protected:
  CommandTest() {
    fs::create_directories(daemon_.home() + "/models");
    fs::copy_file(model_path("tiny-llama-f16"), daemon_.home() + "/models/tiny.gguf");
  }
  Outcome hearth(std::vector<std::string> arguments, const std::string& input = "") {
    return run_hearth(daemon_.home(), std::move(arguments), input);
  }

  // So that a seed repeats an answer to the letter; see docs/engine.md.
  DaemonProcess daemon_{{}, {"HEARTH_MODEL_PREFIX_MEMORY=0"}};
};

TEST_F(CommandTest, RunPrintsAnAnswerThatASeedRepeats) {
  const std::vector<std::string> words{"run", "tiny", "hello", "--max-tokens", "12", "--seed", "7"};
  const Outcome first = hearth(words);
  EXPECT_EQ(first.code, 0) << first.err;
  EXPECT_GT(first.out.size(), 1U);
  EXPECT_EQ(hearth(words).out, first.out);
}

TEST_F(CommandTest, RunTakesAPipeAndAPathAndPrintsJson) {
  const Outcome ran = hearth({"run", model_path("tiny-llama-f16"), "summarise", "--max-tokens", "4",
                              "--temperature", "0", "--json"},
                             "some notes\n");
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr(R"("finish_reason":)"));
  EXPECT_GT(DaemonProcess::number_in(ran.out, "prompt_tokens"), 5);
}

TEST_F(CommandTest, RunExplainsAModelThatIsNotThere) {
  const Outcome ran = hearth({"run", "tinny", "hello"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_EQ(ran.out, "");
  EXPECT_THAT(ran.err, HasSubstr("tinny"));
}

TEST_F(CommandTest, ListPsAndStopAgreeAboutWhatIsLoaded) {
  EXPECT_THAT(hearth({"list", "--json"}).out, HasSubstr(R"("loaded":false)"));
  EXPECT_THAT(hearth({"ps"}).err, HasSubstr("No model is loaded"));
  ASSERT_EQ(hearth({"run", "tiny", "hello", "--max-tokens", "2"}).code, 0);
  EXPECT_THAT(hearth({"list", "--json"}).out, HasSubstr(R"("loaded":true)"));
  EXPECT_THAT(hearth({"list"}).out, HasSubstr("yes"));
  const Outcome loaded = hearth({"ps", "--json"});
  EXPECT_THAT(loaded.out, HasSubstr(R"("model":"tiny","state":"ready")"));
  EXPECT_EQ(DaemonProcess::number_in(loaded.out, "pid"), daemon_.runner_pid());
  const Outcome stopped = hearth({"stop", "tiny"});
  EXPECT_EQ(stopped.code, 0) << stopped.err;
  EXPECT_THAT(hearth({"list", "--json"}).out, HasSubstr(R"("loaded":false)"));
  EXPECT_EQ(hearth({"stop", "tiny"}).code, 1) << "it is not loaded any more";
}

TEST_F(CommandTest, VersionIsThatOfTheProgramAndOfTheDaemon) {
  const Outcome version = hearth({"version", "--json"});
  EXPECT_EQ(version.code, 0);
  EXPECT_THAT(version.out, HasSubstr(R"("daemon":{"version":")"));
  EXPECT_EQ(DaemonProcess::number_in(version.out, "protocol"), wire::kProtocolVersion);
}

TEST_F(CommandTest, ConfigCheckSaysWhereATemplateIsWrong) {
  const std::string folder = daemon_.home() + "/templates";
  fs::create_directories(folder);
  std::ofstream(folder + "/good.jinja") << "{{ messages[0].content }}";
  EXPECT_EQ(hearth({"config", "check"}).code, 0);
  std::ofstream(folder + "/bad.jinja") << "{% for m in messages %}\n{{ m }}\n{% endfr %}";
  const Outcome checked = hearth({"config", "check"});
  EXPECT_EQ(checked.code, 1);
  EXPECT_THAT(checked.err, HasSubstr(folder + "/bad.jinja, line 3, column 4: Unknown statement: "
                                              "endfr"));
}

TEST(Logs, ShowAndFollowWhatTheDaemonWrites) {
  DaemonProcess daemon({}, {"HEARTH_LOG_LEVEL=info"});
  const auto hearth = [&](std::vector<std::string> arguments) {
    return run_hearth(daemon.home(), std::move(arguments), "");
  };
  EXPECT_EQ(hearth({"load", "ember"}).code, 0);
  EXPECT_THAT(hearth({"logs"}).out, HasSubstr("/hearth/v1/models/load"));
  Terminal terminal(daemon.home(), {"logs", "--follow"});
  EXPECT_TRUE(terminal.shows("/hearth/v1/models/load"));
  EXPECT_EQ(hearth({"stop", "ember"}).code, 0);
  EXPECT_TRUE(terminal.shows("/hearth/v1/models/unload"));
  EXPECT_EQ(hearth({"stop", "--daemon"}).code, 0);
  EXPECT_TRUE(terminal.shows("The daemon has ended."));
  EXPECT_EQ(terminal.exit_code(), 0);
}

TEST_F(CommandTest, TheDaemonShowsTheSettingsThatItHas) {
  const net::HttpReply reply = daemon_.get("/hearth/v1/config");
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.body, HasSubstr(R"("name":"model.prefix_memory","value":0,"origin":)"
                                    R"("environment HEARTH_MODEL_PREFIX_MEMORY")"));
}

TEST_F(CommandTest, APictureThatIsNamedByItsUrlIsFetchedOnlyWhereThatIsAllowed) {
  const std::string ask =
      R"({"model":"tiny","messages":[{"role":"user","content":[{"type":"image_url","image_url":)"
      R"({"url":"http://127.0.0.1:1/a.png"}}]}]})";
  EXPECT_THAT(daemon_.post_chat(ask).error_message, HasSubstr("server.fetch_images"));
  DaemonProcess open({}, {"HEARTH_SERVER_FETCH_IMAGES=yes"});
  EXPECT_THAT(open.post_chat(ask).error_message, HasSubstr("127.0.0.1:1 has an address"));
}

TEST_F(CommandTest, StopEndsTheDaemon) {
  EXPECT_EQ(hearth({"stop", "--daemon"}).code, 0);
  EXPECT_TRUE(becomes_true([&] { return !daemon_.is_alive(); }));
  EXPECT_THAT(hearth({"version"}).out, Not(HasSubstr("daemon")));
}

TEST_F(CommandTest, CtrlCEndsTheAnswerAndNotTheChat) {
  ASSERT_EQ(hearth({"run", "tiny", "hello", "--max-tokens", "2"}).code, 0);
  const double answered = daemon_.metric("hearth_completion_tokens_total");
  const int runner = daemon_.runner_pid();
  Terminal chat(daemon_.home(), {"chat", "tiny"});
  ASSERT_TRUE(chat.shows("Chatting with tiny"));
  ASSERT_TRUE(chat.shows(">>> "));
  // The answer of a runner that stands still cannot end before the key is pressed.
  ASSERT_EQ(::kill(runner, SIGSTOP), 0);
  chat.type("hello\r");
  ASSERT_TRUE(becomes_true([&] { return daemon_.metric("hearth_streams_open") == 1; }));
  chat.type("\x03");
  EXPECT_TRUE(chat.shows("(stopped)"));
  EXPECT_TRUE(becomes_true([&] { return daemon_.metric("hearth_streams_open") == 0; }));
  ASSERT_EQ(::kill(runner, SIGCONT), 0);
  EXPECT_EQ(daemon_.runner_pid(), runner);
  ASSERT_TRUE(chat.shows(">>> "));
  chat.type("hello\r");
  EXPECT_TRUE(
      becomes_true([&] { return daemon_.metric("hearth_completion_tokens_total") > answered; }));
  chat.type("/exit\r");
  EXPECT_EQ(chat.exit_code(), 0);
}

TEST_F(CommandTest, AChatSurvivesTheEndOfItsDaemon) {
  Terminal chat(daemon_.home(), {"chat", "tiny"});
  ASSERT_TRUE(chat.shows(">>> "));
  chat.type("/model nope\r");
  ASSERT_TRUE(chat.shows("no model is called 'nope'"));
  ASSERT_TRUE(daemon_.process().signal(SIGKILL));
  ASSERT_TRUE(becomes_true([&] { return !daemon_.is_alive(); }));
  chat.type("/system be brief\r");
  ASSERT_TRUE(chat.shows("The system message is set."));
  chat.type("hello\r");
  ASSERT_TRUE(chat.shows("hello"));
  EXPECT_TRUE(
      becomes_true([&] { return hearth({"ps", "--json"}).out.find("tiny") != std::string::npos; }));
  chat.type("\x03");
  chat.type("/exit\r");
  EXPECT_EQ(chat.exit_code(), 0);
  EXPECT_EQ(hearth({"stop", "--daemon"}).code, 0);
}

TEST(Command, ConnectPointsAClientAtThePortThatWasFree) {
  DaemonProcess daemon({"--port", "0"});
  const std::string user = daemon.home() + "/user";
  fs::create_directories(user);
  const auto connect = [&](std::vector<std::string> words) {
    words.insert(words.begin(), "connect");
    return run_hearth(daemon.home(), std::move(words), "", {"HOME=" + user, "SHELL=/bin/bash"});
  };
  const Outcome shown = connect({"ollama", "--json"});
  EXPECT_EQ(shown.code, 0) << shown.err;
  EXPECT_THAT(shown.out, HasSubstr(R"("listening":true,"model":"ember","needs_key":false)"));
  const std::size_t colon = shown.out.find("http://127.0.0.1:") + 17;
  const int port = std::stoi(shown.out.substr(colon));
  net::HttpCall live;
  live.target = "/health/live";
  const auto client = net::HttpClient::over_tcp("127.0.0.1", static_cast<std::uint16_t>(port));
  EXPECT_EQ(client.send(live).value().status, 200);
  EXPECT_EQ(connect({"codex", "--apply"}).code, 0);
  const std::string file = user + "/.codex/config.toml";
  EXPECT_EQ(connect({"codex", "--apply"}).out, file + " says so already.\n");
  EXPECT_THAT(base::load_text_file(file, 1 << 16).value_or(""),
              HasSubstr(":" + std::to_string(port) + "/v1"));
}

TEST(Command, DoctorKnowsOurOwnDaemonByItsPort) {
  const std::string port = free_port();
  const DaemonProcess daemon({"--port", port});
  for (const char* host : {"127.0.0.1", "localhost"}) {
    fs::remove(daemon.home() + "/config.yaml");
    const Fd file(::open((daemon.home() + "/config.yaml").c_str(), O_WRONLY | O_CREAT, 0600));
    const std::string text = "server.port: " + port + "\nserver.host: " + host + "\n";
    ASSERT_TRUE(base::write_all(file.get(), text));
    EXPECT_THAT(run_hearth(daemon.home(), {"doctor"}).out,
                HasSubstr(std::string(host) + ":" + port + " is served by Hearth"));
  }
}

TEST(Command, WithoutADaemonOneIsStartedAndEndsWhenIdle) {
  const base::testing::TemporaryFolder folder;
  const std::string& home = folder.path();
  {
    const Fd file(::open((home + "/config.yaml").c_str(), O_WRONLY | O_CREAT, 0600));
    ASSERT_TRUE(base::write_all(file.get(), "private.idle_seconds: 1\n"));
  }
  const Outcome listed = run_hearth(home, {"list"});
  EXPECT_EQ(listed.code, 0) << listed.err;
  EXPECT_THAT(listed.out, HasSubstr("built in"));
  EXPECT_TRUE(becomes_true([&] { return !fs::exists(home + "/run/hearth.sock"); }));
}

}  // namespace
}  // namespace hearth::testing
