// One running request: its tokens, how far they are computed, and what of its answer was said.
//
// Threads:    confined to the engine's thread, save for the cancel token.
// Invariants: computed <= tokens.size(); the KV cache holds exactly the first `computed` tokens
//             of its slot; generated() tokens follow the prompt in `tokens`, until it is shifted.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/cancellation.h"
#include "base/clock.h"
#include "chat/request.h"
#include "dialogue/answer_reader.h"
#include "engine/guide.h"
#include "engine/kv_ledger.h"
#include "engine/lexicon.h"
#include "engine/model.h"
#include "engine/sampler.h"
#include "engine/text_assembler.h"
#include "engine/unsaid_logprobs.h"

namespace hearth::engine {

inline constexpr llama_seq_id kNoSlot = -1;

struct Sequence {
  std::uint32_t request = 0;
  chat::Request asked;
  std::uint64_t seed = 0;
  std::vector<Token> tokens;
  std::size_t prompt_size = 0;
  std::uint32_t dropped_tokens = 0;    // of the prompt, which was too long
  std::uint32_t dropped_messages = 0;  // with them
  std::uint32_t answer_max = 0;        // tokens; what was asked for, cut to the context
  base::CancelToken cancel;
  TextAssembler text{{}};
  // Of what its reader takes for text: up to the stops that were asked for, which are not looked
  // for in thinking and calls. Where all is text, `text` knows them.
  TextAssembler content{{}};
  std::unique_ptr<Sampler> sampler;
  std::unique_ptr<Guide> guide;                    // null: nothing binds the answer
  std::vector<std::string> warnings;               // about what was asked, to be said first
  std::unique_ptr<dialogue::AnswerReader> reader;  // null: all of it is text
  SaidTokens said;                                 // control tokens that count as text
  UnsaidLogprobs unsaid_logprobs;
  std::vector<chat::TokenLogprob> unread_logprobs;  // of text that the reader holds back
  UnsaidLogprobs content_logprobs;                  // of text that may begin a stop

  llama_seq_id slot = kNoSlot;
  std::size_t computed = 0;
  std::size_t shifted = 0;      // tokens that left the context while it answered
  bool moved = false;           // what is computed is not what its tokens alone would give
  std::uint64_t origin = 0;     // of the cells it computes; another one each time it is admitted
  Holding shared;               // the beginning that it took from another one's cells
  std::size_t known = 0;        // tokens it is expected to find computed when it is admitted
  std::size_t cached = 0;       // that it found when it first was
  std::uint32_t waits_for = 0;  // the request that is computing what this one begins with; 0: none
  bool fetching = false;        // until that is read from files
  bool fetched = false;
  std::int64_t credit = 0;            // events its reader is ready to take
  std::optional<chat::Event> unsent;  // a piece of the answer; the step may add to it
  std::uint32_t unsaid_tokens = 0;    // generated, and held back or invisible so far
  std::uint32_t thinking_tokens = 0;
  std::uint32_t forced_tokens = 0;
  bool ended = false;
  std::uint64_t last_step = 0;  // in which it had a part

  base::TimePoint arrived;
  std::optional<base::TimePoint> admitted;
  std::optional<base::TimePoint> answering;   // the first token was sampled
  std::optional<base::TimePoint> last_token;  // sampled; nothing after a pause of its reader's
  std::optional<base::TimePoint> deadline;

  // The cells of its slot, if it had computed this much.
  Holding holding(std::size_t to) const {
    Holding all = shared;
    const std::size_t from = shared.empty() ? 0 : shared.back().to;
    if (to > from) all.push_back({origin, from, to});
    return all;
  }
  bool stopped() const { return text.stopped() || content.stopped(); }
  const std::string& stopped_by() const {
    return content.stopped() ? content.stopped_by() : text.stopped_by();
  }
  // What the answer may still have.
  std::uint32_t tokens_left() const {
    return answer_max - std::min(answer_max, static_cast<std::uint32_t>(generated()));
  }
  std::size_t generated() const { return tokens.size() + shifted - prompt_size; }
  std::size_t pending() const { return tokens.size() - computed; }
  bool decoding() const { return generated() > 0 && pending() == 1; }
  // Who had the prompt or a part of it computed before says less work is left.
  std::size_t expected_work() const { return tokens.size() - std::max(computed, known); }
};

}  // namespace hearth::engine
