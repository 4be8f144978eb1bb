// The header of a GGUF file (versions 2 and 3), read without trusting it and without llama.cpp:
// its metadata, and which tensors lie where. What they mean for a model is model_facts.h; the
// weights themselves are never read.
//
// Ownership: a File holds what it read; the file may be closed and changed afterwards.
// Threads: immutable.
// Invariants: keys and tensor names are unique; every tensor's type exists and its bytes lie
//   within the file, aligned, one after the other.
// Errors: kNotFound and kPermissionDenied from the system; kInvalidArgument for what is no
//   regular file; kCorrupt for content. Each says what to do.
// Limits: limits.h; memory stays below 4 MiB and 8 times the header's bytes.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "gguf/byte_source.h"
#include "gguf/tensor.h"
#include "gguf/value.h"

namespace hearth::gguf {

class File {
 public:
  using Metadata = std::map<std::string, Value, std::less<>>;

  static Result<File> load(const std::string& path);
  // From an open descriptor, whose position stays; `name` is for messages.
  static Result<File> load(int fd, std::string name);
  static Result<File> load(ByteSource& source, std::string name);

  // Absent when the file has no such key.
  const Value* find(std::string_view key) const;
  const Metadata& metadata() const { return metadata_; }

  std::span<const Tensor> tensors() const { return tensors_; }
  const Tensor* find_tensor(std::string_view name) const;

  const std::string& name() const { return name_; }
  std::uint32_t version() const { return version_; }
  std::uint64_t file_bytes() const { return file_bytes_; }
  // Where tensor data begins; the end of the header where there are no tensors.
  std::uint64_t data_offset() const { return data_offset_; }
  std::uint64_t alignment() const { return alignment_; }

 private:
  File() = default;
  Result<void> read_magic_and_version(HeaderReader& reader, ByteSource& source);
  Result<void> read_metadata(HeaderReader& reader, std::uint64_t count);
  Result<void> read_alignment(const HeaderReader& reader);

  std::string name_;
  std::uint32_t version_ = 0;
  std::uint64_t file_bytes_ = 0;
  std::uint64_t data_offset_ = 0;
  std::uint64_t alignment_ = kDefaultAlignment;
  Metadata metadata_;
  std::vector<Tensor> tensors_;
};

}  // namespace hearth::gguf
