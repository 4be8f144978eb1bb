// A plan: what a planner model writes and everybody else works by. It says what is to be done and
// in which order; what a step may cost, which model does it and whether it may be done at all is
// never the planner's to say.
//
// docs/formats/plan.md is its form as JSON; plan_schema() is what a model is held to.
//
// Errors:  kInvalidArgument; the context is the path of the field.
// Limits:  kStepsMost steps; texts as in the schema.
// Threads: values; pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hearth::flow {

inline constexpr std::size_t kStepsMost = 12;
inline constexpr std::size_t kChecksMost = 4;
inline constexpr std::uint32_t kAttemptsMost = 3;
inline constexpr std::size_t kPlanBytesMost = 256UL * 1024;

// What has to hold of a step's result.
struct Check {
  enum class Kind : std::uint8_t {
    kNonempty,
    kJsonSchema,  // the value is a schema
    kRegex,
    kContains,
    kFileExists,  // the value is a path in the workspace
    kExitZero,
    kMaxChars,
    kCritic  // the critic is asked; the value is what he looks for
  };
  Kind kind = Kind::kNonempty;
  std::string value = {};  // a text as it is, anything else as JSON
  bool operator==(const Check&) const = default;
};
std::string_view check_name(Check::Kind kind);
std::optional<Check::Kind> find_check(std::string_view name);

struct Step {
  enum class Kind : std::uint8_t { kModel, kTool, kAskUser };
  enum class Output : std::uint8_t { kText, kJson, kFile, kNone };
  enum class OnFail : std::uint8_t { kRetry, kReplan, kSkip, kAbort };

  std::string id;  // "s1"
  Kind kind = Kind::kModel;
  std::string title;
  std::string instruction;
  std::string tool = {};
  std::string args = {};  // of a tool: a JSON object; results are bound by reference (reference.h)
  std::vector<std::string> depends_on = {};
  Output output = Output::kText;
  std::string output_schema = {};
  std::vector<Check> checks = {};
  OnFail on_fail = OnFail::kRetry;
  std::uint32_t attempts_max = 2;
  bool operator==(const Step&) const = default;
};

struct Plan {
  enum class Format : std::uint8_t { kText, kJson, kMarkdown };

  std::string reason;
  std::string goal;
  std::vector<std::string> assumptions = {};
  std::vector<std::string> success_criteria;
  std::vector<Step> steps;
  std::vector<std::string> final_from =
      {};  // whose results make the answer; empty: the last step's
  Format final_format = Format::kText;

  const Step* find_step(std::string_view id) const;
  bool operator==(const Plan&) const = default;
};

Result<Plan> read_plan(std::string_view json);
// In the order of the schema, without spaces.
std::string plan_json(const Plan& plan);

// The same steps in other words are another plan; other reasons and titles are not.
std::string plan_fingerprint(const Plan& plan);

// The JSON schema that a plan with these tools fits.
std::string plan_schema(const std::vector<std::string>& tools, std::size_t steps_max);

}  // namespace hearth::flow
