#include "cli/tools/tool_use.h"

#include <algorithm>
#include <utility>

#include <CLI/CLI.hpp>
#include <poll.h>

#include "agent/call_news.h"
#include "agent/offer.h"
#include "base/trimmed.h"
#include "cli/line_reader.h"
#include "cli/tools/tool_call.h"
#include "json/writer.h"

namespace hearth::cli {

namespace {

constexpr std::string_view kAll = "all";
constexpr std::string_view kToolCalls = "tool_calls";
constexpr std::string_view kDim = "\x1B[2m";
constexpr std::string_view kNormal = "\x1B[22m";
constexpr std::size_t kShownBytes = 160;  // of a line about a call

std::vector<std::string> names_in(const std::string& text) {
  std::vector<std::string> names;
  if (text == kAll) return names;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    names.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return names;
}

std::string on_one_line(std::string text) {
  std::ranges::replace(text, '\n', ' ');
  return agent::beginning_of(base::trimmed(text, " "), kShownBytes);
}

std::string line_of(const tool::Outcome& outcome) {
  const std::string& words = outcome.error.empty() ? outcome.output : outcome.error;
  return "  " + std::string(tool::status_name(outcome.status)) +
         (words.empty() ? "" : ": " + on_one_line(words));
}

bool is_interrupted(const Interrupt& interrupt) {
  pollfd watched{interrupt.fd(), POLLIN, 0};
  return ::poll(&watched, 1, 0) > 0;
}

// The texts of two answers stand apart, as on the screen.
void join(std::string& all, const std::string& text) {
  if (!all.empty() && !text.empty()) all += "\n\n";
  all += text;
}

void add(CompletionSummary& all, const CompletionSummary& one) {
  const bool is_first = all.total_ms == 0;
  all.finish_reason = one.finish_reason;
  all.calls = one.calls;
  all.counts.prompt += one.counts.prompt;
  all.counts.cached += one.counts.cached;
  all.counts.completion += one.counts.completion;
  all.counts.thinking += one.counts.thinking;
  if (!all.seed) all.seed = one.seed;
  all.dropped_tokens = std::max(all.dropped_tokens, one.dropped_tokens);
  all.dropped_messages = std::max(all.dropped_messages, one.dropped_messages);
  all.warnings.insert(all.warnings.end(), one.warnings.begin(), one.warnings.end());
  all.decode_ms += one.decode_ms;
  all.forced_tokens += one.forced_tokens;
  if (is_first) all.first_text_ms = one.first_text_ms;
  all.total_ms += one.total_ms;
  all.interrupted = one.interrupted;
}

}  // namespace

void add_tool_use_options(CLI::App& command, const std::string& flag, ToolUseWish& wish) {
  command.add_flag(flag + "{" + std::string(kAll) + "}", wish.names,
                   "Tools that the model may use on this machine: all, or " + flag +
                       "=NAME,NAME; `hearth tools list` shows them");
  add_place_options(command, wish.place);
  command.add_option("--rounds", wish.rounds, "How often it may call tools before it answers")
      ->check(CLI::Range(1U, agent::kRoundsMax));
  for (const char* beside : {"--workspace", "--approve", "--rounds"})
    command.get_option(beside)->needs(command.get_option(flag));
}

std::string tools_field(const std::vector<tool::Spec>& specs) {
  json::Writer json;
  json.open('[');
  for (const tool::Spec& spec : specs) {
    json.open('{').key("type").text("function").key("function").open('{');
    json.key("name").text(spec.name).key("description").text(spec.description);
    json.key("parameters").verbatim(spec.parameters).close('}').close('}');
  }
  return json.close(']').take();
}

ToolUse::ToolUse(std::unique_ptr<tool::Toolbox> toolbox, tool::Policy policy, Context& context,
                 Interrupt& interrupt)
    : toolbox_(std::move(toolbox)),
      policy_(std::move(policy)),
      console_(context.console()),
      interrupt_(interrupt) {}

Result<std::unique_ptr<ToolUse>> ToolUse::create(const ToolUseWish& wish, Context& context,
                                                 Interrupt& interrupt) {
  ToolPlace place = HEARTH_TRY(tool_place(wish.place, context));
  if (context.console().input_is_terminal())
    place.options.ask = asking(context.console(), interrupt);
  auto toolbox = HEARTH_TRY(tool::make_toolbox(place.options));
  auto specs = HEARTH_TRY(agent::offered(*toolbox, place.policy, names_in(wish.names)));
  std::unique_ptr<ToolUse> use(
      new ToolUse(std::move(toolbox), std::move(place.policy), context, interrupt));
  use->specs_ = std::move(specs);
  use->limits_.rounds = wish.rounds;
  return use;
}

std::string ToolUse::greeting() const {
  std::string names;
  for (const tool::Spec& spec : specs_)
    names += (names.empty() ? "" : ", ") + spec.name;
  const std::string& place = toolbox_->workspace();
  return "It may use " + names +
         (place.empty() ? "; there is no workspace, and so no files (--workspace DIR)."
                        : "; files are those in " + place + ".");
}

Result<Answer> ToolUse::answer(const DaemonApi& daemon, CompletionRequest& request,
                               Display display) {
  agent::Turn turn(limits_, [this](std::string_view name, std::string_view arguments) {
    return toolbox_->check(name, arguments);
  });
  CompletionRequest asked = request;
  asked.tools = tools_field(specs_);
  Answer whole;
  while (true) {
    asked.messages = request.messages;
    if (!turn.may_call()) asked.tool_choice = "none";
    const Answer one = HEARTH_TRY(ask(daemon, asked, display, whole));
    asked.seed = whole.summary.seed;
    const bool calls = one.summary.finish_reason == kToolCalls && !one.summary.calls.empty();
    if (one.summary.interrupted || !calls || !turn.may_call()) break;
    auto messages = make_calls(turn, one);
    whole.summary.interrupted = !messages;
    if (!messages) break;
    std::ranges::move(*messages, std::back_inserter(request.messages));
  }
  if (!turn.note().empty()) {
    console_.notice("hearth: " + turn.note());
    whole.summary.warnings.push_back(turn.note());
  }
  if (whole.summary.finish_reason == kToolCalls) {
    whole.summary.finish_reason = "stop";  // none of them is left to be made
    whole.summary.calls = {};
  }
  return whole;
}

Result<Answer> ToolUse::ask(const DaemonApi& daemon, const CompletionRequest& request,
                            Display display, Answer& whole) {
  const QuietTerminal quiet(console_);
  Answer one = HEARTH_TRY(fetch_answer(daemon, request, console_, interrupt_, display));
  join(whole.text, one.text);
  join(whole.thinking, one.thinking);
  add(whole.summary, one.summary);
  return one;
}

Result<std::vector<chat::Message>> ToolUse::make_calls(agent::Turn& turn, const Answer& answer) {
  chat::Message said{chat::Role::kAssistant, answer.text};
  said.thinking = answer.thinking;
  said.tool_calls = answer.summary.calls.calls();
  turn.begin_round(std::move(said));
  while (const auto step = turn.next()) {
    show("→ " + on_one_line(step->call.name + " " + step->call.arguments));
    const tool::Outcome outcome = HEARTH_TRY(make_call(*step));
    show(line_of(outcome));
    if (outcome.status == tool::Status::kCancelled || is_interrupted(interrupt_))
      return fail(Code::kCancelled, "it was interrupted");
    turn.done(outcome);
  }
  return turn.end_round();
}

Result<tool::Outcome> ToolUse::make_call(const agent::Step& step) {
  if (step.refusal) return *step.refusal;
  const tool::Call call{step.call.name, step.call.arguments};
  const tool::Decision decision = toolbox_->decide(policy_, call.name, call.arguments);
  auto refusal = HEARTH_TRY(consent_.refusal(step.call, decision));
  if (refusal) return *std::move(refusal);
  const QuietTerminal quiet(console_);
  return run_call(*toolbox_, call, interrupt_);
}

void ToolUse::show(const std::string& line) {
  if (!console_.notices_are_terminal()) {
    console_.notice(line);
    return;
  }
  std::string shown(kDim);
  shown += terminal_safe(line);
  shown += kNormal;
  console_.notice_raw(shown + "\n");
}

}  // namespace hearth::cli
