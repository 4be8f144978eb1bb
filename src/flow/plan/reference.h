// How a step takes over the result of an earlier one: "${s1.output}" in its instruction or its
// arguments, or "${s1.output.name.0}" for a part of a result that is JSON. A model names what it
// means and never copies it.
//
// Errors:  kInvalidArgument for what is no reference or leads nowhere; the context is the step.
// Limits:  kBoundBytesMost for a text with its references bound.
// Threads: pure.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hearth::flow {

inline constexpr std::size_t kBoundBytesMost = 1024UL * 1024;

struct Reference {
  std::string step;
  std::vector<std::string> path = {};  // within a JSON result; members and places
  bool operator==(const Reference&) const = default;
};

// Those in a text, in their order, each as often as it stands there.
Result<std::vector<Reference>> references(std::string_view text);

// The result of a step; nullptr where it has none.
using Results = std::function<const std::string*(std::string_view step)>;

// With every reference replaced by what it means.
Result<std::string> bind_text(std::string_view text, const Results& results);
// The same for the texts within a JSON value, which stays one.
Result<std::string> bind_json(std::string_view json, const Results& results);

}  // namespace hearth::flow
