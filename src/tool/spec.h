// What a tool is, as a model and whoever guards the machine need to know it: its name, what it
// takes, what it does to the world, and how long and how much it may.
//
// Threads: values.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/units.h"

namespace hearth::tool {

// What a call does to the world.
enum class Effect : std::uint8_t {
  kPure,          // nothing: it may be called at any time, and again
  kIdempotent,    // it changes the workspace, and a second time changes nothing more
  kIrreversible,  // a second time is not the same as once, or nothing brings back what was
};
// "pure", "idempotent", "irreversible".
std::string_view effect_name(Effect effect);

inline constexpr std::chrono::seconds kTimeLimitUsual{10};
inline constexpr std::size_t kOutputBytesUsual = 32 * base::kKiB;

struct Spec {
  std::string name;         // letters of a to z, digits and _
  std::string description;  // for the model
  std::string parameters;   // a JSON schema of an object
  Effect effect = Effect::kPure;
  bool reaches_network = false;
  base::Duration time_limit = kTimeLimitUsual;
  std::size_t output_bytes_max = kOutputBytesUsual;
  // Which of its arguments is a path in the workspace; empty: none is.
  std::string path_argument = {};
};

}  // namespace hearth::tool
