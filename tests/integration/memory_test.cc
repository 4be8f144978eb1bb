// Estimates against what real runners hold. How large the bare runner is depends on compiler and
// system, and is most of what the smallest models take: one of them says how much more or less it
// is here than where the estimate was fitted.
#include <cmath>
#include <ostream>
#include <string>

#include <gtest/gtest.h>

#include "memory_probe.h"
#include "places.h"

namespace hearth::testing {
namespace {

// Promised in docs/fit.md.
constexpr double kErrorMost = 0.05;
// Not the estimate of another kind of program.
constexpr double kRunnerErrorMost = 16.0 * 1024 * 1024;

struct Probe {
  const char* model;
  std::uint32_t context;
  const char* smallest;  // of its kind: the runner is measured with it
};

constexpr const char* kDecoder = "tiny-llama-f16";
constexpr const char* kEncoder = "tiny-bert-f16";
constexpr std::uint32_t kSmallContext = 512;

void PrintTo(const Probe& probe, std::ostream* out) {
  *out << probe.model << " with " << probe.context;
}

// What a runner holds more than was estimated.
double difference(const HeldMemory& held) {
  return static_cast<double>(held.used_bytes) - static_cast<double>(held.estimate.total_bytes());
}

class MemoryOfARunner : public ::testing::TestWithParam<Probe> {};

TEST_P(MemoryOfARunner, IsWhatWasEstimatedBeforeTheLoad) {
  const Probe& probe = GetParam();
  const auto bare = probe_memory(model_path(probe.smallest), kSmallContext);
  ASSERT_TRUE(bare) << bare.error().to_string();
  EXPECT_LT(std::abs(difference(*bare)), kRunnerErrorMost);
  const auto held = probe_memory(model_path(probe.model), probe.context);
  ASSERT_TRUE(held) << held.error().to_string();
  EXPECT_GT(held->used_bytes, held->estimate.weight_bytes);
  const double error =
      (difference(*held) - difference(*bare)) / static_cast<double>(held->used_bytes);
  EXPECT_LT(std::abs(error), kErrorMost) << held->used_bytes << " bytes are held, and "
                                         << held->estimate.total_bytes() << " were estimated";
}

constexpr Probe kProbes[] = {
    {"tiny-llama-f16", 2048, kDecoder},     {"tiny-cohere2-f16", 512, kDecoder},
    {"tiny-cohere2-f16", 2048, kDecoder},   {"tiny-mamba-f16", 2048, kDecoder},
    {"tiny-nomic-bert-f16", 512, kEncoder}, {"tiny-nomic-bert-f16", 2048, kEncoder},
    {"small-qwen2-f16", 512, kDecoder},     {"small-qwen2-f16", 2048, kDecoder}};

INSTANTIATE_TEST_SUITE_P(Shapes, MemoryOfARunner, ::testing::ValuesIn(kProbes),
                         [](const auto& probe) {
                           std::string name = probe.param.model;
                           for (char& c : name)
                             c = c == '-' ? '_' : c;
                           return name + "_" + std::to_string(probe.param.context);
                         });

}  // namespace
}  // namespace hearth::testing
