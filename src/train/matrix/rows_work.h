// What a network does to one row of numbers at a time, forwards, and backwards from the gradient of
// what came out to the gradient of what went in.
//
// Gradients are added to where they go, unless a function says otherwise.
//
// Threads: pure.
#pragma once

#include <cstddef>
#include <cstdint>

namespace hearth::train {

struct Norm {
  const float* gain = nullptr;
  std::size_t width = 0;
  float epsilon = 0;
};

// to = x / rms(x) · gain; `to` may be x.
void rms_norm(const Norm& norm, const float* x, float* to);

struct NormGradient {
  float* x = nullptr;
  float* gain = nullptr;
};
void rms_norm_back(const Norm& norm, const float* x, const float* gradient,
                   const NormGradient& into);

// to = gate · sigmoid(gate) · up
void swiglu(const float* gate, const float* up, std::size_t count, float* to);

// Replaces what stands in all of these.
struct SwigluGradient {
  float* gate = nullptr;
  float* up = nullptr;
  float* out = nullptr;  // what swiglu() gave, once more
};
struct SwigluInput {
  const float* gate = nullptr;
  const float* up = nullptr;
};
void swiglu_back(const SwigluInput& input, const float* gradient, std::size_t count,
                 const SwigluGradient& into);

// row = softmax(row · scale)
void softmax(float* row, std::size_t count, float scale);
// gradient = the gradient of what went into softmax(), from that of what came out.
void softmax_back(const float* row, std::size_t count, float scale, float* gradient);

// The loss -log softmax(logits)[target]; the logits become its gradient times `weight`.
double cross_entropy(float* logits, std::size_t count, std::size_t target, float weight);

void add(const float* from, std::size_t count, float* to);

}  // namespace hearth::train
