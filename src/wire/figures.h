// What a runner has measured since it loaded its model, as distributions: of its steps and of the
// requests it answered. The list of them stands once, below; whoever writes, reads or shows them
// goes through it.
//
// Threads: values.
#pragma once

#include <array>
#include <string_view>

#include "metrics/histogram.h"

namespace hearth::wire {

struct Figures {
  using Distribution = metrics::HistogramSnapshot;

  // Of every step that was computed whole.
  Distribution step_ms;
  Distribution step_tokens;
  Distribution step_writers;        // sequences that had one token each, of an answer
  Distribution step_prompt_tokens;  // the rest
  // Of every answer that ended well.
  Distribution queue_ms;
  Distribution prefill_ms;
  Distribution prompt_tokens;
  Distribution cached_tokens;  // of the prompt, that need not be computed
  // Between one token of an answer and the next, of all answers.
  Distribution token_ms;
};

struct FigureField {
  std::string_view name;  // what is in milliseconds ends in _ms
  std::string_view help;
  Figures::Distribution Figures::* member;
};

inline constexpr std::array kFigureFields{
    FigureField{"step_ms", "How long a step took", &Figures::step_ms},
    FigureField{"step_tokens", "Tokens computed in a step", &Figures::step_tokens},
    FigureField{"step_writers", "Answers that a step made a token for", &Figures::step_writers},
    FigureField{"step_prompt_tokens", "Tokens of prompts computed in a step",
                &Figures::step_prompt_tokens},
    FigureField{"queue_ms", "How long a request waited to be admitted", &Figures::queue_ms},
    FigureField{"prefill_ms", "From admission to the first token", &Figures::prefill_ms},
    FigureField{"prompt_tokens", "Tokens of a prompt", &Figures::prompt_tokens},
    FigureField{"cached_tokens", "Tokens of a prompt that were taken from the prefix cache",
                &Figures::cached_tokens},
    FigureField{"token_ms", "Between two tokens of an answer", &Figures::token_ms},
};

}  // namespace hearth::wire
