// Reads the pieces that a GGUF header is made of, one after the other, and never more than is
// there: numbers, texts, values. What the pieces mean is not its business.
//
// Ownership: borrows the source.
// Threads: thread-compatible.
// Errors: kCorrupt, naming the piece, where it stands and what is wrong with it.
// Limits: limits.h. Memory grows with the bytes that were really read, never with a claim.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "gguf/byte_source.h"
#include "gguf/value.h"

namespace hearth::gguf {

// The Error of a file whose content is wrong. What the file itself says may stand in `what`: it
// is made valid UTF-8, without control characters, and short.
Failure corrupt_file(const std::string& name, std::string_view what);

class HeaderReader {
 public:
  HeaderReader(ByteSource& source, std::string name) : source_(source), name_(std::move(name)) {}

  Result<std::uint32_t> read_u32(std::string_view what);
  Result<std::uint64_t> read_u64(std::string_view what);
  Result<std::string> read_text(std::string_view what, std::uint64_t limit_bytes);
  // A type number and the value it announces.
  Result<Value> read_value(std::string_view key);

  std::uint64_t position() const { return position_; }
  std::uint64_t remaining() const { return source_.size() - position_; }
  // An Error about this file.
  Failure corrupt(std::string_view what) const { return corrupt_file(name_, what); }

 private:
  Result<ValueType> read_type(std::string_view key);
  Result<Array> read_array(std::string_view key);
  Result<Array> read_text_array(std::string_view key, std::uint64_t count);
  // Appends exactly `count` bytes to `into`.
  Result<void> append(std::string& into, std::uint64_t count, std::string_view what);
  // Makes the next bytes lie in the buffer, as many as there are up to kReadChunkBytes.
  Result<void> refill();
  template <typename T>
  Result<T> read_number(std::string_view what);

  ByteSource& source_;
  std::string name_;
  std::uint64_t position_ = 0;  // of the next byte, in the file
  std::vector<char> buffer_;
  std::size_t buffer_at_ = 0;  // of the next byte, in the buffer
};

}  // namespace hearth::gguf
