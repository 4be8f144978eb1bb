// What is known of an answer so far, from the events of all its choices.
//
// Threads: thread-compatible; pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/call_news.h"
#include "api/core/event_reader.h"
#include "chat/event.h"
#include "chat/gathered_calls.h"

namespace hearth::api {

// Of all choices of an answer; what a runner has to say beyond that is left out.
inline constexpr std::size_t kWarningsMax = 16;

struct Choice {
  std::string text;
  std::string thinking = {};
  chat::GatheredCalls calls = {};
  std::optional<std::vector<chat::TokenLogprob>> logprobs;  // empty when nobody asked
  chat::Finished::Reason reason = chat::Finished::Reason::kStop;
  std::string stop_sequence = {};  // which of the client's ended it, if one did
  chat::Started started = {};      // of this one alone, as far as they have come
  chat::Usage usage = {};
};

// What is told of the answer as a whole; of several choices, a prompt counts once.
struct Summary {
  chat::Usage usage;                        // of the prompt from its begin, of the rest at the end
  std::uint64_t seed = 0;                   // of the first choice
  std::uint32_t dropped_tokens = 0;         // of a prompt that was too long
  std::uint32_t dropped_messages = 0;       // of a history that was too long
  std::vector<std::string> warnings;        // each once
  std::vector<agent::CallNews> calls = {};  // that the daemon has made for the answer, each once
};

// Text, a thought or a part of a call.
bool is_output(const chat::Event& event);

class Tally {
 public:
  // Of the deltas; thoughts and calls go with the text.
  enum class Keep { kText, kTextAndLogprobs, kNothing };

  // Of one prompt or several; each has as many of the choices, which stand in its order.
  Tally(std::size_t choices, Keep keep, std::size_t prompts = 1);

  void note(const ChoiceEvent& event);
  // Of a call that has ended; of one that begins nothing is kept.
  void note(const agent::CallNews& news);
  bool any_output() const { return any_output_; }
  bool complete() const { return unfinished_ == 0; }  // every choice has finished
  const std::vector<Choice>& choices() const { return choices_; }
  // A prompt and what was found of it in a cache count once, the completions together; times are
  // the longest.
  const Summary& summary() const { return summary_; }
  // What has been computed, of an answer that was called off too: then as far as it was told.
  std::uint64_t prompt_tokens() const;
  std::uint64_t completion_tokens() const;

 private:
  void note_output(Choice& choice, const chat::Event& event);
  void keep(Choice& choice, const chat::Event& event);
  struct Prompt {
    std::uint32_t tokens = 0;
    std::optional<std::uint32_t> cached;  // the least that one of its choices found
  };

  void note_prompt(Prompt& prompt, std::uint32_t tokens);
  void note_usage(Prompt& prompt, const chat::Usage& usage);
  void note_warning(const std::string& text);

  Keep keep_;
  std::vector<Choice> choices_;
  Summary summary_;
  std::size_t unfinished_;
  std::vector<Prompt> prompts_;
  std::uint64_t completion_told_ = 0;
  bool any_output_ = false;
};

}  // namespace hearth::api
