// Whole commands against a scripted daemon.
#include "cli/cli.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "cli/testing/cli_fixture.h"
#include "json/node.h"
#include "json/parse.h"

namespace hearth::cli {
namespace {

using cli::testing::Cli;
using cli::testing::FakeReply;
using cli::testing::FakeRequest;
using cli::testing::Outcome;
using cli::testing::say_hello;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(Cli, RunStreamsTheAnswerToTheOutput) {
  answer_with(say_hello);
  const Outcome outcome = run({"run", "m", "say", "hello", "--stats", "--seed", "7"});
  EXPECT_EQ(outcome.code, 0) << outcome.notices;
  EXPECT_EQ(outcome.out, "hello\n");
  EXPECT_THAT(outcome.notices, HasSubstr("5 prompt tokens"));
  ASSERT_EQ(daemon_->requests().size(), 1U);
  EXPECT_EQ(daemon_->requests()[0].line, "POST /v1/chat/completions");
  EXPECT_THAT(daemon_->requests()[0].body,
              AllOf(HasSubstr(R"("model":"m")"), HasSubstr(R"("content":"say hello")"),
                    HasSubstr(R"("seed":7)"), Not(HasSubstr("temperature"))));
}

TEST_F(Cli, RunSendsEveryWishAboutTheAnswer) {
  answer_with(say_hello);
  EXPECT_EQ(run({"run", "m", "--stop", "a", "hi", "--stop", "b", "--top-k", "3", "--top-p", "0.5",
                 "--min-p", "0.25", "--repeat-penalty", "1.5", "--overflow", "truncate"})
                .code,
            0);
  EXPECT_THAT(daemon_->requests()[0].body,
              AllOf(HasSubstr(R"("content":"hi")"), HasSubstr(R"("stop":["a","b"])"),
                    HasSubstr(R"("top_p":0.5,"min_p":0.25,"top_k":3,"repeat_penalty":1.5)"),
                    HasSubstr(R"("hearth":{"overflow":"truncate"})")));
  EXPECT_EQ(run({"run", "m", "x", "--top-p", "1.1"}).code, 2);
  EXPECT_EQ(run({"run", "m", "x", "--repeat-penalty", "0"}).code, 2);
  EXPECT_EQ(run({"run", "m", "x", "--overflow", "maybe"}).code, 2);
}

TEST_F(Cli, RunSaysWhatOfThePromptWasLeftOut) {
  answer_with([](const FakeRequest&, const FakeReply& reply) {
    reply.start_events();
    reply.text("hello");
    reply.event(R"({"choices":[],"hearth":{"dropped_tokens":40}})");
    reply.finish();
  });
  EXPECT_THAT(run({"run", "m", "hi"}).notices, HasSubstr("its oldest 40 tokens were left out"));
}

TEST_F(Cli, WhatIsPipedInBecomesPartOfThePrompt) {
  answer_with(say_hello);
  EXPECT_EQ(run({"run", "m", "summarise", "--system", "be brief"}, "a text\n").code, 0);
  EXPECT_THAT(daemon_->requests()[0].body,
              AllOf(HasSubstr(R"({"role":"system","content":"be brief"})"),
                    HasSubstr(R"("content":"summarise\n\na text")")));
}

TEST_F(Cli, HelpAndVersionAreThereInEveryWayPeopleAsk) {
  const Outcome plain = run({"--help"});
  EXPECT_EQ(plain.code, 0);
  EXPECT_THAT(plain.out, HasSubstr("doctor"));
  EXPECT_EQ(run({"help"}).out, plain.out);
  EXPECT_EQ(run({"help", "run"}).out, run({"run", "--help"}).out);
  EXPECT_THAT(run({"help", "run"}).out, HasSubstr("--temperature"));
  EXPECT_THAT(run({"--version"}).out, HasSubstr(HEARTH_VERSION));
}

TEST_F(Cli, AWordThatIsNoCommandIsOnlyMatchedToOneThatIsMeant) {
  EXPECT_THAT(run({"lsit"}).notices, HasSubstr("did you mean 'list'?"));
  EXPECT_THAT(run({"xyzzy"}).notices,
              AllOf(HasSubstr("unknown command 'xyzzy'"), Not(HasSubstr("did you mean"))));
}

TEST_F(Cli, ATemperatureIsANumber) {
  EXPECT_EQ(run({"run", "m", "x", "--temperature", "nan"}).code, 2);
  EXPECT_EQ(run({"run", "m", "x", "--temperature", "2.1"}).code, 2);
  EXPECT_EQ(run({"run", "m", "x", "--seed", "-7"}).code, 2);
  EXPECT_EQ(run({"run", "m", "x", "--seed", "99999999999999999999999"}).code, 2);
  EXPECT_EQ(run({"list", "--log-level", "loud"}).code, 2);
}

TEST_F(Cli, AnEmptyPortIsNoPort) {
  const Outcome outcome = run({"serve", "--port", ""});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.notices, HasSubstr("server.port"));
}

TEST_F(Cli, AnOutputThatTakesNothingIsAFailure) {
  const Fd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  const Fd notices(::open((home_.path() + "/notices").c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600));
  Console console(STDIN_FILENO, full.get(), notices.get());
  const char* const argv[] = {"hearth", "version"};
  EXPECT_EQ(cli::run(2, argv, console, wiring_), 1);
  EXPECT_THAT(*base::load_text_file(home_.path() + "/notices", 1 << 20),
              HasSubstr("No space left"));
}

TEST_F(Cli, AModelWhoseFileIsGoneCanStillBeUnloaded) {
  answer_with([](const FakeRequest&, const FakeReply& reply) { reply.json(200, "{}"); });
  EXPECT_EQ(run({"stop", "/nowhere/./gone.gguf"}).code, 0);
  EXPECT_THAT(daemon_->requests()[0].body, HasSubstr(R"("/nowhere/gone.gguf")"));
}

TEST_F(Cli, RunWithoutAnyPromptIsAUsageError) {
  EXPECT_EQ(run({"run", "m"}).code, 2);
  EXPECT_EQ(run({"run", "m", "x"}, "\xFF\xFE").code, 1) << "input that is no text";
}

TEST_F(Cli, RunAsJsonIsOneObject) {
  answer_with(say_hello);
  const Outcome outcome = run({"run", "m", "x", "--json"});
  EXPECT_EQ(outcome.code, 0);
  const auto value = json::parse(outcome.out);
  ASSERT_TRUE(value) << outcome.out;
  EXPECT_EQ(*json::Node(*value).find("text")->text(), "hello");
  EXPECT_EQ(*json::Node(*value).find("finish_reason")->text(), "stop");
}

TEST_F(Cli, APipeGetsTheBytesAsTheyAre) {
  answer_with([](const FakeRequest&, const FakeReply& reply) {
    reply.start_events();
    reply.text(R"(a\u001b[31mb)");
    reply.finish();
  });
  EXPECT_EQ(run({"run", "m", "x"}).out, "a\x1B[31mb\n");
}

TEST_F(Cli, AnErrorOfTheDaemonIsShownAndFails) {
  answer_with([](const FakeRequest&, const FakeReply& reply) {
    reply.json(404, R"({"error":{"message":"there is no model 'm'","code":"not_found"}})");
  });
  const Outcome outcome = run({"run", "m", "x"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.notices, "hearth: there is no model 'm'\n");
}

TEST_F(Cli, AnErrorInTheMiddleOfAnAnswerFails) {
  answer_with([](const FakeRequest&, const FakeReply& reply) {
    reply.start_events();
    reply.text("hel");
    reply.event(R"({"error":{"message":"the runner died","code":"engine_crashed"}})");
  });
  const Outcome outcome = run({"run", "m", "x"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.out, "hel\n");
  EXPECT_THAT(outcome.notices, HasSubstr("the runner died"));
}

TEST_F(Cli, AnAnswerThatBreaksOffFails) {
  answer_with([](const FakeRequest&, const FakeReply& reply) {
    reply.start_events();
    reply.text("hel");
  });
  const Outcome outcome = run({"run", "m", "x"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.notices, HasSubstr("broke off"));
}

TEST_F(Cli, ChatFromAPipeAnswersLineByLineAndRemembers) {
  answer_with(say_hello);
  const Outcome outcome = run({"chat", "m"}, "one\n/system be kind\ntwo\n/stats\n/bye\nthree\n");
  EXPECT_EQ(outcome.code, 0) << outcome.notices;
  EXPECT_EQ(outcome.out, "hello\nhello\n");
  EXPECT_THAT(outcome.notices, HasSubstr("5 prompt tokens"));
  ASSERT_EQ(daemon_->requests().size(), 2U);
  EXPECT_THAT(
      daemon_->requests()[1].body,
      HasSubstr(R"([{"role":"system","content":"be kind"},{"role":"user","content":"one"},)"
                R"({"role":"assistant","content":"hello"},{"role":"user","content":"two"}])"));
}

TEST_F(Cli, ChatWithoutAModelTakesTheOnlyOne) {
  answer_with([](const FakeRequest& request, const FakeReply& reply) {
    if (request.line == "GET /hearth/v1/models") {
      reply.json(200, R"({"models":[{"name":"only"}],"loaded":[]})");
    } else {
      say_hello(request, reply);
    }
  });
  EXPECT_EQ(run({"chat"}, "hi\n").code, 0);
  EXPECT_THAT(daemon_->requests().back().body, HasSubstr(R"("model":"only")"));
}

TEST_F(Cli, ChatWithoutAnyModelTellsHowToGiveOne) {
  answer_with([](const FakeRequest&, const FakeReply& reply) {
    reply.json(200, R"({"models":[],"loaded":[]})");
  });
  const Outcome outcome = run({"chat"}, "hi\n");
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.notices, HasSubstr("put a .gguf file into '" + home_.path() + "/models'"));
}

TEST_F(Cli, ListShowsModelsAndTheirSizes) {
  answer_with([](const FakeRequest&, const FakeReply& reply) {
    reply.json(200, R"({"models":[{"name":"tiny","size_bytes":1048576,"modified_ms":0,)"
                    R"("loaded":true,"capabilities":{"system":true}}],"loaded":[]})");
  });
  EXPECT_EQ(run({"list"}).out, "NAME  SIZE     MODIFIED  LOADED\ntiny  1.0 MiB  -         yes\n");
  EXPECT_EQ(run({"list", "--json"}).out,
            R"({"models":[{"name":"tiny","size_bytes":1048576,"modified_ms":0,"built_in":false,)"
            R"("held_by":"path","loaded":true,)"
            R"("capabilities":{"system":true,"tools":false,"parallel_calls":false,)"
            R"("thinking":false}}]})"
            "\n");
}

TEST_F(Cli, ListSaysWhoseAModelOfAnotherProgramIs) {
  answer_with([](const FakeRequest&, const FakeReply& reply) {
    reply.json(200, R"({"models":[{"name":"mine","held_by":"store"},)"
                    R"({"name":"o/r:Q8_0","held_by":"hugging_face_cache"}],"loaded":[]})");
  });
  EXPECT_EQ(run({"list"}).out,
            "NAME      SIZE  MODIFIED  LOADED  HELD BY\n"
            "mine      0 B   -         no\n"
            "o/r:Q8_0  0 B   -         no      Hugging Face cache\n");
  EXPECT_THAT(run({"list", "--json"}).out, HasSubstr(R"("held_by":"hugging_face_cache")"));
}

// What `hearth ps --json` says of memory where nobody has said anything.
constexpr const char* kNoRoom =
    R"("memory":{"budget_bytes":0,"reserved_bytes":0},"waiting":{"requests":0,"bytes":0})";

TEST_F(Cli, PsShowsWhatIsLoadedAndStartsNoDaemon) {
  EXPECT_EQ(run({"ps", "--json"}).out, "{\"loaded\":[]," + std::string(kNoRoom) + "}\n");
  answer_with([](const FakeRequest&, const FakeReply& reply) {
    reply.json(200, R"({"models":[],"loaded":[{"model":"m","state":"ready","pid":42}],)"
                    R"("memory":{"budget_bytes":4096,"reserved_bytes":1024},)"
                    R"("waiting":{"requests":3,"bytes":99}})");
  });
  const Outcome shown = run({"ps"});
  EXPECT_THAT(shown.out, AllOf(HasSubstr("m      ready"), HasSubstr("42")));
  EXPECT_THAT(shown.notices,
              AllOf(HasSubstr("Models have 1.0 KiB of the 4.0 KiB"), HasSubstr("3 requests wait")));
  EXPECT_THAT(run({"ps", "--json"}).out,
              HasSubstr(R"("memory":{"budget_bytes":4096,"reserved_bytes":1024},)"
                        R"("waiting":{"requests":3,"bytes":99})"));
}

TEST_F(Cli, PsAndListShowWhatARunningOllamaHas) {
  answer_with([](const FakeRequest& request, const FakeReply& reply) {
    if (request.line == "GET /hearth/v1/models") {
      reply.json(200, R"({"models":[{"name":"file:latest","held_by":"ollama"}],"loaded":[]})");
    } else {
      reply.json(200, R"({"ollama":{"url":"u","version":"v","models":[{"name":"file:latest"},)"
                      R"({"name":"cloud:x","size_bytes":7}],)"
                      R"("loaded":[{"name":"big:7b","size_bytes":2048,"vram_bytes":5}]}})");
    }
  });
  EXPECT_THAT(run({"ps"}).out, HasSubstr("ollama:big:7b  in Ollama  2.0 KiB"));
  EXPECT_EQ(run({"ps", "--json"}).out,
            R"({"loaded":[],)" + std::string(kNoRoom) +
                R"(,"neighbours":{"ollama":{"url":"u","version":"v","loaded":)"
                R"([{"name":"big:7b","size_bytes":2048,"vram_bytes":5,"expires":""}]}}})"
                "\n");
  EXPECT_THAT(run({"list"}).out, Not(HasSubstr("cloud")));
  EXPECT_THAT(run({"list", "--all"}).out,
              AllOf(HasSubstr("ollama:cloud:x  7 B"), HasSubstr("Ollama alone"),
                    Not(HasSubstr("ollama:file"))));
  EXPECT_THAT(run({"list", "--all", "--json"}).out,
              HasSubstr(R"("only_in_ollama":[{"name":"cloud:x","size_bytes":7,)"));
}

TEST_F(Cli, StopUnloadsAtOllamaWhatBearsItsName) {
  answer_with([](const FakeRequest&, const FakeReply& reply) { reply.json(200, "{}"); });
  EXPECT_EQ(run({"stop", "ollama:qwen2.5:0.5b"}).code, 0);
  EXPECT_EQ(daemon_->requests().back().line, "POST /hearth/v1/neighbours/unload");
  EXPECT_EQ(daemon_->requests().back().body, R"({"model":"qwen2.5:0.5b"})");
}

TEST_F(Cli, PsShowsWhatTheLoadedModelsHaveDone) {
  EXPECT_EQ(run({"ps", "--stats", "--json"}).out, "{\"loaded\":[]}\n");
  answer_with([](const FakeRequest& request, const FakeReply& reply) {
    if (request.line == "GET /hearth/v1/models") {
      reply.json(200, R"({"models":[],"loaded":[{"model":"a b","state":"ready"},)"
                      R"({"model":"slow","state":"loading"}]})");
    } else {
      reply.json(200, R"({"model":"a b","figures":{"step_ms":{"count":4}}})");
    }
  });
  EXPECT_THAT(run({"ps", "--stats"}).out, HasSubstr("step_ms  4"));
  EXPECT_EQ(daemon_->requests().back().line, "GET /hearth/v1/stats?model=a%20b");
  EXPECT_EQ(run({"ps", "--stats", "--json"}).out,
            R"({"loaded":[{"model":"a b","figures":{"step_ms":{"count":4}}}]})"
            "\n");
}

TEST_F(Cli, StopUnloadsAModelOrEndsTheDaemon) {
  EXPECT_THAT(run({"stop", "m"}).notices, HasSubstr("nothing to stop"));
  answer_with([](const FakeRequest&, const FakeReply& reply) { reply.json(200, "{}"); });
  EXPECT_EQ(run({"stop", "m"}).code, 0);
  EXPECT_EQ(run({"stop", "--daemon"}).code, 0);
  EXPECT_EQ(run({"stop"}).code, 2);
  EXPECT_EQ(run({"stop", "m", "--daemon"}).code, 2);
  ASSERT_EQ(daemon_->requests().size(), 2U);
  EXPECT_EQ(daemon_->requests()[0].line, "POST /hearth/v1/models/unload");
  EXPECT_EQ(daemon_->requests()[0].body, R"({"model":"m"})");
  EXPECT_EQ(daemon_->requests()[1].line, "POST /hearth/v1/shutdown");
}

TEST_F(Cli, VersionNeedsNoDaemon) {
  EXPECT_EQ(run({"version"}).out, "hearth " HEARTH_VERSION "\n");
  EXPECT_EQ(run({"version", "--json"}).out,
            "{\"version\":\"" HEARTH_VERSION "\",\"daemon\":null}\n");
}

TEST_F(Cli, ConfigShowsValuesWithTheirOrigins) {
  std::ofstream(home_.path() + "/config.yaml") << "model:\n  threads: 3\n";
  EXPECT_THAT(run({"config", "show", "--log-level", "debug"}).out,
              AllOf(HasSubstr("config.yaml:2"), HasSubstr("flag --log-level")));
  EXPECT_EQ(run({"config", "check"}).code, 0);
  EXPECT_EQ(run({"config", "path"}).out, home_.path() + "/config.yaml\n");
  std::ofstream(home_.path() + "/config.yaml") << "model:\n  treads: 3\n";
  const Outcome broken = run({"config", "check"});
  EXPECT_EQ(broken.code, 1);
  EXPECT_THAT(broken.notices, HasSubstr("did you mean 'model.threads'?"));
}

TEST_F(Cli, ConfigCheckLooksForTheTemplateToo) {
  write("config.yaml", "model:\n  chat_template: mine\n");
  const Outcome missing = run({"config", "check"});
  EXPECT_EQ(missing.code, 1);
  EXPECT_THAT(missing.notices, HasSubstr(home_.path() + "/templates/mine.jinja"));
  std::filesystem::create_directory(home_.path() + "/templates");
  write("templates/mine.jinja", "{{ messages }}");
  EXPECT_EQ(run({"config", "check"}).code, 0);
}

// In the place of a runner: says what it is asked, and that it is wrong.
constexpr const char* kScript = "#!/bin/sh\necho \"$*: line 3\" >&2\nexit 1\n";

TEST_F(Cli, ConfigCheckHasTheRunnerReadEveryTemplate) {
  const std::string runner = write("runner", kScript);
  std::filesystem::permissions(runner, std::filesystem::perms::owner_all);
  const std::string elsewhere = write("elsewhere.jinja", "{{ messages }}");
  write("config.yaml",
        "runner:\n  path: " + runner + "\nmodel:\n  chat_template: " + elsewhere + "\n");
  std::filesystem::create_directory(home_.path() + "/templates");
  const std::string b = write("templates/b.jinja", "{%");
  const std::string a = write("templates/a.jinja", "{%");
  write("templates/readme.txt", "no template");
  const Outcome outcome = run({"config", "check"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.notices,
            "hearth: --check-template " + elsewhere + " " + a + " " + b + ": line 3\n");
  const Outcome as_json = run({"config", "check", "--json"});
  EXPECT_EQ(as_json.code, 1);
  EXPECT_THAT(as_json.out, HasSubstr(R"("ok":false,"problems":"--check-template )"));
  write("runner", "#!/bin/sh\nkill -9 $$\n");
  EXPECT_THAT(run({"config", "check"}).notices,
              AllOf(HasSubstr("could not check the templates"), HasSubstr("SIGKILL")));
  write("runner", "#!/bin/sh\nexit 0\n");
  EXPECT_EQ(run({"config", "check"}).code, 0);
}

TEST_F(Cli, ConfigCheckWithoutARunnerSaysWhatItCouldNotDo) {
  write("config.yaml", "runner:\n  path: /nonexistent/hearth-runner\n");
  EXPECT_EQ(run({"config", "check"}).notices, "");
  std::filesystem::create_directory(home_.path() + "/templates");
  write("templates/a.jinja", "{%");
  const Outcome outcome = run({"config", "check"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.notices, HasSubstr("the templates were not read: runner.path is"));
}

TEST_F(Cli, DoctorSaysWhatIsMissingAndWhatToDo) {
  std::ofstream(home_.path() + "/config.yaml") << "runner:\n  path: /nonexistent/hearth-runner\n";
  const Outcome outcome = run({"doctor"});
  EXPECT_EQ(outcome.code, 1) << "the runner that the configuration names does not exist";
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("missing  runner"), HasSubstr("ok       cpu"),
                                 HasSubstr("put a .gguf file into")));
  const auto value = json::parse(run({"doctor", "--json"}).out);
  ASSERT_TRUE(value);
  EXPECT_FALSE(*json::Node(*value).find("healthy")->boolean());
}

TEST_F(Cli, WrongUsageNamesWhatWasProbablyMeant) {
  const Outcome outcome = run({"lsit"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.notices, HasSubstr("unknown command 'lsit'; did you mean 'list'?"));
  EXPECT_EQ(run({"run", "m", "x", "--temperature", "9"}).code, 2);
  EXPECT_EQ(run({"completion", "tcsh"}).code, 2);
  EXPECT_EQ(run({}).code, 2);
}

TEST_F(Cli, HelpAndCompletionsNameEveryCommand) {
  const Outcome help = run({"--help"});
  EXPECT_EQ(help.code, 0);
  for (const char* name : {"serve", "chat", "run", "ps", "list", "stop", "version", "doctor",
                           "config", "completion", "tokenize"}) {
    EXPECT_THAT(help.out, HasSubstr(name));
    EXPECT_THAT(run({"completion", "bash"}).out, HasSubstr(name));
    EXPECT_THAT(run({"completion", "fish"}).out, HasSubstr(name));
    EXPECT_EQ(run({name, "--help"}).code, 0) << name;
  }
  EXPECT_THAT(run({"completion", "bash"}).out, HasSubstr("--daemon"));
}

TEST_F(Cli, ServeGetsItsOptionsFromFlags) {
  std::optional<ServeOptions> seen;
  wiring_.serve = [&](const ServeOptions& options) {
    seen = options;
    return 7;
  };
  EXPECT_EQ(run({"serve", "--port", "5000", "--private"}).code, 7);
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->mode, ServeOptions::Mode::kPrivate);
  EXPECT_EQ(seen->settings.integer(config::Key::kServerPort), 5000);
  EXPECT_EQ(seen->home.data_folder(), home_.path());
  EXPECT_EQ(run({"serve", "--port", "70000"}).code, 1);
}

}  // namespace
}  // namespace hearth::cli
