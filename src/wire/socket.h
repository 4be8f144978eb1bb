// Sending and receiving on the socket between daemon and runner, descriptors included. Blocking
// use is the runner's; the daemon's loop uses try_send and what it reads itself.
//
// Threads: functions on a descriptor; callers serialise sends among themselves.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "base/result.h"

namespace hearth::wire {

inline constexpr std::size_t kReceiveBytes = 64 * 1024;
inline constexpr std::size_t kDescriptorsMax = 16;  // in one message

// Sends everything, waiting where it must; `files` travel with the first byte.
// kUnavailable when the peer is gone.
Result<void> send_all(int socket, std::string_view bytes, const std::vector<int>& files = {});

// How many bytes the kernel took without waiting; 0 when its buffer is full.
Result<std::size_t> try_send(int socket, std::string_view bytes);

struct Received {
  std::string bytes;  // empty: the peer closed the socket
  std::vector<Fd> files;
};
// Waits for the next bytes and the descriptors that came with them.
Result<Received> receive(int socket);

}  // namespace hearth::wire
