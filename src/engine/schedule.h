// Which sequences compute how many tokens in the next step. A pure decision over a few numbers;
// it knows no model, no thread and no time.
//
// Rules: every decoding sequence gets its one token first; what is left of the step goes to
// prompts, oldest first. A sequence whose reader is behind waits.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace hearth::engine {

struct Candidate {
  std::uint32_t tokens_pending = 0;  // known and not yet computed; 1 while decoding
  bool decoding = false;
  bool reader_ready = true;
};

struct Share {
  std::size_t candidate = 0;
  std::uint32_t tokens = 0;
  bool operator==(const Share&) const = default;
};

// Candidates come in the order of their arrival; shares keep that order within each kind.
std::vector<Share> plan_step(std::span<const Candidate> candidates, std::uint32_t tokens_max);

}  // namespace hearth::engine
