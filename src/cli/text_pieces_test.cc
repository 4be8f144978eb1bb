// The small pure pieces around the commands.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/answer.h"
#include "cli/completion_script.h"
#include "cli/model_choice.h"
#include "cli/private_daemon.h"
#include "cli/prompt.h"
#include "cli/slash_command.h"
#include "cli/terminal_layout.h"
#include "cli/text_table.h"

namespace hearth::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Kind = SlashCommand::Kind;

TEST(Prompt, JoinsWordsAndWhatWasPiped) {
  EXPECT_EQ(joined_prompt({"sum", "it", "up"}, "line 1\nline 2\n\n"),
            "sum it up\n\nline 1\nline 2");
  EXPECT_EQ(joined_prompt({}, "only\n"), "only");
  EXPECT_EQ(joined_prompt({"only"}, ""), "only");
  EXPECT_EQ(joined_prompt({}, "\n"), "");
}

TEST(SlashCommand, IsToldFromAMessage) {
  EXPECT_EQ(parse_slash_command("hello").kind, Kind::kNone);
  EXPECT_EQ(parse_slash_command("//etc").kind, Kind::kNone);
  EXPECT_EQ(parse_slash_command("/bye").kind, Kind::kExit);
  EXPECT_EQ(parse_slash_command("/system  be brief ").kind, Kind::kSystem);
  EXPECT_EQ(parse_slash_command("/system  be brief ").argument, "be brief");
  EXPECT_EQ(parse_slash_command("/system").argument, "");
  EXPECT_EQ(parse_slash_command("/modle x").kind, Kind::kUnknown);
  EXPECT_EQ(parse_slash_command("/modle x").argument, "/model");
}

TEST(TextTable, AlignsByCharacters) {
  EXPECT_EQ(text_table({{"A", "B"}, {"é1", "x"}, {"long", "y"}}), "A     B\né1    x\nlong  y\n");
}

TEST(TerminalLayout, FollowsWrapsNewlinesAndWideCharacters) {
  EXPECT_EQ(position_after({}, "abc", 10), (Position{0, 3}));
  EXPECT_EQ(position_after({}, "abcdefghij", 10), (Position{1, 0}));
  EXPECT_EQ(position_after({}, "abcdefghijk", 10), (Position{1, 1}));
  EXPECT_EQ(position_after({0, 4}, "a\nbc", 10), (Position{1, 2}));
  EXPECT_EQ(position_after({}, "日本", 3), (Position{1, 2})) << "the second one wraps whole";
  EXPECT_EQ(position_after({}, "e\xCC\x81", 10), (Position{0, 1})) << "a combining accent";
}

TEST(LogTail, KeepsTheLastLines) {
  EXPECT_EQ(log_tail("a\nb\n\nc\nd", 2), "\n  c\n  d");
  EXPECT_EQ(log_tail("", 2), "");
}

TEST(Stats, CountTheRateFromTheFirstToken) {
  CompletionSummary summary;
  summary.counts = {12, 4, 11};
  summary.first_text_ms = 500;
  summary.total_ms = 1500;
  summary.decode_ms = 1000;
  summary.seed = 7;
  EXPECT_EQ(stats_text(summary),
            "12 prompt tokens (4 cached), 11 tokens in 1.50 s: 10.0 tokens/s; first after 0.50 s; "
            "seed 7");
  summary.interrupted = true;
  EXPECT_EQ(stats_text(summary), "stopped after 1.50 s; first after 0.50 s");
}

TEST(Stats, SayNoRateWhereThereIsNone) {
  CompletionSummary summary;
  summary.counts = {12, 4, 1};
  summary.first_text_ms = 500;
  summary.total_ms = 500;
  summary.decode_ms = 0.02;
  summary.seed = 7;
  EXPECT_EQ(stats_text(summary),
            "12 prompt tokens (4 cached), 1 tokens in 0.50 s; first after 0.50 s; seed 7");
}

TEST(Stats, CountNoForcedTokenIntoTheRate) {
  CompletionSummary summary;
  summary.counts = {12, 0, 31, 6};
  summary.forced_tokens = 25;
  summary.total_ms = 800;
  summary.decode_ms = 500;
  EXPECT_THAT(stats_text(summary),
              HasSubstr("31 tokens (6 of thinking, 25 forced) in 0.80 s: 10.0 tokens/s;"));
  summary.forced_tokens = 30;
  EXPECT_THAT(stats_text(summary), HasSubstr("(6 of thinking, 30 forced) in 0.80 s; first"));
}

TEST(Stats, SayNoRateOfATimeTooShortToMeasure) {
  CompletionSummary summary;
  summary.counts = {12, 0, 3};
  summary.decode_ms = kRateMsLeast;
  EXPECT_THAT(stats_text(summary), HasSubstr(": 400.0 tokens/s"));
  summary.decode_ms = kRateMsLeast / 2;
  EXPECT_THAT(stats_text(summary), Not(HasSubstr("tokens/s")));
}

TEST(ModelChoice, IsTheSettingOrTheOnlyOneOrTheLargest) {
  const config::Settings none;
  EXPECT_EQ(default_model(none, {{"only"}}, "")->model, "only");
  EXPECT_EQ(default_model(none, {{"only"}}, "")->notice, "");
  const auto chosen = config::Settings::resolve({{"default_model", "mine", {}}});
  EXPECT_EQ(default_model(*chosen, {{"a"}, {"b"}}, "")->model, "mine");
  EXPECT_THAT(default_model(none, {}, "put one there").error().message, HasSubstr("put one there"));
  const auto largest = default_model(none, {{"a", 5}, {"b", 7}, {"c", 6}}, "");
  EXPECT_EQ(largest->model, "b");
  EXPECT_THAT(largest->notice, HasSubstr("'b'"));
}

TEST(ModelChoice, AChatSaysWhatEmberIs) {
  EXPECT_THAT(greeting("ember"), HasSubstr("a demonstration, help and test model"));
  EXPECT_THAT(greeting("qwen"), ::testing::Not(HasSubstr("demonstration")));
}

TEST(ModelChoice, WhatShipsIsTakenWhereNothingIsInstalled) {
  const config::Settings none;
  KnownModel ember{"ember", 9};
  ember.built_in = true;
  KnownModel other{"ember-embed", 90};
  other.built_in = true;
  EXPECT_EQ(default_model(none, {ember, other, {"mine", 1}}, "")->model, "mine");
  const auto choice = default_model(none, {ember, other}, "put one there");
  EXPECT_EQ(choice->model, "ember");
  EXPECT_THAT(choice->notice, HasSubstr("put one there"));
  EXPECT_FALSE(default_model(none, {other}, "").has_value());
}

TEST(ModelChoice, WhatOthersHoldIsTakenWhereNothingIsInstalled) {
  const config::Settings none;
  KnownModel found{"theirs", 90};
  found.holder = store::Holder::kOllama;
  KnownModel ember{"ember", 9};
  ember.built_in = true;
  EXPECT_EQ(default_model(none, {found, ember, {"mine", 1}}, "")->model, "mine");
  EXPECT_EQ(default_model(none, {found, ember}, "")->model, "theirs");
}

TEST(NamedModel, PathsBecomeAbsoluteAndNamesStay) {
  EXPECT_EQ(*named_model("qwen"), "qwen");
  EXPECT_EQ(*named_model("openai/gpt-4o"), "openai/gpt-4o");
  EXPECT_EQ(*named_model("no-such.gguf"), "no-such.gguf");
  EXPECT_EQ(*named_model("/proc/../dev/null"), "/dev/null");
  EXPECT_THAT(named_model("./no-such.gguf").error().message, HasSubstr("no model file"));
}

TEST(CompletionScript, QuotesWhatHelpTextsHold) {
  const ShellCommand program{"hearth", "", {}, {{"run", "it's", {{"--json", "a"}}, {}}}};
  EXPECT_THAT(completion_script("fish", program), HasSubstr("-a 'run' -d 'it'\\''s'"));
  EXPECT_THAT(completion_script("bash", program), HasSubstr("'hearth run') choices='--json'"));
}

}  // namespace
}  // namespace hearth::cli
