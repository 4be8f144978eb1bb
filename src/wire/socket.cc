#include "wire/socket.h"

#include <cerrno>
#include <cstring>

#include <sys/socket.h>

namespace hearth::wire {

namespace {

union ControlBuffer {
  char bytes[CMSG_SPACE(sizeof(int) * kDescriptorsMax)];
  cmsghdr align;
};

void attach_files(msghdr& message, ControlBuffer& control, const std::vector<int>& files) {
  HEARTH_ASSERT(files.size() <= kDescriptorsMax);
  const std::size_t size = files.size() * sizeof(int);
  message.msg_control = control.bytes;
  message.msg_controllen = CMSG_SPACE(size);
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(size);
  std::memcpy(CMSG_DATA(header), files.data(), size);
}

void take_files(msghdr& message, std::vector<Fd>& files) {
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
       header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int number = -1;
      std::memcpy(&number, CMSG_DATA(header) + i * sizeof(int), sizeof number);
      files.emplace_back(number);
    }
  }
}

}  // namespace

Result<void> send_all(int socket, std::string_view bytes, const std::vector<int>& files) {
  bool files_pending = !files.empty();
  while (!bytes.empty()) {
    iovec part{const_cast<char*>(bytes.data()), bytes.size()};
    msghdr message{};
    ControlBuffer control{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    if (files_pending) attach_files(message, control, files);
    const ssize_t sent = ::sendmsg(socket, &message, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return fail(base::errno_error(errno, "the other process is gone"));
    files_pending = false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return {};
}

Result<std::size_t> try_send(int socket, std::string_view bytes) {
  const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent >= 0) return static_cast<std::size_t>(sent);
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return std::size_t{0};
  return fail(base::errno_error(errno, "the other process is gone"));
}

Result<Received> receive(int socket) {
  Received received;
  received.bytes.resize(kReceiveBytes);
  iovec part{received.bytes.data(), received.bytes.size()};
  msghdr message{};
  ControlBuffer control{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.bytes;
  message.msg_controllen = sizeof control.bytes;
  ssize_t count = -1;
  do {
    count = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  } while (count < 0 && errno == EINTR);
  if (count < 0) return fail(base::errno_error(errno, "cannot read from the other process"));
  received.bytes.resize(static_cast<std::size_t>(count));
  take_files(message, received.files);
  return received;
}

}  // namespace hearth::wire
