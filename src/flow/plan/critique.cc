#include "flow/plan/critique.h"

#include <algorithm>
#include <set>

#include <boost/json/value.hpp>
#include <fmt/format.h>

#include "flow/fields.h"
#include "flow/words.h"
#include "json/parse.h"
#include "json/writer.h"

namespace hearth::flow {

namespace {

using json::Node;

constexpr Words<Issue::Severity, 3> kSeverities{{"blocking", "major", "minor"}};
constexpr Words<Issue::Category, 10> kCategories{{"goal_mismatch", "missing_step", "wrong_tool",
                                                  "bad_args", "ordering", "unsafe", "unverifiable",
                                                  "factual", "format", "wasteful"}};
constexpr Words<Verdict, 3> kVerdicts{{"accept", "revise", "reject"}};

Result<Issue> read_issue(const Node& node) {
  HEARTH_TRY(check_members(node, {"target", "severity", "category", "evidence", "problem", "fix"}));
  Issue issue;
  issue.target = HEARTH_TRY(required_text(node, "target"));
  const Node severity = HEARTH_TRY(node.require("severity"));
  issue.severity = HEARTH_TRY(kSeverities.read(severity));
  const Node category = HEARTH_TRY(node.require("category"));
  issue.category = HEARTH_TRY(kCategories.read(category));
  HEARTH_TRY(read_field(node, "evidence", issue.evidence));
  issue.problem = HEARTH_TRY(required_text(node, "problem"));
  HEARTH_TRY(read_field(node, "fix", issue.fix));
  return issue;
}

using IssueKey = std::pair<std::string, Issue::Category>;

std::set<IssueKey> blocking_of(const Critique& critique) {
  std::set<IssueKey> keys;
  for (const Issue& issue : critique.issues)
    if (issue.severity == Issue::Severity::kBlocking) keys.insert({issue.target, issue.category});
  return keys;
}

}  // namespace

std::string_view verdict_word(Verdict verdict) {
  return kVerdicts.word(verdict);
}

Result<Critique> read_critique(std::string_view text) {
  const boost::json::value value = HEARTH_TRY(json::parse(text, {.bytes = kPlanBytesMost}));
  const Node node(value, "critique");
  HEARTH_TRY(check_members(node, {"reason", "issues", "scores", "verdict"}));
  Critique critique;
  critique.reason = HEARTH_TRY(required_text(node, "reason"));
  const Node issues = HEARTH_TRY(node.require("issues"));
  for (const Node& one : HEARTH_TRY(issues.elements())) {
    critique.issues.push_back(HEARTH_TRY(read_issue(one)));
    if (critique.issues.size() <= kIssuesMost) continue;
    return fail(issues.wrong(fmt::format("has more than {} issues", kIssuesMost)));
  }
  const Node verdict = HEARTH_TRY(node.require("verdict"));
  critique.verdict = HEARTH_TRY(kVerdicts.read(verdict));
  return critique;
}

std::string critique_json(const Critique& critique) {
  json::Writer json;
  json.open('{').key("reason").text(critique.reason).key("issues").open('[');
  for (const Issue& issue : critique.issues) {
    json.open('{').key("target").text(issue.target);
    json.key("severity").text(kSeverities.word(issue.severity));
    json.key("category").text(kCategories.word(issue.category));
    if (!issue.evidence.empty()) json.key("evidence").text(issue.evidence);
    json.key("problem").text(issue.problem).key("fix").text(issue.fix).close('}');
  }
  json.close(']').key("verdict").text(kVerdicts.word(critique.verdict)).close('}');
  return json.take();
}

std::string critique_schema() {
  return R"({"type":"object","additionalProperties":false,)"
         R"("required":["reason","issues","verdict"],)"
         R"("properties":{"reason":{"type":"string","maxLength":1200},)"
         R"("issues":{"type":"array","maxItems":8,"items":{"type":"object",)"
         R"("additionalProperties":false,)"
         R"("required":["target","severity","category","problem","fix"],"properties":{)"
         R"("target":{"type":"string"},"severity":{"enum":["blocking","major","minor"]},)"
         R"("category":{"enum":["goal_mismatch","missing_step","wrong_tool","bad_args",)"
         R"("ordering","unsafe","unverifiable","factual","format","wasteful"]},)"
         R"("evidence":{"type":"string"},"problem":{"type":"string"},"fix":{"type":"string"}}}},)"
         R"("verdict":{"enum":["accept","revise","reject"]}}})";
}

std::string issue_words(const Issue& issue) {
  if (issue.fix.empty()) return fmt::format("{}: {}", issue.target, issue.problem);
  return fmt::format("{}: {} (fix: {})", issue.target, issue.problem, issue.fix);
}

bool is_grounded(const Issue& issue, const Plan& plan) {
  const bool known = issue.target == "plan" || plan.find_step(issue.target) != nullptr;
  return issue.severity == Issue::Severity::kBlocking && known && !issue.problem.empty();
}

Verdict effective_verdict(const Critique& critique, const Plan& plan) {
  Verdict verdict = Verdict::kAccept;
  for (const Issue& issue : critique.issues) {
    const bool grave = issue.category == Issue::Category::kUnsafe ||
                       issue.category == Issue::Category::kGoalMismatch;
    if (is_grounded(issue, plan)) {
      const bool rejected = grave && critique.verdict == Verdict::kReject;
      verdict = std::max(verdict, rejected ? Verdict::kReject : Verdict::kRevise);
    } else if (critique.verdict != Verdict::kAccept && issue.severity != Issue::Severity::kMinor) {
      verdict = std::max(verdict, Verdict::kRevise);
    }
  }
  return verdict;
}

bool has_not_shrunk(const Critique& earlier, const Critique& later) {
  const std::set<IssueKey> before = blocking_of(earlier), after = blocking_of(later);
  return !before.empty() && std::includes(after.begin(), after.end(), before.begin(), before.end());
}

}  // namespace hearth::flow
