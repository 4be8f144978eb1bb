// The engine's limits, each with its reason.
#pragma once

#include <cstddef>
#include <cstdint>

namespace hearth::engine {

// One decode is one batch of at most this many tokens: on a CPU more gains nothing, an aborted
// step is then rolled back whole, and running streams never wait longer than this.
inline constexpr std::uint32_t kStepTokensMax = 128;

// What admission sets aside for an answer beyond the prompt; it grows while the answer does.
inline constexpr std::uint32_t kReserveTokens = 256;

inline constexpr std::uint32_t kSequencesMax = 64;
inline constexpr std::size_t kWaitingMax = 1024;

inline constexpr std::uint32_t kContextDefault = 4096;
inline constexpr std::uint32_t kContextMax = 1U << 24;

// How far back penalties look.
inline constexpr std::int32_t kPenaltyWindow = 64;

// Texts of one embedding request.
inline constexpr std::size_t kEmbedTextsMax = 4096;

// Token ids or floats in one reply: what fits well into one message on the wire.
inline constexpr std::size_t kReplyNumbersMax = 8 * 1024 * 1024;

}  // namespace hearth::engine
