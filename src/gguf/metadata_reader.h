// Typed answers from a file's metadata for one architecture: "the u32 under qwen2.block_count".
// A key of another type than llama.cpp expects is an error, as it is there.
//
// Ownership: borrows the File.
// Threads: thread-compatible.
// Errors: kCorrupt, naming the key.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "gguf/file.h"

namespace hearth::gguf {

class MetadataReader {
 public:
  MetadataReader(const File& file, std::string architecture)
      : file_(file), architecture_(std::move(architecture)) {}

  // A name that begins with "." is one of the architecture: ".block_count".
  std::string full_key(std::string_view name) const;
  const Value* find(std::string_view name) const { return file_.find(full_key(name)); }

  // Absent keys give nothing.
  Result<std::optional<std::uint32_t>> u32(std::string_view name) const;
  Result<std::optional<double>> f32(std::string_view name) const;
  Result<std::optional<bool>> truth(std::string_view name) const;
  Result<std::optional<std::string>> text(std::string_view name) const;

  Result<std::uint32_t> required_u32(std::string_view name) const;
  // One number for all layers, or an array with one for each. Nothing when the key is absent.
  Result<std::vector<std::uint32_t>> per_layer(std::string_view name, std::uint32_t layers) const;
  Result<const Array*> array(std::string_view name) const;

  Failure contradiction(const std::string& what) const;

 private:
  Failure wrong_type(std::string_view name, const Value& value, std::string_view wanted) const;

  const File& file_;
  std::string architecture_;
};

}  // namespace hearth::gguf
