// A number for what lessons are made of, so that those of other data are told from these by
// accident at least.
//
// Threads: thread-compatible.
// Errors:  kNotFound for a file that cannot be read.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/fnv.h"
#include "base/result.h"
#include "engine/model.h"

namespace hearth::train {

class Digest {
 public:
  void add(std::string_view text) { add(base::fnv1a(text)); }
  void add(std::uint64_t number) { hash_ = (hash_ ^ number) * 0x100000001b3U + (hash_ >> 31); }
  void add_tokenizer(const engine::Model& model);
  Result<void> add_files(const std::vector<std::string>& paths);
  std::uint64_t value() const { return hash_; }

 private:
  std::uint64_t hash_ = 0xcbf29ce484222325U;
};

}  // namespace hearth::train
