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

// What llama.cpp can tell apart, less the one that spans of prefixes pass through.
inline constexpr std::uint32_t kSequencesMax = 255;
inline constexpr std::size_t kWaitingMax = 1024;

inline constexpr std::uint32_t kContextDefault = 4096;
inline constexpr std::uint32_t kContextMax = 1U << 24;

// What llama_decode answers when the abort callback stopped it; see llama.h.
inline constexpr int kDecodeAborted = 2;

// The part of the context that stays for the answer when a long prompt is cut.
inline constexpr std::uint32_t kAnswerShare = 4;
// A prompt that may be cut, or of which its template may leave out a part, has at most so many
// contexts of tokens: all of them are turned into tokens first, on a worker that others wait for.
inline constexpr std::size_t kCutContextsMax = 16;

// Bytes of text that wait to become tokens or rules, for each of the engine's workers; as much as
// the daemon holds back for one runner.
inline constexpr std::size_t kQueuedBytesMax = 256 * 1024 * 1024;

// Messages and tools, and bytes of text, beyond which a prompt is written on a worker of its own:
// some templates go through all messages for each.
inline constexpr std::size_t kLongPromptParts = 64;
inline constexpr std::size_t kLongPromptBytes = 256 * 1024;

// Tokens of one text to embed: it is computed in one go, and llama.cpp then holds a row of
// results for each of its tokens.
inline constexpr std::uint32_t kEmbedTokensMax = 8192;

// Inputs of one embedding request.
inline constexpr std::size_t kEmbedInputsMax = 4096;

// Vectors of one embedding request: they leave in one message (wire/frame.h), beside little else.
inline constexpr std::size_t kEmbedBytesMax = 63 * 1024 * 1024;

// A span of a known prefix. A larger one would be restored whole for its first few tokens, and
// many smaller ones would be many files; what is left over at the end is computed again.
inline constexpr std::size_t kSpanTokens = 256;
inline constexpr std::size_t kSmallestSpan = 16;

// Who could share this much with a prompt that is being computed waits for it.
inline constexpr std::size_t kWorthWaiting = 32;

// Of a context that is shifted, this part at its beginning stays.
inline constexpr std::size_t kShiftKeepsOneIn = 4;

// What files of prefixes leave to everybody else on the disk, and how long none is written after
// one could not be.
inline constexpr std::size_t kDiskReserveBytes = 1024UL * 1024 * 1024;
inline constexpr int kDiskPauseSeconds = 60;

}  // namespace hearth::engine
