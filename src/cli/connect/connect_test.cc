// `hearth connect` as it is called, with the home of a user that has files of its own.
#include <cstdlib>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "access/key_store.h"
#include "cli/connect/address.h"
#include "cli/connect/plan.h"
#include "cli/testing/cli_fixture.h"
#include "json/node.h"
#include "json/parse.h"

namespace hearth::cli {
namespace {

namespace fs = std::filesystem;
using cli::testing::Cli;
using cli::testing::FakeReply;
using cli::testing::FakeRequest;
using cli::testing::Outcome;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// HOME and what else says where the files of clients are, as long as a test runs.
class Connect : public Cli {
 protected:
  Connect() {
    set("HOME", user());
    set("SHELL", "/bin/bash");
    for (const char* name :
         {"CLAUDE_CONFIG_DIR", "CODEX_HOME", "XDG_CONFIG_HOME", "CONTINUE_GLOBAL_DIR"})
      ::unsetenv(name);
    fs::create_directories(user() + "/.claude");
    serve_at("http://0.0.0.0:5555");
  }
  ~Connect() override {
    for (const auto& [name, value] : before_) {
      value ? ::setenv(name, value->c_str(), 1) : ::unsetenv(name);
    }
  }
  Connect(const Connect&) = delete;
  Connect& operator=(const Connect&) = delete;

  void serve_at(const std::string& url) {
    answer_with([url](const FakeRequest& request, const FakeReply& reply) {
      reply.json(200, request.line == "GET /hearth/v1/version"
                          ? R"({"version":"1","url":")" + url + "\"}"
                          : R"({"models":[{"name":"m","size_bytes":5}],"loaded":[]})");
    });
  }
  std::string user() const { return home_.path() + "/user"; }
  std::string claude_file() const { return user() + "/.claude/settings.json"; }
  std::string content(const std::string& path) {
    return base::load_text_file(path, 1 << 20).value_or("none");
  }

 private:
  void set(const char* name, const std::string& value) {
    const char* old = std::getenv(name);
    before_.emplace_back(name, old == nullptr ? std::nullopt : std::optional<std::string>(old));
    ::setenv(name, value.c_str(), 1);
  }
  std::vector<std::pair<const char*, std::optional<std::string>>> before_;
};

TEST_F(Connect, PrintsTheSettingsWithTheAddressThatTheDaemonHas) {
  const Outcome outcome = run({"connect", "claude"});
  EXPECT_EQ(outcome.code, 0) << outcome.notices;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr(R"("ANTHROPIC_BASE_URL": "http://127.0.0.1:5555")"),
                                 HasSubstr(R"("ANTHROPIC_MODEL": "m")")));
  EXPECT_THAT(outcome.notices, AllOf(HasSubstr(claude_file()), Not(HasSubstr("Nothing listens"))));
  EXPECT_FALSE(fs::exists(claude_file())) << "nothing was asked to be written";
}

TEST_F(Connect, ApplyKeepsWhatWasThereAndTwiceIsOnce) {
  const std::string theirs = "{\"theme\": \"dark\", \"env\": {\"ANTHROPIC_MODEL\": \"opus\"}}";
  write("user/.claude/settings.json", theirs);
  ::chmod(claude_file().c_str(), 0640);
  const Outcome outcome = run({"connect", "claude", "--apply"});
  EXPECT_EQ(outcome.code, 0) << outcome.notices;
  const std::string once = content(claude_file());
  EXPECT_THAT(once, AllOf(HasSubstr(R"("theme": "dark")"), HasSubstr(R"("ANTHROPIC_MODEL": "m")"),
                          HasSubstr(":5555")));
  EXPECT_EQ(content(claude_file() + ".before-hearth"), theirs);
  struct stat facts{};
  ASSERT_EQ(::stat(claude_file().c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0640U);
  EXPECT_THAT(run({"connect", "claude", "--apply"}).out, HasSubstr("says so already"));
  EXPECT_EQ(content(claude_file()), once);
  EXPECT_EQ(run({"connect", "claude", "--apply", "--model", "m.gguf"}).code, 0);
  EXPECT_EQ(content(claude_file() + ".before-hearth"), theirs) << "the user's own";
  EXPECT_EQ(content(claude_file() + ".before-hearth.2"), once);
}

TEST_F(Connect, EveryClientGetsAFileWhereThereIsNone) {
  for (const Client& client : clients()) {
    const Outcome outcome = run({"connect", std::string(client.name), "--apply", "--json"});
    EXPECT_EQ(outcome.code, 0) << outcome.notices;
    const auto value = json::parse(outcome.out);
    ASSERT_TRUE(value) << outcome.out;
    const std::string file(*json::Node(*value).find("file")->text());
    EXPECT_THAT(content(file), HasSubstr("http://127.0.0.1:5555")) << file;
    EXPECT_EQ(run({"connect", std::string(client.name), "--apply"}).out,
              file + " says so already.\n");
  }
}

TEST_F(Connect, ALinkStaysOne) {
  const std::string real = write("dotfiles.json", "{}");
  fs::create_symlink(real, claude_file());
  EXPECT_EQ(run({"connect", "claude", "--apply"}).code, 0);
  EXPECT_TRUE(fs::is_symlink(claude_file()));
  EXPECT_THAT(content(real), HasSubstr(":5555"));
}

TEST_F(Connect, AFileThatCannotBeReadIsLeftAlone) {
  const std::string theirs = "{\n  // mine\n}\n";
  write("user/.claude/settings.json", theirs);
  const Outcome outcome = run({"connect", "claude", "--apply"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.notices,
              AllOf(HasSubstr(claude_file() + " is left alone"), HasSubstr("without --apply")));
  EXPECT_EQ(content(claude_file()), theirs);
  EXPECT_FALSE(fs::exists(claude_file() + ".before-hearth"));
}

TEST_F(Connect, AFileThatWinsOverOursIsNamed) {
  EXPECT_THAT(run({"connect", "opencode"}).notices, Not(HasSubstr("jsonc")));
  fs::create_directories(user() + "/.config/opencode");
  write("user/.config/opencode/opencode.jsonc", "{}");
  for (const bool apply : {false, true}) {
    std::vector<std::string> words{"connect", "opencode"};
    if (apply) words.push_back("--apply");
    EXPECT_THAT(run(words).notices,
                HasSubstr("opencode reads " + user() + "/.config/opencode/opencode.jsonc, too"));
  }
}

TEST_F(Connect, WhereThereAreKeysTheVariableIsNamedAndNoSecretShown) {
  const std::string secret = run({"keys", "inbound", "create"}).out;
  ASSERT_GT(secret.size(), 10U);
  const Outcome outcome = run({"connect", "codex", "--apply"});
  EXPECT_THAT(outcome.notices, HasSubstr("set HEARTH_API_KEY"));
  const std::string file = content(user() + "/.codex/config.toml");
  EXPECT_THAT(file, HasSubstr("env_key = \"HEARTH_API_KEY\""));
  for (const std::string& text : {outcome.out, outcome.notices, file})
    EXPECT_THAT(text, Not(HasSubstr(secret.substr(0, secret.size() - 1))));
}

TEST_F(Connect, WhereNobodyListensTheSettingsSayTheAddress) {
  serve_at("");
  write("config.yaml", "server:\n  port: 4444\n");
  const Outcome outcome = run({"connect", "ollama"});
  EXPECT_EQ(outcome.out, "export OLLAMA_HOST=\"http://127.0.0.1:4444\"\n");
  EXPECT_THAT(outcome.notices, HasSubstr("Nothing listens at http://127.0.0.1:4444 yet"));
  write("config.yaml", "server:\n  port: 0\n");
  EXPECT_THAT(run({"connect", "ollama"}).notices, HasSubstr("start `hearth serve` first"));
}

TEST_F(Connect, WhatIsNoClientOrNoModelIsRefused) {
  EXPECT_EQ(run({"connect", "vim"}).code, 2);
  EXPECT_EQ(run({"connect"}).code, 2);
  EXPECT_THAT(run({"connect", "codex", "--model", "x"}).notices, HasSubstr("'x'"));
}

TEST(ConnectAddress, IsOneThatThisMachineReaches) {
  const auto url = [](const std::string& daemon, std::vector<config::Assignment> said = {}) {
    return client_url(daemon, config::Settings::resolve(said).value()).value_or("none");
  };
  EXPECT_EQ(url(""), "http://127.0.0.1:4327");
  EXPECT_EQ(url("http://192.168.0.7:80"), "http://192.168.0.7:80");
  EXPECT_EQ(url("http://[::]:80"), "http://[::1]:80");
  EXPECT_EQ(url("https://0.0.0.0:80", {{"server.hosts", "hearth.lan, other", {}}}),
            "https://hearth.lan:80");
  EXPECT_EQ(url("http://0.0.0.0:80", {{"server.hosts", "hearth.lan", {}}}), "http://127.0.0.1:80");
  EXPECT_EQ(url("", {{"server.host", "::1", {}}}), "http://[::1]:4327");
}

}  // namespace
}  // namespace hearth::cli
