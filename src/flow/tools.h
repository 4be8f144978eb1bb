// What a run may do on this machine, as far as a flow has to know: which tools there are, what is
// wrong with a call, who has to agree, and the doing. Another room has the tools; who wires says
// which.
//
// Threads: thread-safe; run() blocks.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancellation.h"
#include "base/clock.h"

namespace hearth::flow {

// Whether doing it again does harm.
enum class Effect : std::uint8_t {
  kPure,
  kIdempotent,   // the same call again changes nothing further
  kIrreversible  // nobody may do it twice by accident
};

struct ToolFacts {
  std::string name;
  std::string description;
  std::string parameters;  // a JSON schema of an object
  Effect effect = Effect::kIrreversible;
  bool operator==(const ToolFacts&) const = default;
};

struct ToolCall {
  std::string name;
  std::string args = "{}";  // a JSON object
  std::string key = {};     // the same for the same call of the same run
  bool operator==(const ToolCall&) const = default;
};

// What is wrong with the arguments of a call, and where.
struct ArgProblem {
  std::string pointer;  // "/path"
  std::string words;
  bool operator==(const ArgProblem&) const = default;
};

struct Permission {
  enum class Rule : std::uint8_t { kAuto, kAsk, kDeny };
  Rule rule = Rule::kAsk;
  std::string reason = {};
};

struct ToolOutcome {
  enum class Status : std::uint8_t { kOk, kFailed, kTimedOut, kCancelled, kRefused };
  Status status = Status::kOk;
  std::string output = {};  // of a failure: what it says
  std::int64_t exit_code = 0;
  bool is_retryable = false;
  bool operator==(const ToolOutcome&) const = default;
};

class Tools {
 public:
  virtual ~Tools() = default;
  virtual std::vector<ToolFacts> facts() const = 0;
  // What permission() goes by: a text that is another when they are others.
  virtual std::string rules() const { return {}; }
  // REQUIRES: facts() has the name.
  virtual std::vector<ArgProblem> check(const ToolCall& call) const = 0;
  virtual Permission permission(const ToolCall& call) const = 0;
  virtual ToolOutcome run(const ToolCall& call, const base::CancelToken& cancel) = 0;
  // Of a file in the workspace.
  virtual bool has_file(std::string_view path) const = 0;
};

const ToolFacts* find_tool(const std::vector<ToolFacts>& tools, std::string_view name);

}  // namespace hearth::flow
