// `hearth finetune`: an existing model taught further on one's own chats.
#include <charconv>
#include <limits>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/command.h"
#include "cli/finetune/preparation.h"
#include "cli/finetune/session.h"
#include "cli/finetune/wishes.h"

namespace hearth::cli {

namespace {

using finetune::Wishes;

// The trainer's own limits.
constexpr std::uint32_t kTokensMax = 1U << 24;
constexpr std::uint32_t kContextLeast = 2;
constexpr std::uint32_t kThreadsMax = 1024;
constexpr std::uint64_t kStepsMax = 1'000'000'000;
constexpr double kMinutesLeast = 0.001;
constexpr double kMinutesMax = 1e6;
constexpr double kEpochsLeast = 1e-6;
constexpr double kEpochsMax = 1e6;
constexpr double kRateLeast = 1e-9;
constexpr double kRateMax = 1;

// Also refuses what compares with nothing: "nan".
CLI::Validator between(double least, double most) {
  return CLI::Validator(
      [least, most](const std::string& word) -> std::string {
        double value = 0;
        const char* const end = word.data() + word.size();
        const auto [rest, error] = std::from_chars(word.data(), end, value);
        const bool fits = error == std::errc() && rest == end && value >= least && value <= most;
        return fits ? "" : fmt::format("'{}' is not between {} and {}", word, least, most);
      },
      "");
}

// What CLI11 would fold into the range without a word: "-7".
CLI::Validator whole(std::uint64_t least, std::uint64_t most) {
  return CLI::Validator(
      [least, most](const std::string& word) -> std::string {
        std::uint64_t value = 0;
        const char* const end = word.data() + word.size();
        const auto [rest, error] = std::from_chars(word.data(), end, value);
        const bool fits = error == std::errc() && rest == end && value >= least && value <= most;
        return fits ? "" : fmt::format("'{}' is no whole number from {} to {}", word, least, most);
      },
      "");
}

void add_lengths(CLI::App& command, Wishes& wishes) {
  command.add_option("--epochs", wishes.epochs, "Rounds of the data; 3 if no length is given")
      ->check(between(kEpochsLeast, kEpochsMax));
  command.add_option("--minutes", wishes.minutes, "Of training, over all legs")
      ->check(between(kMinutesLeast, kMinutesMax));
  command.add_option("--steps", wishes.steps, "Of the optimiser; the first length reached ends it")
      ->check(whole(1, kStepsMax));
  command
      .add_option("--leg-minutes", wishes.leg_minutes, "Stop after these, to go on another time")
      ->check(between(kMinutesLeast, kMinutesMax));
}

void add_ways(CLI::App& command, Wishes& wishes) {
  command
      .add_option("--learning-rate", wishes.learning_rate,
                  "Of AdamW; if not given, by the model's size")
      ->check(between(kRateLeast, kRateMax));
  command.add_option("--batch-tokens", wishes.batch_tokens, "Tokens of one step (1024)")
      ->check(whole(1, kTokensMax));
  command
      .add_option("--context", wishes.context, "Cut conversations here; the model's if not given")
      ->check(whole(kContextLeast, kTokensMax));
  command.add_option("--threads", wishes.threads, "That compute; all cores if not given")
      ->check(whole(1, kThreadsMax));
  command.add_option("--seed", wishes.seed, "Of the order of the chats (1)")
      ->check(whole(0, std::numeric_limits<std::int64_t>::max()));
}

}  // namespace

void add_finetune_command(CLI::App& app, Action& chosen) {
  auto wishes = std::make_shared<Wishes>();
  CLI::App* command = app.add_subcommand("finetune", "Teach a model further on your own chats");
  command->add_option("DATA", wishes->data, "Files of chats, a JSON object with messages a line")
      ->required();
  command->add_option("--from", wishes->from, "The model to begin with: a name, or a GGUF file")
      ->required();
  command->add_option("--name", wishes->name, "What the new model is called")->required();
  command->add_option("--out", wishes->out, "Its file, instead of one in the models folder");
  command->add_option("--validation", wishes->validation, "Chats to measure with and not to learn")
      ->allow_extra_args(false);
  add_lengths(*command, *wishes);
  add_ways(*command, *wishes);
  command
      ->add_option("--type", wishes->type, "Of the new model's weights: f16 (default), q8_0, f32")
      ->check(CLI::IsMember({"f16", "q8_0", "f32"}));
  command->add_flag("--force", wishes->force, "Begin anew, and take the name from what has it");
  command->add_flag("--json", wishes->json, "Print the trainer's events, one JSON object a line");
  command->callback([wishes, &chosen] {
    chosen = [wishes](Context& context) -> Result<int> {
      const auto preparation = HEARTH_TRY(finetune::prepare(*wishes, context));
      return finetune::train(*wishes, preparation, context.console());
    };
  });
}

}  // namespace hearth::cli
