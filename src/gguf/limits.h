// Every bound that a GGUF header must keep. They stand well above what real files have (the
// largest known headers have 20 MB, 300,000 tokens, 2,000 tensors, 100 keys) and well below what
// would hurt this machine.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/units.h"

namespace hearth::gguf {

inline constexpr std::uint64_t kMaxHeaderBytes = 256 * base::kMiB;
inline constexpr std::uint64_t kMaxKeys = 8192;
inline constexpr std::uint64_t kMaxTensors = 65536;
inline constexpr std::uint64_t kMaxKeyBytes = 65535;      // of the GGUF specification
inline constexpr std::uint64_t kMaxTensorNameBytes = 63;  // GGML_MAX_NAME with its zero
inline constexpr std::uint64_t kMaxStringBytes = 64 * base::kMiB;
inline constexpr std::uint64_t kMaxArrayElements = 16 * 1024 * 1024;
inline constexpr std::uint32_t kMaxDimensions = 4;
inline constexpr std::uint32_t kDefaultAlignment = 32;
inline constexpr std::uint32_t kMaxAlignment = 1024 * 1024;

// How much is read from the file at a time; also what an array may claim before its bytes come.
inline constexpr std::size_t kReadChunkBytes = 256 * base::kKiB;

// What may stand behind the last tensor. The file is read as a whole, so a tail costs memory.
inline constexpr std::uint64_t kMaxTailBytes = base::kMiB;

// What llama.cpp v0.5.0 holds in fixed arrays, and aborts above.
inline constexpr std::uint32_t kMaxLayers = 512;
inline constexpr std::uint32_t kMaxExperts = 1024;

}  // namespace hearth::gguf
