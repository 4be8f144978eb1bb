#include "cli/chat_session.h"

#include <csignal>
#include <utility>

#include "cli/command.h"
#include "cli/cut_answer.h"
#include "cli/model_choice.h"
#include "cli/slash_command.h"

namespace hearth::cli {

Result<int> ChatSession::run() {
  LineReader reader(console_, interrupt_);
  if (console_.input_is_terminal()) console_.notice(greeting(request_.model));
  if (tools_ != nullptr) console_.notice(tools_->greeting());
  while (!console_.is_gone()) {
    const LineReader::Line line = HEARTH_TRY(reader.read(">>> "));
    if (line.kind == LineReader::Kind::kEnd) break;
    if (line.kind == LineReader::Kind::kInterrupted) {
      const bool again = was_interrupted_ && line.text.empty();
      if (again || line.is_final) return kExitCancelled;
      was_interrupted_ = true;
      console_.notice("(Ctrl-C again, or Ctrl-D, leaves.)");
      continue;
    }
    was_interrupted_ = false;
    if (take_line(line.text) == Next::kLeave) break;
  }
  return exit_code_;
}

ChatSession::Next ChatSession::take_line(const std::string& line) {
  if (line.find_first_not_of(" \t\n") == std::string::npos) return Next::kGoOn;
  if (parse_slash_command(line).kind != SlashCommand::Kind::kNone) return take_command(line);
  const auto answered = answer(line.starts_with("//") ? line.substr(1) : line);
  if (answered) return Next::kGoOn;
  console_.notice("hearth: " + answered.error().message);
  if (answered.error().code == Code::kContextOverflow) {
    console_.notice("/clear starts afresh.");
  }
  // Nobody is there to correct anything when the lines come from a pipe.
  if (console_.input_is_terminal()) return Next::kGoOn;
  exit_code_ = kExitFailed;
  return Next::kLeave;
}

// A private daemon may have ended since the last turn; another one is then started.
Result<Answer> ChatSession::ask() {
  const DaemonApi daemon = HEARTH_TRY(connect_());
  if (tools_ != nullptr) return tools_->answer(daemon, request_, Display::kText);
  const QuietTerminal quiet(console_);
  return fetch_answer(daemon, request_, console_, interrupt_, Display::kStreamed);
}

Result<void> ChatSession::answer(const std::string& line) {
  const std::size_t before = request_.messages.size();
  request_.messages.push_back({chat::Role::kUser, line});
  auto answer = ask();
  if (!answer) {
    request_.messages.resize(before);
    return fail(std::move(answer).error());
  }
  if (answer->summary.interrupted) {
    was_interrupted_ = true;
    if (interrupt_.take() == SIGTERM) ::raise(SIGTERM);  // read again at the prompt, and obeyed
    console_.notice("(stopped)");
  } else if (is_cut(answer->summary)) {
    console_.notice("(cut at its length; ask it to go on)");
  }
  chat::Message said{chat::Role::kAssistant, std::move(answer->text)};
  said.thinking = std::move(answer->thinking);
  request_.messages.push_back(std::move(said));
  last_ = std::move(answer->summary);
  return {};
}

ChatSession::Next ChatSession::take_command(const std::string& line) {
  using Kind = SlashCommand::Kind;
  const SlashCommand command = parse_slash_command(line);
  switch (command.kind) {
    case Kind::kExit:
      return Next::kLeave;
    case Kind::kHelp:
      console_.notice(slash_help());
      break;
    case Kind::kClear: {
      const bool has_system =
          !request_.messages.empty() && request_.messages[0].role == chat::Role::kSystem;
      request_.messages.resize(has_system ? 1 : 0);
      console_.notice("The conversation is forgotten.");
      break;
    }
    case Kind::kSystem:
      set_system(command.argument);
      break;
    case Kind::kModel:
      if (const auto set = set_model(command.argument); !set) {
        console_.notice("hearth: " + set.error().message);
      } else {
        console_.notice("The model is " + request_.model + ".");
      }
      break;
    case Kind::kThink:
      set_thinking(command.argument);
      break;
    case Kind::kStats:
      console_.notice(last_ ? stats_text(*last_) : "There was no answer yet.");
      break;
    case Kind::kUnknown:
      console_.notice("There is no such command" +
                      (command.argument.empty() ? "" : "; did you mean " + command.argument + "?") +
                      (command.argument.empty() ? ". " : " ") + "/help lists all of them.");
      break;
    case Kind::kNone:
      break;
  }
  return Next::kGoOn;
}

Result<void> ChatSession::set_model(const std::string& argument) {
  if (argument.empty()) return {};
  std::string model = HEARTH_TRY(named_model(argument));
  if (!model.starts_with('/')) {
    const DaemonApi daemon = HEARTH_TRY(connect_());
    const DaemonModels models = HEARTH_TRY(daemon.models());
    HEARTH_TRY(check_known(model, models.known));
  }
  request_.model = std::move(model);
  return {};
}

void ChatSession::set_system(const std::string& text) {
  auto& messages = request_.messages;
  if (!messages.empty() && messages[0].role == chat::Role::kSystem) {
    messages.erase(messages.begin());
  }
  if (!text.empty()) messages.insert(messages.begin(), {chat::Role::kSystem, text});
  console_.notice(text.empty() ? "No system message." : "The system message is set.");
}

void ChatSession::set_thinking(const std::string& word) {
  if (word.empty()) {
    request_.thinking.reset();
    console_.notice("The model thinks as it likes.");
  } else if (word == "on" || word == "off") {
    request_.thinking = word == "on";
    console_.notice(word == "on" ? "The model thinks first." : "The model answers at once.");
  } else {
    console_.notice("It is /think on, /think off, or /think.");
  }
}

}  // namespace hearth::cli
