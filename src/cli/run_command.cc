// `hearth run`: one prompt, one answer; what is piped in becomes part of the prompt.
#include <charconv>
#include <csignal>
#include <memory>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/utf8.h"
#include "cli/answer.h"
#include "cli/answer_options.h"
#include "cli/chat_command.h"
#include "cli/command.h"
#include "cli/cut_answer.h"
#include "cli/prompt.h"
#include "cli/tools/tool_use.h"
#include "json/writer.h"

namespace hearth::cli {

namespace {

constexpr double kTemperatureMax = 2.0;
constexpr double kRepeatPenaltyLeast = 0.01;
constexpr double kRepeatPenaltyMost = 10.0;
constexpr std::uint32_t kTopKMax = 1'000'000;
constexpr std::uint32_t kMaxTokensMax = 1U << 30;

struct Options {
  CompletionRequest request;
  AnswerOptions answer;
  std::vector<std::string> words;
  std::string system;
  ToolUseWish tools;
  bool stats = false;
  bool json = false;
};

// Also refuses what compares with nothing: "nan".
std::string check_between(const std::string& word, double least, double most) {
  double value = 0;
  const bool fine = CLI::detail::lexical_cast(word, value) && value >= least && value <= most;
  return fine ? "" : fmt::format("'{}' is not between {} and {}", word, least, most);
}
std::string check_temperature(const std::string& word) {
  return check_between(word, 0, kTemperatureMax);
}
std::string check_share(const std::string& word) {
  return check_between(word, 0, 1);
}
std::string check_penalty(const std::string& word) {
  return check_between(word, kRepeatPenaltyLeast, kRepeatPenaltyMost);
}

// What CLI11 would fold into the range without a word: "-7", and what has more than 64 bits.
std::string check_seed(const std::string& word) {
  std::uint64_t seed = 0;
  const char* const end = word.data() + word.size();
  const auto [rest, error] = std::from_chars(word.data(), end, seed);
  return error == std::errc() && rest == end ? "" : "'" + word + "' is no whole number of 64 bits";
}

void write_beside_text(json::Writer& json, const Answer& answer) {
  if (!answer.thinking.empty()) json.key("thinking").text(answer.thinking);
  if (!answer.summary.calls.empty()) {
    json.key("tool_calls").open('[');
    for (const chat::ToolCall& call : answer.summary.calls.calls())
      write_call(json, call);
    json.close(']');
  }
  if (!answer.summary.warnings.empty()) {
    json.key("warnings").open('[');
    for (const std::string& warning : answer.summary.warnings)
      json.text(warning);
    json.close(']');
  }
}

std::string as_json(const std::string& model, const Answer& answer) {
  const CompletionSummary& summary = answer.summary;
  json::Writer json;
  json.open('{').key("model").text(model).key("text").text(answer.text);
  write_beside_text(json, answer);
  json.key("finish_reason").text(summary.interrupted ? "cancelled" : summary.finish_reason);
  if (summary.interrupted) {  // the counts come with the end
    json.key("usage").null();
  } else {
    json.key("usage").open('{').key("prompt_tokens").number(summary.counts.prompt);
    json.key("cached_tokens").number(summary.counts.cached);
    json.key("completion_tokens").number(summary.counts.completion);
    json.key("thinking_tokens").number(summary.counts.thinking);
    json.key("forced_tokens").number(summary.forced_tokens).close('}');
  }
  if (summary.seed) json.key("seed").number(*summary.seed);
  if (summary.dropped_tokens > 0) json.key("dropped_tokens").number(summary.dropped_tokens);
  if (summary.dropped_messages > 0) json.key("dropped_messages").number(summary.dropped_messages);
  json.key("first_text_ms").number(summary.first_text_ms);
  json.key("total_ms").number(summary.total_ms);
  return json.close('}').take() + "\n";
}

Result<Answer> fetch(const Options& options, const DaemonApi& daemon, CompletionRequest& request,
                     Context& context) {
  Interrupt interrupt;
  if (options.tools.names.empty()) {
    const auto display = options.json ? Display::kCollected : Display::kStreamed;
    return fetch_answer(daemon, request, context.console(), interrupt, display);
  }
  const auto use = HEARTH_TRY(ToolUse::create(options.tools, context, interrupt));
  return use->answer(daemon, request, options.json ? Display::kCollected : Display::kText);
}

Result<int> answer_once(const Options& options, CompletionRequest request, Context& context) {
  Console& console = context.console();
  const DaemonApi daemon = HEARTH_TRY(context.daemon());
  request.model = HEARTH_TRY(choose_model(daemon, request.model, context));
  auto fetched = fetch(options, daemon, request, context);
  if (!fetched) return fail(about_option(options.answer, std::move(fetched).error()));
  const Answer& answer = *fetched;
  if (options.json) console.print(as_json(request.model, answer));
  if (options.stats) console.notice(stats_text(answer.summary));
  if (is_cut(answer.summary)) console.notice(cut_notice(request, answer.summary));
  if (console.is_gone()) return kExitFailed;
  if (answer.summary.interrupted) return kExitCancelled;
  return is_broken(request, answer.summary) ? kExitPartial : kExitDone;
}

Result<int> run(const Options& options, Context& context) {
  Console& console = context.console();
  CompletionRequest request = options.request;
  HEARTH_TRY(apply(options.answer, request));
  if (!options.system.empty()) request.messages = {{chat::Role::kSystem, options.system}};
  const std::string piped = HEARTH_TRY(read_piped(console));
  std::string prompt = joined_prompt(options.words, piped);
  if (prompt.empty()) {
    if (console.input_is_terminal() && !options.json) {
      return start_chat(std::move(request), options.tools, context);
    }
    console.notice("hearth: there is no prompt; give one after the model or pipe it in");
    return kExitUsage;
  }
  if (!base::is_utf8(prompt) || !base::is_utf8(options.system)) {
    return fail(Code::kInvalidArgument, "the prompt is not UTF-8 text");
  }
  request.messages.push_back({chat::Role::kUser, std::move(prompt)});
  return answer_once(options, std::move(request), context);
}

}  // namespace

namespace {

// How tokens are chosen, and what becomes of a prompt that is too long.
void add_sampling_options(CLI::App& command, CompletionRequest& request) {
  command.add_option("--temperature", request.temperature, "0 always takes the likeliest token")
      ->check(&check_temperature);
  command.add_option("--top-k", request.top_k, "Choose among so many likely tokens; 0 is all")
      ->check(CLI::Range(0U, kTopKMax));
  command.add_option("--top-p", request.top_p, "Choose among tokens that together have this share")
      ->check(&check_share);
  command
      .add_option("--min-p", request.min_p, "Leave out what has less than this share of the best")
      ->check(&check_share);
  command.add_option("--repeat-penalty", request.repeat_penalty, "Above 1, repeat less")
      ->check(&check_penalty);
  command.add_option("--seed", request.seed, "Makes an answer repeatable")->check(&check_seed);
  command.add_option("--stop", request.stop, "End the answer before this text; may stand often")
      ->allow_extra_args(false);
  command
      .add_option("--overflow", request.overflow,
                  "A prompt that is too long: error (default), truncate or shift")
      ->check(CLI::IsMember({"error", "truncate", "shift"}));
}

}  // namespace

void add_run_command(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<Options>();
  CompletionRequest& request = options->request;
  CLI::App* command =
      app.add_subcommand("run", "Answer one prompt; piped input becomes part of it");
  command->add_option("MODEL", request.model, "A model's name, or the path of a GGUF file")
      ->required();
  command->add_option("PROMPT", options->words, "The prompt; without it, a chat");
  command->add_option("--system", options->system, "Tell the model how to behave");
  add_sampling_options(*command, request);
  add_form_options(*command, options->answer);
  add_thinking_options(*command, options->answer, request);
  add_keep_alive_option(*command, request.keep_alive);
  add_tool_use_options(*command, "--run-tools", options->tools);
  command->get_option("--run-tools")->excludes(command->get_option("--tools"));
  command->add_option("--max-tokens", request.max_tokens, "The longest answer, in tokens")
      ->check(CLI::Range(1U, kMaxTokensMax));
  command->add_flag("--stats", options->stats, "Show tokens and times after the answer");
  command->add_flag("--json", options->json, "Print one JSON object instead of the text");
  command->callback([options, &chosen] {
    chosen = [options](Context& context) { return run(*options, context); };
  });
}

}  // namespace hearth::cli
