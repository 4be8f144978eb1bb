// Marks a function that is compiled once for each level of x86-64, of which the one for the CPU at
// hand is taken when the program starts. Sanitizers do not bear that: it happens before they do.
//
// In such a function, Lanes are as many numbers as one instruction of the highest level takes; on
// others it takes several. They are never passed by value: what that means differs between levels.
#pragma once

#include <cstddef>
#include <cstdint>

#if defined(__x86_64__) && !defined(HEARTH_SANITIZER_ADDRESS) && !defined(HEARTH_SANITIZER_THREAD)
#define HEARTH_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define HEARTH_CLONES
#endif

namespace hearth::train {

inline constexpr std::size_t kLanes = 16;
using Lanes = float __attribute__((vector_size(kLanes * sizeof(float))));
using IntLanes = std::int32_t __attribute__((vector_size(kLanes * sizeof(float))));

// Lanes as they stand among a matrix's numbers: at any of them.
struct __attribute__((packed, may_alias)) LooseLanes {
  Lanes all;
};

inline const LooseLanes& lanes_at(const float* numbers) {
  return *reinterpret_cast<const LooseLanes*>(numbers);
}
inline LooseLanes& lanes_at(float* numbers) {
  return *reinterpret_cast<LooseLanes*>(numbers);
}

// In a fixed order, so that every machine gets the same.
[[gnu::always_inline]] inline float sum_of(const Lanes& lanes) {
  float halves[kLanes / 2];
  for (std::size_t i = 0; i < kLanes / 2; ++i)
    halves[i] = lanes[i] + lanes[i + kLanes / 2];
  const float a = (halves[0] + halves[4]) + (halves[1] + halves[5]);
  const float b = (halves[2] + halves[6]) + (halves[3] + halves[7]);
  return a + b;
}

}  // namespace hearth::train
