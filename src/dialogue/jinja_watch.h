// What a template may take while it runs: counted by the nodes of its program, which
// jinja_program.h has put in the place of the engine's own, because the engine asks nobody.
//
// A step is about what the engine does in five microseconds: one node, or a KiB of text copied.
// What costs more than it looks like (a split at every letter, a sort, a variable in a long loop)
// is weighed before it is done.
//
// Threads:    watches the runs of the thread that made it, while it lives; the latest made counts.
// Errors:     kInvalidArgument for what is not defined; kResourceExhausted for what is too much;
//             kCancelled, within kStepsBetweenLooks steps.
// Invariants: steps are counted and no clock is asked, so a template that runs once always runs.
//             Once stopped, all that it still watches is stopped: whoever swallows the engine's
//             exception gains nothing.
// Limits:     an Allowance, kStackBytesMax and so on.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/cancellation.h"
#include "base/result.h"
#include "base/units.h"
#include "dialogue/jinja_allowance.h"
#include "dialogue/jinja_engine.h"
#include "dialogue/jinja_extent.h"
#include "dialogue/jinja_origin.h"

namespace hearth::dialogue {

inline constexpr std::size_t kStackBytesMax = base::kMiB;  // a macro that calls itself, mostly
inline constexpr std::int64_t kRangeMax = 10'000;
inline constexpr std::int64_t kFilterNumberMax = 10'000;     // "indent(4)"
inline constexpr std::int64_t kIndexMax = 1'000'000'000;     // of a slice
inline constexpr std::size_t kMovedBytes = 16 * base::kKiB;  // shifted in the time of a step
inline constexpr std::size_t kStepNodes = 16;                // looked at, of a value
inline constexpr std::size_t kElementBytes = 16;             // of a list
inline constexpr std::size_t kPartBytes = 48;                // of a text: it is kept in parts
inline constexpr std::size_t kSortedAnyhowMax = 16;          // of mixed elements; see .cc

inline constexpr std::size_t kStepsBetweenLooks = 1'024;  // whether somebody still waits

class Watch {
 public:
  explicit Watch(const Allowance& allowance, base::CancelToken cancel = {});
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  // REQUIRES: there is one.
  static Watch& current();

  // Each of these returns the value that it was given, if any, or does not return.
  void step(jinja::context& context, std::size_t steps = 1);
  jinja::value taken(jinja::context& context, jinja::value made);
  // The same for a text that begins with another: templates write prompts by adding to them.
  // Copying the beginning is work, and so bounded by the steps; only the rest counts as bytes.
  jinja::value grown(jinja::context& context, jinja::value made, const jinja::value& beginning);
  jinja::value printed(jinja::context& context, jinja::value shown);
  jinja::value put_together(jinja::context& context, jinja::value container);
  jinja::value defined(jinja::context& context, jinja::value found, const std::string& name);
  jinja::value stop(jinja::context& context, Error error);

  // Before it is done: a function, a filter or a test with its input and its arguments, an operator
  // with both sides, an assignment to a member.
  void called(jinja::context& context, const std::string& name,
              const std::vector<jinja::value>& arguments);
  void operated(jinja::context& context, const std::string& sign, const jinja::value& left,
                const jinja::value& right);
  void kept(jinja::context& context, const jinja::value& object, const jinja::value& member);
  // The work of reading a value once.
  void weighed(jinja::context& context, const jinja::value& value);

  // Of what is printed, the client's texts are hidden by this one; with none, nothing is.
  void hide_with(TextHider* hider) { hider_ = hider; }
  // What a filter, a method or an operator of this name has made.
  jinja::value made_of(const std::string& name, const std::vector<jinja::value>& of,
                       jinja::value made) const;

  // Why it stopped a run.
  const std::optional<Error>& stopped() const { return stopped_; }
  std::size_t steps() const { return steps_; }
  std::size_t bytes() const { return bytes_; }

 private:
  struct Call;

  void take_bytes(jinja::context& context, std::uint64_t bytes);
  void written(jinja::context& context, const jinja::value& value, std::size_t bytes_per_byte);
  void closed(jinja::context& context, Closing closing);
  void check_numbers(const Call& call);
  void check_test(const Call& call, const std::string& test);
  void divided(const Call& call);
  void replaced(const Call& call);
  void joined(const Call& call);
  void sorted(const Call& call);
  void selected(const Call& call);
  void stripped(const Call& call);
  void appended(const Call& call);
  void searched(jinja::context& context, const jinja::value& needle, const jinja::value& in);

  const char* stack_;
  Allowance allowance_;
  base::CancelToken cancel_;
  std::size_t next_look_ = 0;  // in steps
  Watch* outer_;
  TextHider* hider_ = nullptr;
  std::size_t steps_ = 0;
  std::size_t bytes_ = 0;
  std::optional<Error> stopped_;
};

}  // namespace hearth::dialogue
