// What a critic says of a plan, and what becomes of it. A critic is one opinion: what he rejects
// without naming a step and what is wrong with it stands, and his verdict alone decides nothing.
//
// docs/formats/plan.md is its form as JSON.
//
// Errors:  kInvalidArgument; the context is the path of the field.
// Threads: values; pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "flow/plan/plan.h"

namespace hearth::flow {

inline constexpr std::size_t kIssuesMost = 8;

struct Issue {
  enum class Severity : std::uint8_t { kBlocking, kMajor, kMinor };
  enum class Category : std::uint8_t {
    kGoalMismatch,
    kMissingStep,
    kWrongTool,
    kBadArgs,
    kOrdering,
    kUnsafe,
    kUnverifiable,
    kFactual,
    kFormat,
    kWasteful
  };

  std::string target;  // "plan", a step's id, or "result"
  Severity severity = Severity::kMajor;
  Category category = Category::kGoalMismatch;
  std::string evidence = {};
  std::string problem;
  std::string fix = {};
  bool operator==(const Issue&) const = default;
};

enum class Verdict : std::uint8_t { kAccept, kRevise, kReject };
std::string_view verdict_word(Verdict verdict);

struct Critique {
  std::string reason;
  std::vector<Issue> issues;
  Verdict verdict = Verdict::kAccept;
  bool operator==(const Critique&) const = default;
};

Result<Critique> read_critique(std::string_view json);
std::string critique_json(const Critique& critique);
std::string critique_schema();
// "s2: the file is written before it is read (fix: swap the steps)"
std::string issue_words(const Issue& issue);

// Whether it is blocking, of this plan, and says why.
bool is_grounded(const Issue& issue, const Plan& plan);

// What becomes of the plan, whatever the critic's own verdict was: an unsafe or mistaken one is
// rejected, one with another blocking issue is revised, and one with lesser issues is revised while
// the critic asks for that. A verdict without an issue counts for nothing.
Verdict effective_verdict(const Critique& critique, const Plan& plan);

// Whether the later critique still has every blocking issue of the earlier one.
bool has_not_shrunk(const Critique& earlier, const Critique& later);

}  // namespace hearth::flow
