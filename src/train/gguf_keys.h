// The keys of a model file, read with the types that files have for them.
//
// Ownership: borrows the file.
// Errors:    kCorrupt for a key that is missing or of another type, by its name.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <gguf.h>

#include "base/result.h"

namespace hearth::train {

class GgufKeys {
 public:
  explicit GgufKeys(const gguf_context* file) : file_(file) {}

  bool has(const std::string& key) const { return gguf_find_key(file_, key.c_str()) >= 0; }
  Result<std::uint32_t> number(const std::string& key) const;
  Result<std::uint32_t> number(const std::string& key, std::uint32_t otherwise) const;
  Result<float> real(const std::string& key, float otherwise) const;
  Result<bool> truth(const std::string& key, std::optional<bool> otherwise) const;
  Result<std::string> text(const std::string& key, const std::string& otherwise) const;

 private:
  const gguf_context* file_;
};

}  // namespace hearth::train
