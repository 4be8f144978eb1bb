// Where the bytes of a file come from: an open descriptor, or memory (for tests and fuzzing).
//
// Ownership: a source borrows what it reads from.
// Threads: thread-compatible.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace hearth::gguf {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  virtual std::uint64_t size() const = 0;
  // Fills `into` as far as there are bytes from `offset`; fewer only at the end of the file.
  virtual Result<std::size_t> read_at(std::uint64_t offset, std::span<char> into) = 0;
};

class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(std::string_view bytes) : bytes_(bytes) {}
  std::uint64_t size() const override { return bytes_.size(); }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<char> into) override;

 private:
  std::string_view bytes_;
};

// Reads with pread, so the descriptor's position stays where it is.
class FdSource final : public ByteSource {
 public:
  // Refuses what is not a regular file, and an empty one. `name` is for messages.
  static Result<FdSource> open(int fd, std::string name);
  std::uint64_t size() const override { return size_; }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<char> into) override;

 private:
  FdSource(int fd, std::uint64_t size, std::string name)
      : fd_(fd), size_(size), name_(std::move(name)) {}

  int fd_;
  std::uint64_t size_;
  std::string name_;
};

}  // namespace hearth::gguf
