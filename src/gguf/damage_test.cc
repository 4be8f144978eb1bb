// Random damage to a good file: it is read or refused, and memory stays near the file's size.

#include <atomic>
#include <cstdlib>
#include <new>

#include <gtest/gtest.h>
#include <malloc.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "base/units.h"
#include "gguf/file.h"
#include "gguf/gguf_bytes_for_test.h"
#include "gguf/memory_estimate.h"
#include "gguf/model_facts.h"

namespace {

std::atomic<std::size_t> live_bytes = 0;
std::atomic<std::size_t> peak_bytes = 0;

}  // namespace

// This test program counts what it allocates.
void* operator new(std::size_t size) {
  void* memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) std::abort();
  const std::size_t now = live_bytes += ::malloc_usable_size(memory);
  std::size_t peak = peak_bytes;
  while (now > peak && !peak_bytes.compare_exchange_weak(peak, now)) {
  }
  return memory;
}

void operator delete(void* memory) noexcept {
  if (memory != nullptr) live_bytes -= ::malloc_usable_size(memory);
  std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept {
  operator delete(memory);
}

namespace hearth::gguf {
namespace {

// file.h promises this; facts keep copies of texts.
std::size_t allowed_bytes(std::size_t file_bytes) {
  return 4 * base::kMiB + 8 * file_bytes;
}

std::size_t peak_while_reading(const std::string& bytes) {
  const std::size_t before = live_bytes;
  peak_bytes = before;
  MemorySource source(bytes);
  const auto file = File::load(source, "m.gguf");
  if (file) {
    const auto facts = ModelFacts::from(*file);
    if (facts) estimate_memory(*facts, {});
  }
  return peak_bytes - before;
}

RC_GTEST_PROP(GgufDamage, FlippedBitsNeverCrashOrSwallowMemory, ()) {
  static const std::string kGood = small_llama().build();
  static const std::size_t kHeaderBytes = small_llama().header().size();
  std::string bytes = kGood;
  const auto flips = *rc::gen::inRange(1, 6);
  for (int i = 0; i < flips; ++i) {
    const auto at = *rc::gen::inRange<std::size_t>(0, kHeaderBytes);
    bytes[at] = static_cast<char>(bytes[at] ^ (1 << *rc::gen::inRange(0, 8)));
  }
  RC_ASSERT(peak_while_reading(bytes) < allowed_bytes(bytes.size()));
}

RC_GTEST_PROP(GgufDamage, OverwrittenNumbersNeverCrashOrSwallowMemory, ()) {
  std::string bytes = small_llama().build();
  const auto at = *rc::gen::inRange<std::size_t>(4, small_llama().header().size() - 8);
  const auto number = *rc::gen::element<std::uint64_t>(0, 1, 0xFF, 1ULL << 24, 1ULL << 26,
                                                       1ULL << 31, 1ULL << 63, ~0ULL);
  bytes.replace(at, 8, little_endian(number));
  RC_ASSERT(peak_while_reading(bytes) < allowed_bytes(bytes.size()));
}

RC_GTEST_PROP(GgufDamage, TruncationIsAlwaysNoticed, ()) {
  static const std::string kGood = small_llama().build();
  const auto size = *rc::gen::inRange<std::size_t>(0, kGood.size());
  MemorySource source(std::string_view(kGood).substr(0, size));
  RC_ASSERT(!File::load(source, "m.gguf"));
}

TEST(GgufDamage, ManySmallKeysAndTensorsCostLittle) {
  GgufBytes bytes;
  for (int i = 0; i < 8000; ++i)
    bytes.add("k" + std::to_string(i), 0, "x");
  for (int i = 0; i < 20000; ++i)
    bytes.tensor("t" + std::to_string(i), {1});
  bytes.texts("empty", std::vector<std::string>(100000));
  const std::string file = bytes.build();
  EXPECT_LT(peak_while_reading(file), allowed_bytes(file.size()));
}

}  // namespace
}  // namespace hearth::gguf
