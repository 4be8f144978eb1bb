// How the files of clients look afterwards: nothing of theirs is lost, and what is asked twice
// changes nothing.
#include "cli/connect/plan.h"

#include <algorithm>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/connect/toml_outline.h"

namespace hearth::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const Target kOpen{"http://127.0.0.1:4327", "qwen \"q\"", false};
const Target kKeyed{"http://127.0.0.1:4327", "qwen \"q\"", true};

config::Environment environment(std::map<std::string, std::string> more = {}) {
  more.emplace("HOME", "/u");
  more.emplace("SHELL", "/bin/bash");
  return [more](const char* name) -> std::optional<std::string> {
    const auto found = more.find(name);
    return found == more.end() ? std::nullopt : std::optional(found->second);
  };
}

Plan plan_of(std::string_view name, const Target& target,
             const config::Environment& where = environment()) {
  for (const Client& client : clients()) {
    if (client.name == name) return client.plan(target, where).value();
  }
  ADD_FAILURE() << name;
  return {};
}

// Of a file that can be changed.
std::string merged(std::string_view name, const std::string& before, const Target& target = kOpen) {
  const auto after = plan_of(name, target).merge(before);
  EXPECT_TRUE(after) << name << ": " << after.error().message;
  return after.value_or("");
}
std::string refusal(std::string_view name, const std::string& before,
                    const Target& target = kOpen) {
  const auto after = plan_of(name, target).merge(before);
  EXPECT_FALSE(after) << name << " took " << before;
  return after ? "" : after.error().message;
}

TEST(ConnectPlan, AskedAgainNothingChanges) {
  for (const Client& client : clients()) {
    for (const Target& target : {kOpen, kKeyed}) {
      const std::string once = merged(client.name, "", target);
      EXPECT_THAT(once, HasSubstr("127.0.0.1:4327")) << client.name;
      EXPECT_EQ(merged(client.name, once, target), once) << client.name;
    }
  }
}

TEST(ConnectPlan, LinesOfAnEarlierTimeAreReplaced) {
  const Target other{"http://[::1]:9", "other", true};
  for (const char* name : {"codex", "aider", "continue", "open-webui", "ollama"}) {
    const std::string once = merged(name, "");
    EXPECT_EQ(merged(name, merged(name, once, other)), once) << name;
  }
}

TEST(ConnectPlan, AKeyIsNamedAndNeverWritten) {
  for (const Client& client : clients()) {
    const std::string open = merged(client.name, "");
    const std::string keyed = merged(client.name, open, kKeyed);
    EXPECT_THAT(keyed, Not(HasSubstr(std::string(kNoKey)))) << client.name;
    if (client.name == "ollama" || client.name == "codex") continue;  // they send none then
    EXPECT_THAT(merged(client.name, keyed), HasSubstr(std::string(kNoKey))) << client.name;
  }
  EXPECT_THAT(merged("codex", merged("codex", "", kKeyed)), Not(HasSubstr("env_key")));
  EXPECT_THAT(merged("codex", "", kKeyed), HasSubstr("env_key = \"HEARTH_API_KEY\""));
  EXPECT_THAT(merged("opencode", "", kKeyed), HasSubstr("{env:HEARTH_API_KEY}"));
  EXPECT_THAT(merged("continue", "", kKeyed), HasSubstr("${{ secrets.HEARTH_API_KEY }}"));
  EXPECT_EQ(plan_of("claude", kKeyed).key_variable, "ANTHROPIC_AUTH_TOKEN");
  EXPECT_THAT(refusal("claude", R"({"env":{"ANTHROPIC_AUTH_TOKEN":"sk-theirs"}})", kKeyed),
              AllOf(HasSubstr("ANTHROPIC_AUTH_TOKEN"), Not(HasSubstr("theirs"))));
}

TEST(ConnectPlan, FilesAreWhereTheClientsLook) {
  EXPECT_EQ(plan_of("claude", kOpen).file, "/u/.claude/settings.json");
  EXPECT_EQ(plan_of("codex", kOpen).file, "/u/.codex/config.toml");
  EXPECT_EQ(plan_of("opencode", kOpen).file, "/u/.config/opencode/opencode.json");
  EXPECT_EQ(plan_of("aider", kOpen).file, "/u/.aider.conf.yml");
  EXPECT_EQ(plan_of("continue", kOpen).file, "/u/.continue/config.yaml");
  EXPECT_EQ(plan_of("ollama", kOpen).file, "/u/.bashrc");
  const auto elsewhere = environment({{"CODEX_HOME", "/c"}, {"SHELL", "/usr/bin/fish"}});
  EXPECT_EQ(plan_of("codex", kOpen, elsewhere).file, "/c/config.toml");
  EXPECT_EQ(plan_of("ollama", kOpen, elsewhere).file, "") << "it has no exports";
}

TEST(ConnectPlan, CodexKeepsItsTablesAndWhatItHadIsPutAside) {
  const std::string before =
      "# mine\nmodel = \"gpt-5\" # good\napproval = \"\"\"\nmodel = \"in a text\"\n\"\"\"\n"
      "[mcp_servers.\"a.b\"]\nmodel = \"of a table\"\nargs = [\n  \"[x\", # ]\n]";
  const std::string after = merged("codex", before);
  EXPECT_EQ(after,
            "# >>> hearth connect: codex\nmodel = \"qwen \\\"q\\\"\"\nmodel_provider = \"hearth\"\n"
            "# <<< hearth connect: codex\n# mine\n"
            "# put aside by hearth connect: model = \"gpt-5\" # good\napproval = \"\"\"\n"
            "model = \"in a text\"\n\"\"\"\n[mcp_servers.\"a.b\"]\nmodel = \"of a table\"\n"
            "args = [\n  \"[x\", # ]\n]\n# >>> hearth connect: codex provider\n"
            "[model_providers.hearth]\nname = \"Hearth\"\n"
            "base_url = \"http://127.0.0.1:4327/v1\"\nwire_api = \"responses\"\n"
            "# <<< hearth connect: codex provider\n");
  EXPECT_EQ(merged("codex", after), after);
  EXPECT_THAT(refusal("codex", "[model_providers . hearth]\nname = 'x'\n"), HasSubstr("called"));
  EXPECT_THAT(refusal("codex", "model_providers = { a = { name = \"x\" } }\n"), HasSubstr("one"));
  for (const char* const taken :
       {"[model_providers]\nhearth = { name = \"x\" }\n", "[model_providers.\"hearth\"]\n",
        "model.x = 1\n", "\xEF\xBB\xBFmodel = \"x\"\n"})
    EXPECT_THAT(refusal("codex", taken), ::testing::Not("")) << taken;
  EXPECT_THAT(merged("codex", "'model' = \"gpt-5\"\n"),
              HasSubstr("# put aside by hearth connect: 'model' = \"gpt-5\""));
}

TEST(ConnectPlan, WhatIsNoTomlIsLeftAlone) {
  for (const char* text : {"model", "model =", "model = \"x", "a = [1, 2", "a = 1]", "[table",
                           "a = \"\"\"x\n", "a b\n", "[t] x = 1\n", "a = '''x''\n", "\xFF = 1"})
    EXPECT_THAT(refusal("codex", text), ::testing::AnyOf(HasSubstr("TOML"), HasSubstr("UTF-8")))
        << text;
  const auto fine = toml_outline("a.b = '\\'\n\"c d\" = [ '#', \"\\\"\", ]\r\n[[x . y]] # z\nq=1");
  ASSERT_TRUE(fine) << fine.error().message;
  ASSERT_EQ(fine->root.size(), 2U);
  EXPECT_EQ(fine->root[0].key, "a.b");
  EXPECT_EQ(fine->root[1].key, "c d");
  EXPECT_EQ(fine->tables, std::vector<std::string>{"x.y"});
}

TEST(ConnectPlan, AiderKeepsItsComments) {
  const std::string before =
      "# mine\nread: [a, b]\nmodel: gpt-4o   # good\n\ndark-mode: true\nopenai-api-key: sk-theirs";
  const std::string block =
      "# >>> hearth connect: aider\nmodel: \"openai/qwen \\\"q\\\"\"\n"
      "openai-api-base: \"http://127.0.0.1:4327/v1\"\n";
  EXPECT_EQ(merged("aider", before),
            "# mine\nread: [a, b]\n# put aside by hearth connect: model: gpt-4o   # good\n\n"
            "dark-mode: true\n# put aside by hearth connect: openai-api-key: sk-theirs\n" +
                block + "openai-api-key: \"hearth-needs-no-key\"\n# <<< hearth connect: aider\n");
  EXPECT_THAT(merged("aider", before, kKeyed), HasSubstr("\nopenai-api-key: sk-theirs\n"));
  EXPECT_THAT(refusal("aider", "model:\n  a\n  b\n"), HasSubstr("several lines"));
  for (const char* text : {"a: [", "- a\n", "{a: b}\n", "a: b\n---\nc: d\n", "\ta: b\n", "just"})
    EXPECT_THAT(refusal("aider", text), Not(HasSubstr("with the settings added"))) << text;
}

TEST(ConnectPlan, ContinueGetsAModelMoreInTheListThatItHas) {
  const std::string head = "name: Mine\nversion: 1.0.0\nschema: v1\n";
  const std::string theirs = "# first\n- name: A\n  provider: x # y\n";
  const std::string after = merged("continue", head + "models:\n" + theirs + "rules: []\n");
  EXPECT_EQ(after, head +
                       "models:\n# first\n# >>> hearth connect: continue\n- name: \"Hearth\"\n"
                       "  provider: openai\n  model: \"qwen \\\"q\\\"\"\n"
                       "  apiBase: \"http://127.0.0.1:4327/v1\"\n"
                       "  apiKey: \"hearth-needs-no-key\"\n# <<< hearth connect: continue\n"
                       "- name: A\n  provider: x # y\nrules: []\n");
  EXPECT_EQ(merged("continue", after), after);
  EXPECT_THAT(merged("continue", head + "models:\n    - name: A\n"),
              HasSubstr("    - name: \"Hearth\"\n      provider"));
  EXPECT_THAT(merged("continue", head + "models:\n"), HasSubstr("models:\n  # >>>"));
  EXPECT_THAT(merged("continue", head), HasSubstr("v1\nmodels:\n  # >>>"));
  EXPECT_THAT(merged("continue", ""), ::testing::StartsWith("name: Hearth\nversion: 1.0.0\n"));
  EXPECT_THAT(refusal("continue", head + "models: []\n"), HasSubstr("`models`"));
}

TEST(ConnectPlan, AnEarlierLineOfTheShellIsPutAside) {
  const std::string before =
      "if true; then\n  OLLAMA_HOST=0.0.0.0 # all\nfi\nexport OLLAMA_HOST='http://x'\n"
      "export OLLAMA_HOSTS=a\necho OLLAMA_HOST=b\nexport OLLAMA_HOST=c && echo d\n"
      "export OLLAMA_HOST=\"e\nf\"\nexport OLLAMA_HOST\n";
  const std::string after = merged("ollama", before);
  EXPECT_EQ(after,
            "if true; then\n: # put aside by hearth connect:   OLLAMA_HOST=0.0.0.0 # all\nfi\n"
            ": # put aside by hearth connect: export OLLAMA_HOST='http://x'\n"
            "export OLLAMA_HOSTS=a\necho OLLAMA_HOST=b\nexport OLLAMA_HOST=c && echo d\n"
            "export OLLAMA_HOST=\"e\nf\"\nexport OLLAMA_HOST\n"
            "# >>> hearth connect: ollama\nexport OLLAMA_HOST=\"http://127.0.0.1:4327\"\n"
            "# <<< hearth connect: ollama\n");
  EXPECT_EQ(merged("ollama", after), after);
  EXPECT_THAT(merged("ollama", after + "export OLLAMA_HOST=late"),
              ::testing::EndsWith("# <<< hearth connect: ollama\n"));
  EXPECT_THAT(merged("open-webui", "export OPENAI_API_KEYS=a\n"),
              ::testing::StartsWith(": # put aside by hearth connect: export OPENAI_API_KEYS=a\n"));
}

TEST(ConnectPlan, WhatWouldBeNoTomlWithOursIsLeftAlone) {
  for (const char* text :
       {"[model]\nx = 1\n", "[model_provider.a]\n", "[[model]]\n", "\"mod\\u0065l\" = \"x\"\n"})
    EXPECT_THAT(refusal("codex", text), ::testing::AnyOf(HasSubstr("by hand"), HasSubstr("TOML")))
        << text;
  EXPECT_THAT(merged("codex", "[models]\nx = 1\n"), HasSubstr("[models]"));
}

TEST(ConnectPlan, AByteOrderMarkIsNamed) {
  for (const char* name : {"claude", "opencode", "codex"})
    EXPECT_THAT(refusal(name, "\xEF\xBB\xBF{}"), HasSubstr("byte order mark")) << name;
}

TEST(ConnectPlan, HalfABlockIsLeftAlone) {
  EXPECT_THAT(refusal("ollama", "# >>> hearth connect: ollama\nexport A=1\n"),
              HasSubstr("one is missing"));
  EXPECT_THAT(merged("open-webui", merged("ollama", "export A=1")),
              AllOf(::testing::StartsWith("export A=1\n# >>> hearth connect: ollama\n"),
                    HasSubstr("OPENAI_API_BASE_URLS=\"http://127.0.0.1:4327/v1\"")));
}

}  // namespace
}  // namespace hearth::cli
