// What a prompt template may take while it runs, and what it may not leave open: put into its
// parsed form, because the engine asks nobody. Each variable that is not defined, each step and
// each text then goes past a Watch, which stops the run by the engine's own raise_exception.
//
// Threads:    confined to the run.
// Errors:     kInvalidArgument for what is not defined; kResourceExhausted for what is too much.
// Invariants: steps are counted and no clock is asked, so a template that runs once always runs.
// Limits:     kStepsMax and so on. A single filter is not stopped inside: two large texts handed
//             to `replace` or `join` make a larger one, which is only then refused.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/units.h"
#include "dialogue/jinja_engine.h"

namespace hearth::dialogue {

inline constexpr std::size_t kStepsMax = 200'000;
inline constexpr std::size_t kTextBytesMax = 64 * base::kMiB;  // of all texts it makes, together
inline constexpr std::size_t kStackBytesMax = base::kMiB;      // a macro that calls itself, mostly
inline constexpr std::int64_t kRangeMax = 10'000;
inline constexpr std::int64_t kFilterNumberMax = 10'000;  // "indent(4)"

class Watch {
 public:
  // REQUIRES: lives as long as the program that it watches, and in the stack below its run.
  Watch();

  // Each of these returns the value that it was given, or does not return.
  jinja::value step(jinja::context& context);
  jinja::value taken(jinja::context& context, jinja::value made);
  jinja::value defined(jinja::context& context, jinja::value found, const std::string& name);
  // Whether a text repeated so often is within what may be made.
  bool may_repeat(const jinja::value& left, const jinja::value& right) const;
  jinja::value stop(jinja::context& context, Error error);

  // Why it stopped a run.
  const std::optional<Error>& stopped() const { return stopped_; }

 private:
  const char* stack_;
  std::size_t steps_ = 0;
  std::size_t bytes_ = 0;
  std::optional<Error> stopped_;
};

// Puts the watch into every place of the program where something is done.
void put_into(jinja::program& program, Watch& watch);
// A `range` that is bounded.
void put_into(jinja::context& context, Watch& watch);

}  // namespace hearth::dialogue
