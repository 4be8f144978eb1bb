// What will be made of which files, checked before any work: the type can be made of these
// weights, the name is free, the disk has room.
//
// Errors:  kInvalidArgument with what could be; kAlreadyExists; kNotFound; kResourceExhausted.
// Threads: pure, but for reading the file's header and the disk.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/quantize/wishes.h"
#include "gguf/model_facts.h"
#include "gguf/model_kind.h"
#include "store/catalog.h"
#include "store/name/aliases.h"

namespace hearth::cli::quantize {

struct Plan {
  std::string name;                // what the new model is called; empty for a file elsewhere
  std::vector<std::string> files;  // of the model it is made of
  std::string source;              // what that is called
  gguf::ModelKind kind = gguf::ModelKind::kText;
  std::string source_type;
  std::uint64_t source_bytes = 0;
  std::string type;  // as people write it: "Q4_K_M"
  std::uint32_t type_number = 0;
  std::string target;
  std::vector<std::string> left_out;  // of what the model has beside its weights
};

// The names that `hearth quantize` knows: "F16, BF16, Q8_0, …".
std::string type_names();

Result<Plan> make_plan(const Wishes& wishes, const store::Catalog& catalog,
                       const store::Aliases& aliases);

// About how large the result will be, rather more than less.
std::uint64_t expected_bytes(const gguf::ModelFacts& facts, std::uint32_t type_number);

}  // namespace hearth::cli::quantize
