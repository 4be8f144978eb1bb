// Whether a model fits, decided from its facts and the memory there is. Nothing is measured here.
//
// Threads: pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "fleet/fit/machine.h"
#include "fleet/fit/observed_memory.h"
#include "gguf/memory_estimate.h"

namespace hearth::fleet {

// Of what is available, a model may take so much: the rest is for its answers' other needs and for
// everybody else.
inline constexpr double kBudgetShare = 0.8;
// A context below this is of no use, so no model is said to fit with one.
inline constexpr std::uint64_t kUsefulContext = 512;
// An observation corrects an estimate by so much at most: a process that was swapped out says
// little about what it needs.
inline constexpr double kCorrectionLeast = 0.75;
inline constexpr double kCorrectionMost = 1.5;

enum class Verdict : std::uint8_t {
  kFits,
  kFitsSmaller,  // with a smaller context than was asked for
  kTight,        // with what is above the budget, or what other models hold
  kDoesNotFit,
  kUnknown  // the system does not tell how much memory there is
};

// "fits", "fits with a smaller context", "tight", "does not fit", "unknown".
std::string_view verdict_words(Verdict verdict);
// "fits", "fits_smaller", "tight", "does_not_fit", "unknown".
std::string_view verdict_name(Verdict verdict);

// How much memory a model needs, and how sure that is.
class Need {
 public:
  // `seen` is what a runner of this model once held.
  Need(const gguf::ModelFacts& facts, const std::optional<SeenMemory>& seen);

  gguf::MemoryEstimate estimate(const gguf::MemoryRequest& request) const;
  // The whole of it, corrected.
  std::uint64_t bytes(const gguf::MemoryRequest& request) const;
  // What estimates are multiplied by; 1 where nothing was seen.
  double correction() const { return correction_; }

 private:
  const gguf::ModelFacts& facts_;
  double correction_ = 1.0;
};

struct Fit {
  Verdict verdict = Verdict::kUnknown;
  // As wished; with kFitsSmaller the largest that fits, or that the model was trained for.
  std::uint64_t context = 0;
  std::uint64_t need_bytes = 0;

  bool operator==(const Fit&) const = default;
};

// Of so many bytes and no fewer: fits, tight, does not fit, or unknown.
Verdict judge_bytes(std::uint64_t need_bytes, const Machine& machine);
// The context may be smaller than it is wished.
Fit judge(const Need& need, const gguf::MemoryRequest& wish, const Machine& machine);
// What was judged for as many tokens as the model was trained for, where more were asked for, fits
// with fewer. Nobody asked for 0.
Fit within_training(Fit fit, std::uint64_t asked);

}  // namespace hearth::fleet
