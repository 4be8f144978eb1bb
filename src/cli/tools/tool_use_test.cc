// A model that uses tools at the prompt: a scripted daemon, whose model calls a tool in its first
// answer, and tools that run here.
#include <atomic>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/testing/cli_fixture.h"
#include "config/runners.h"
#include "process/testing/terminal.h"

namespace hearth::cli {
namespace {

using cli::testing::Cli;
using cli::testing::FakeDaemon;
using cli::testing::FakeReply;
using cli::testing::FakeRequest;
using cli::testing::Outcome;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kSum = R"({\"expression\":\"6*7\"})";

void call_tool(const FakeReply& reply, const std::string& name, const std::string& arguments) {
  reply.start_events();
  reply.delta(R"({"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":")" +
              name + R"(","arguments":")" + arguments + R"("}}]})");
  reply.event(R"({"choices":[{"delta":{},"finish_reason":"tool_calls"}],"hearth":{"seed":9}})");
  reply.event(R"({"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":3}})");
  reply.event("[DONE]");
}

void say(const FakeReply& reply, const std::string& text) {
  reply.start_events();
  reply.text(text);
  reply.finish();
}

// Whether somebody has said something after the last result of a tool.
bool was_just_asked(const FakeRequest& request) {
  const std::size_t asked = request.body.rfind(R"("role":"user")");
  const std::size_t told = request.body.rfind(R"("role":"tool")");
  return told == std::string::npos || asked > told;
}

// Calls the tool whenever somebody has said something, and then answers.
FakeDaemon::Script calling(const std::string& name, const std::string& arguments) {
  return [=](const FakeRequest& request, const FakeReply& reply) {
    was_just_asked(request) ? call_tool(reply, name, arguments) : say(reply, "so be it");
  };
}

void make_rule(const config::Home& home, const std::string& rule) {
  std::ofstream(home.config_file()) << "tools:\n  rules: " << rule << "\n";
}

TEST_F(Cli, RunMakesTheCallsOfTheModelAndGivesBackWhatTheySay) {
  answer_with(calling("calculator", kSum));
  const Outcome outcome = run({"run", "m", "--run-tools=calculator", "--stats", "how much?"});
  EXPECT_EQ(outcome.code, 0) << outcome.notices;
  EXPECT_EQ(outcome.out, "so be it\n");
  EXPECT_THAT(outcome.notices, AllOf(HasSubstr("→ calculator {\"expression\":\"6*7\"}\n  ok: 42\n"),
                                     HasSubstr("10 prompt tokens"), Not(HasSubstr("\x1B"))));
  const auto requests = daemon_->requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_THAT(requests[0].body,
              AllOf(HasSubstr(R"("tools":[{"type":"function","function":{"name":"calculator")"),
                    Not(HasSubstr("get_date")), Not(HasSubstr("tool_choice"))));
  EXPECT_THAT(requests[1].body,
              AllOf(HasSubstr(R"("tool_calls":[{"id":"call_1","type":"function","function":)"
                              R"({"name":"calculator","arguments":"{\"expression\":\"6*7\"}"}}])"),
                    HasSubstr(R"({"role":"tool","content":"42","tool_call_id":"call_1",)"
                              R"("name":"calculator"})"),
                    HasSubstr(R"("seed":9)")));
}

TEST_F(Cli, AModelThatDoesNotStopIsAskedOnceMoreWithoutTools) {
  answer_with([](const FakeRequest& request, const FakeReply& reply) {
    const bool may = request.body.find(R"("tool_choice":"none")") == std::string::npos;
    may ? call_tool(reply, "calculator", kSum) : say(reply, "42");
  });
  const Outcome outcome = run({"run", "m", "--run-tools", "--json", "how much?"});
  EXPECT_EQ(daemon_->requests().size(), 4U);
  EXPECT_THAT(outcome.out, AllOf(HasSubstr(R"("text":"42")"), HasSubstr(R"("warnings":["no more)"),
                                 HasSubstr(R"("finish_reason":"stop")")));
  EXPECT_THAT(outcome.notices, HasSubstr("calculator was called 3 times with the same arguments"));
  EXPECT_THAT(daemon_->requests()[3].body, HasSubstr("[No more tools are run now"));
}

TEST_F(Cli, WithoutATerminalNobodyAgreesAndTheModelIsTold) {
  make_rule(home_.home(), "calculator=ask");
  answer_with(calling("calculator", kSum));
  const Outcome outcome = run({"run", "m", "--run-tools", "how much?"});
  EXPECT_EQ(outcome.out, "so be it\n");
  EXPECT_THAT(outcome.notices, HasSubstr("  refused: "));
  EXPECT_THAT(daemon_->requests()[1].body, HasSubstr("there is nobody to ask"));
  EXPECT_THAT(run({"run", "m", "--run-tools", "--approve", "auto", "how much?"}).notices,
              HasSubstr("ok: 42"));
}

TEST_F(Cli, ABadCallIsToldToTheModel) {
  answer_with(calling("calculator", R"({\"expresion\":1})"));
  run({"run", "m", "--run-tools", "how much?"});
  EXPECT_THAT(daemon_->requests()[1].body,
              AllOf(HasSubstr("refused: "), HasSubstr("/expresion"), HasSubstr("expression")));
}

TEST_F(Cli, TheRoundsOfAChatStayInItsConversation) {
  answer_with(calling("calculator", kSum));
  const Outcome outcome = run({"chat", "m", "--tools=calculator"}, "how much?\nand now?\n");
  EXPECT_EQ(outcome.code, 0) << outcome.notices;
  EXPECT_THAT(outcome.notices, HasSubstr("It may use calculator; there is no workspace"));
  const auto requests = daemon_->requests();
  ASSERT_EQ(requests.size(), 4U);
  EXPECT_THAT(requests[2].body, AllOf(HasSubstr(R"("role":"tool","content":"42")"),
                                      HasSubstr(R"("content":"so be it"},{"role":"user")")));
}

TEST_F(Cli, WhatCannotBeUsedIsSaidBeforeAnythingIsAsked) {
  answer_with(testing::say_hello);
  EXPECT_THAT(run({"chat", "m", "--tools=calculater,read_file"}).notices,
              AllOf(HasSubstr("did you mean 'calculator'?"), HasSubstr("'read_file'"),
                    HasSubstr("without a workspace")));
  EXPECT_THAT(run({"chat", "m", "--tools", "--workspace", "/nowhere"}).notices,
              HasSubstr("cannot use '/nowhere' as a workspace"));
  for (const char* rounds : {"0", "10000", "x"})
    EXPECT_EQ(run({"chat", "m", "--tools", "--rounds", rounds}).code, 2) << rounds;
  EXPECT_EQ(run({"chat", "m", "--rounds", "3"}).code, 2) << "rounds of what?";
  EXPECT_EQ(run({"run", "m", "--run-tools", "--tools", "f.json", "x"}).code, 2);
  EXPECT_TRUE(daemon_->requests().empty());
}

class ToolsOnTerminal : public ::testing::Test {
 protected:
  ToolsOnTerminal() { make_rule(home_.home(), "calculator=ask"); }

  void chat(FakeDaemon::Script script) {
    daemon_.emplace(home_.home(), std::move(script));
    terminal_.emplace(std::vector<std::string>{config::own_executable(), "chat", "m", "--tools",
                                               "--home", home_.path()});
    ASSERT_TRUE(terminal_->shows(">>> "));
  }
  std::size_t asked() const { return daemon_->requests().size(); }
  std::string last_body() const { return daemon_->requests().back().body; }

  testing::TemporaryHome home_;
  std::optional<FakeDaemon> daemon_;
  std::optional<process::testing::Terminal> terminal_;
};

TEST_F(ToolsOnTerminal, WhoIsAskedMaySayNoAndYesAndAlways) {
  chat(calling("calculator", kSum));
  terminal_->type("how much?\r");
  ASSERT_TRUE(terminal_->shows(R"(calculator {"expression":"6*7"})"));
  ASSERT_TRUE(terminal_->shows("Run it? [y/N, a: always in this chat] "));
  terminal_->type("\r");
  ASSERT_TRUE(terminal_->shows("so be it"));
  EXPECT_THAT(last_body(), HasSubstr("the person did not agree"));
  ASSERT_TRUE(terminal_->shows(">>> "));
  terminal_->type("again\r");
  ASSERT_TRUE(terminal_->shows("Run it?"));
  terminal_->type("y\r");
  ASSERT_TRUE(terminal_->shows("ok: 42"));
  ASSERT_TRUE(terminal_->shows(">>> "));
  terminal_->type("again\r");
  ASSERT_TRUE(terminal_->shows("Run it?"));
  terminal_->type("a\r");
  ASSERT_TRUE(terminal_->shows(">>> "));
  terminal_->type("again\r");
  ASSERT_TRUE(terminal_->shows("ok: 42"));
  ASSERT_TRUE(terminal_->shows("so be it"));
  ASSERT_TRUE(terminal_->shows(">>> "));
  EXPECT_EQ(asked(), 8U);
}

TEST_F(ToolsOnTerminal, CtrlCAtTheQuestionEndsTheTurnAndNotTheChat) {
  chat(calling("calculator", kSum));
  terminal_->type("how much?\r");
  ASSERT_TRUE(terminal_->shows("Run it?"));
  terminal_->type("\x03");
  ASSERT_TRUE(terminal_->shows("(stopped)"));
  ASSERT_TRUE(terminal_->shows(">>> "));
  EXPECT_EQ(asked(), 1U) << "the model was not asked again";
  terminal_->type("never mind\r");
  ASSERT_TRUE(terminal_->shows("Run it?"));
  EXPECT_THAT(last_body(), Not(HasSubstr("tool_calls")));
}

TEST_F(ToolsOnTerminal, AModelCanAskThePersonAndCannotControlTheTerminal) {
  chat(calling("ask_user", R"({\"question\":\"Which\\u001b]0;owned\\u0007 one?\"})"));
  terminal_->type("do it\r");
  ASSERT_TRUE(terminal_->shows(" one?"));
  ASSERT_TRUE(terminal_->shows("> "));
  terminal_->type("the red one\r");
  ASSERT_TRUE(terminal_->shows("so be it"));
  EXPECT_THAT(last_body(), HasSubstr(R"("role":"tool","content":"the red one")"));
  EXPECT_THAT(terminal_->screen(), Not(HasSubstr("\x1B]0;")));
}

TEST_F(ToolsOnTerminal, TheNameOfACallIsShownAndNotObeyed) {
  chat(calling(R"(x\u001b]0;owned\u0007y)", "{}"));
  terminal_->type("do it\r");
  ASSERT_TRUE(terminal_->shows("there is no tool"));
  ASSERT_TRUE(terminal_->shows("so be it"));
  EXPECT_THAT(terminal_->screen(), Not(HasSubstr("\x1B]0;")));
  EXPECT_THAT(terminal_->screen(), HasSubstr("\x1B[2m→ x"));
}

}  // namespace
}  // namespace hearth::cli
