#include "api/core/tally.h"

#include <algorithm>
#include <variant>

namespace hearth::api {

bool is_output(const chat::Event& event) {
  return std::holds_alternative<chat::TextDelta>(event) ||
         std::holds_alternative<chat::ThinkingDelta>(event) ||
         std::holds_alternative<chat::ToolCallDelta>(event);
}

Tally::Tally(std::size_t choices, Keep keep, std::size_t prompts)
    : keep_(keep), choices_(choices), unfinished_(choices), prompts_(prompts) {
  if (keep != Keep::kTextAndLogprobs) return;
  for (Choice& choice : choices_)
    choice.logprobs.emplace();
}

void Tally::note(const ChoiceEvent& event) {
  Choice& choice = choices_[event.choice];
  Prompt& prompt = prompts_[event.choice * prompts_.size() / choices_.size()];
  if (const auto* started = std::get_if<chat::Started>(&event.event)) {
    choice.started = *started;
    if (event.choice == 0) summary_.seed = started->seed;
    note_prompt(prompt, started->prompt_tokens);
    summary_.dropped_tokens = std::max(summary_.dropped_tokens, started->dropped_tokens);
    summary_.dropped_messages = std::max(summary_.dropped_messages, started->dropped_messages);
  } else if (const auto* usage = std::get_if<chat::Usage>(&event.event)) {
    choice.usage = *usage;
    note_usage(prompt, *usage);
  } else if (const auto* warning = std::get_if<chat::Warning>(&event.event)) {
    note_warning(warning->text);
  } else if (const auto* finished = std::get_if<chat::Finished>(&event.event)) {
    choice.reason = finished->reason;
    choice.stop_sequence = finished->stop_sequence;
    --unfinished_;
  } else if (is_output(event.event)) {
    note_output(choice, event.event);
  }
}

void Tally::note(const agent::CallNews& news) {
  if (news.status) summary_.calls.push_back(news);
}

void Tally::note_output(Choice& choice, const chat::Event& event) {
  any_output_ = true;
  if (const auto* text = std::get_if<chat::TextDelta>(&event)) completion_told_ += text->tokens;
  if (const auto* thought = std::get_if<chat::ThinkingDelta>(&event))
    completion_told_ += thought->tokens;
  if (const auto* call = std::get_if<chat::ToolCallDelta>(&event)) completion_told_ += call->tokens;
  if (keep_ != Keep::kNothing) keep(choice, event);
}

std::uint64_t Tally::prompt_tokens() const {
  return summary_.usage.prompt_tokens;
}

std::uint64_t Tally::completion_tokens() const {
  return std::max<std::uint64_t>(completion_told_, summary_.usage.completion_tokens);
}

void Tally::keep(Choice& choice, const chat::Event& event) {
  if (const auto* thought = std::get_if<chat::ThinkingDelta>(&event)) {
    choice.thinking += thought->text;
  } else if (const auto* call = std::get_if<chat::ToolCallDelta>(&event)) {
    choice.calls.add(*call);
  } else if (const auto* delta = std::get_if<chat::TextDelta>(&event)) {
    choice.text += delta->text;
    if (!choice.logprobs) return;
    choice.logprobs->insert(choice.logprobs->end(), delta->logprobs.begin(), delta->logprobs.end());
  }
}

void Tally::note_warning(const std::string& text) {
  std::vector<std::string>& warnings = summary_.warnings;
  const bool known = std::find(warnings.begin(), warnings.end(), text) != warnings.end();
  if (!known && warnings.size() < kWarningsMax) warnings.push_back(text);
}

void Tally::note_prompt(Prompt& prompt, std::uint32_t tokens) {
  if (tokens <= prompt.tokens) return;
  summary_.usage.prompt_tokens += tokens - prompt.tokens;
  prompt.tokens = tokens;
}

void Tally::note_usage(Prompt& prompt, const chat::Usage& usage) {
  chat::Usage& all = summary_.usage;
  // One of the choices computed the prompt, and the others found all of it.
  const std::uint32_t before = prompt.cached.value_or(0);
  prompt.cached = std::min(prompt.cached.value_or(usage.cached_tokens), usage.cached_tokens);
  all.cached_tokens = all.cached_tokens - before + *prompt.cached;
  note_prompt(prompt, usage.prompt_tokens);
  all.completion_tokens += usage.completion_tokens;
  all.shifted_tokens += usage.shifted_tokens;
  all.thinking_tokens += usage.thinking_tokens;
  all.forced_tokens += usage.forced_tokens;
  all.queue_ms = std::max(all.queue_ms, usage.queue_ms);
  all.prefill_ms = std::max(all.prefill_ms, usage.prefill_ms);
  all.decode_ms = std::max(all.decode_ms, usage.decode_ms);
}

}  // namespace hearth::api
