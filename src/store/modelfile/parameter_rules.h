// The parameters that a Modelfile can set: which there are, what their values may be, and which of
// them Hearth has a use for.
//
// Threads: pure.
// Errors:  kInvalidArgument with the name, the value and what is possible.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "store/manifest/directions.h"

namespace hearth::store {

struct ParameterRule {
  enum class Kind : std::uint8_t { kInteger, kNumber, kTruth, kText };
  enum class Use : std::uint8_t {
    kHonoured,
    kKept  // of Ollama's engine: kept in the manifest, and without effect here
  };
  std::string_view name;
  Kind kind = Kind::kNumber;
  double least = 0;  // of numbers, and of a text's bytes
  double most = 0;
  Use use = Use::kHonoured;
};

// The rule that the parameter keeps.
Result<ParameterRule> check_known_parameter(const Parameter& parameter);

// It can be set several times, and all of its values count; of others the last one does.
bool is_list(std::string_view parameter_name);

}  // namespace hearth::store
