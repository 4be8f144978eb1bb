#include "wire/frame.h"

#include <cstring>

namespace hearth::wire {

namespace {

void append_frame(std::string& out, std::uint8_t type, std::uint32_t request,
                  std::string_view payload) {
  const auto size = static_cast<std::uint32_t>(payload.size());
  out.append(reinterpret_cast<const char*>(&size), sizeof size);
  out.push_back(static_cast<char>(type));
  out.append(reinterpret_cast<const char*>(&request), sizeof request);
  out.append(payload);
}

}  // namespace

Result<std::string> encode_frames(std::uint8_t type, std::uint32_t request,
                                  std::string_view payload) {
  HEARTH_ASSERT((type & kMoreFollows) == 0);
  if (payload.size() > kMessageBytesMax) {
    return fail(Code::kInvalidArgument,
                "this would take " + std::to_string(payload.size()) + " bytes in one message; " +
                    std::to_string(kMessageBytesMax) + " are the most, so send it in parts");
  }
  std::string out;
  out.reserve(payload.size() + kFrameHeaderBytes);
  while (payload.size() > kFrameBytesMax) {
    append_frame(out, type | kMoreFollows, request, payload.substr(0, kFrameBytesMax));
    payload.remove_prefix(kFrameBytesMax);
  }
  append_frame(out, type, request, payload);
  return out;
}

Result<std::optional<Frame>> FrameReader::next() {
  while (true) {
    const std::string_view rest = std::string_view(buffer_).substr(read_);
    if (rest.size() < kFrameHeaderBytes) break;
    std::uint32_t size = 0;
    Frame frame;
    std::memcpy(&size, rest.data(), 4);
    frame.type = static_cast<std::uint8_t>(rest[4]);
    std::memcpy(&frame.request, rest.data() + 5, 4);
    if (size > kFrameBytesMax) {
      return fail(Code::kCorrupt,
                  "a frame of " + std::to_string(size) + " bytes is over the limit");
    }
    if (rest.size() < kFrameHeaderBytes + size) break;
    frame.payload.assign(rest.substr(kFrameHeaderBytes, size));
    read_ += kFrameHeaderBytes + size;
    auto whole = HEARTH_TRY(join(std::move(frame)));
    if (whole) return whole;
  }
  buffer_.erase(0, read_);
  read_ = 0;
  return std::nullopt;
}

Result<std::optional<Frame>> FrameReader::join(Frame frame) {
  const bool more = (frame.type & kMoreFollows) != 0;
  frame.type &= static_cast<std::uint8_t>(~kMoreFollows);
  const auto found = partial_.find(frame.request);
  if (found == partial_.end() && !more) return frame;
  if (partial_bytes_ + frame.payload.size() > kMessageBytesMax) {
    return fail(Code::kCorrupt, "the messages in pieces are over the limit");
  }
  partial_bytes_ += frame.payload.size();
  if (found == partial_.end()) {
    if (partial_.size() >= kPartialMessagesMax) {
      return fail(Code::kCorrupt, "too many messages in pieces at one time");
    }
    partial_.emplace(frame.request, std::move(frame));
    return std::nullopt;
  }
  Frame& begun = found->second;
  if (begun.type != frame.type) {
    return fail(Code::kCorrupt, "a message in pieces was interrupted by another type");
  }
  begun.payload += frame.payload;
  if (more) return std::nullopt;
  Frame whole = std::move(begun);
  partial_bytes_ -= whole.payload.size();
  partial_.erase(found);
  return whole;
}

}  // namespace hearth::wire
