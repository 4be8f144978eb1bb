// Frames on the socket between daemon and runner, and their reassembly into messages.
// docs/formats/wire.md is the specification.
//
// Threads: thread-compatible.
// Limits:  kFrameBytesMax for a frame; kMessageBytesMax for a message, and for all messages in
//          pieces at one time together; kPartialMessagesMax for how many those are.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"

namespace hearth::wire {

inline constexpr std::size_t kFrameHeaderBytes = 9;  // u32 payload length, u8 type, u32 request
inline constexpr std::size_t kFrameBytesMax = 1024 * 1024;  // payload of one frame
inline constexpr std::size_t kMessageBytesMax = 64 * 1024 * 1024;
inline constexpr std::size_t kPartialMessagesMax = 64;
inline constexpr std::uint8_t kMoreFollows = 0x80;  // set in the type of every piece but the last

struct Frame {
  std::uint8_t type = 0;
  std::uint32_t request = 0;
  std::string payload;
  bool operator==(const Frame&) const = default;
};

// The bytes of a message, cut into pieces where it is larger than a frame. kInvalidArgument for
// one above kMessageBytesMax: what strangers send decides its size, so it is no assert.
Result<std::string> encode_frames(std::uint8_t type, std::uint32_t request,
                                  std::string_view payload);

// Bytes in, whole messages out.
class FrameReader {
 public:
  void feed(std::string_view bytes) { buffer_.append(bytes); }
  // The next whole message, nothing when more bytes are needed, kCorrupt when the peer breaks
  // the format; after that the connection is of no more use.
  Result<std::optional<Frame>> next();

 private:
  Result<std::optional<Frame>> join(Frame frame);

  std::string buffer_;
  std::size_t read_ = 0;  // bytes of buffer_ already consumed
  std::unordered_map<std::uint32_t, Frame> partial_;
  std::size_t partial_bytes_ = 0;  // payloads in partial_ together
};

}  // namespace hearth::wire
