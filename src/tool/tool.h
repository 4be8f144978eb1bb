// The contract of a tool. Rooms above register tools of their own (Toolbox::add): those of memory
// are called like those that ship with Hearth.
//
// Threads: run() is called by several threads at once, and blocks its caller.
// Errors:  run() does not throw and returns within its Spec's time_limit, or soon after, whatever
//          happens; what goes wrong is in the Outcome.
#pragma once

#include <string_view>
#include <utility>

#include "base/cancellation.h"
#include "json/node.h"
#include "tool/outcome.h"
#include "tool/spec.h"

namespace hearth::tool {

// What a call consists of. Borrowed for the time of the call.
struct Work {
  const json::Node& arguments;  // valid for the Spec's parameters
  std::string_view idempotency_key;
  const base::CancelToken& cancel;
  const Hearing& hear;  // may be empty
};

class Tool {
 public:
  explicit Tool(Spec spec) : spec_(std::move(spec)) {}
  virtual ~Tool() = default;
  Tool(const Tool&) = delete;
  Tool& operator=(const Tool&) = delete;

  const Spec& spec() const { return spec_; }
  virtual Outcome run(const Work& work) const = 0;

 private:
  const Spec spec_;
};

}  // namespace hearth::tool
