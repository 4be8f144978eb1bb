// How the next token of one request is chosen: the samplers of llama.cpp in the order of its
// server (bias, penalties, DRY, then top-k, typical, top-p, min-p, XTC, temperature, or mirostat in
// place of these) over no more candidates than can matter.
//
// Only a token that has a bias or came before can be changed by what stands before top-k. So with
// a top-k (greedy is top-1) the candidates are the k highest of the others, and those; llama.cpp's
// samplers see nothing else, and choose the same as if they had seen everything.
//
// Threads: confined to one thread at a time; made on a worker, because DRY reads the vocabulary.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "chat/request.h"
#include "engine/candidates.h"
#include "engine/model.h"

namespace hearth::engine {

// llama.cpp draws from 32 bits and takes one value of them for "random"; a seed of 64 bits becomes
// one that is neither cut nor random. Small seeds stay what they are.
std::uint32_t fold_seed(std::uint64_t seed);

// What of a model matters to a sampler.
struct SampledModel {
  const llama_vocab* vocab = nullptr;  // may be null without DRY's breakers
  std::int32_t size = 0;               // of the vocabulary
  std::uint32_t context = 0;
  std::span<const Token> end_tokens = {};  // which ignore_eos forbids
};

class Sampler {
 public:
  // Biases of tokens that are not in the vocabulary are kInvalidArgument.
  static Result<std::unique_ptr<Sampler>> create(const SampledModel& model,
                                                 const chat::Sampling& sampling,
                                                 std::uint64_t seed);

  // Takes the token for said, as if it had been chosen: what a prompt brings along, and what is
  // certain in an answer.
  void accept(Token token);
  // How many of the last tokens of a prompt are worth accepting.
  std::size_t memory() const { return memory_; }

  // The next token, one of the allowed ones, which is then accepted. The logits are those of the
  // whole vocabulary; they change while this works and are what they were when it returns.
  // kCorrupt when they are no numbers, kInvalidArgument when every token is forbidden.
  Result<Token> choose(std::span<float> logits, Allowed allowed = {});

 private:
  enum class Mark : bool { kOther, kSpecial };
  struct Special {
    Token token = 0;
    float bias = 0;
  };

  Sampler() = default;
  Result<void> bias(const SampledModel& model, const chat::Sampling& sampling);
  void build_head(const SampledModel& model, const chat::Sampling& sampling);
  void build_tail(const SampledModel& model, const chat::Sampling& sampling, std::uint32_t seed);
  void mark(Token token, float bias);
  std::optional<Token> choose_possible(std::span<float> logits,
                                       Allowed allowed);  // nothing: all are forbidden
  std::vector<llama_token_data> gather(std::span<float> logits, Allowed allowed) const;

  LlamaSampler head_;             // penalties and DRY; null when there are none
  LlamaSampler tail_;             // null when the highest is taken
  std::size_t memory_ = 0;        // tokens that the head looks back at
  std::size_t count_ = 0;         // candidates among the others; 0 is all
  std::vector<Special> special_;  // tokens with a bias or, for the head, accepted ones; each once
  std::vector<Mark> marks_;       // of each token of the vocabulary, once there is a special one
};

}  // namespace hearth::engine
