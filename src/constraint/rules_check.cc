#include <algorithm>

#include <fmt/format.h>

#include "constraint/empty_texts.h"
#include "constraint/rules.h"

namespace hearth::constraint {

namespace {

using Kind = Expression::Kind;

constexpr char32_t kLastCodePoint = 0x10FFFF;
constexpr std::size_t kNamesInMessage = 5;

class RuleCheck {
 public:
  explicit RuleCheck(const Rules& rules) : rules_(rules) {}

  Result<void> check() {
    for (const Rule& rule : rules_.rules) {
      rule_ = &rule;
      HEARTH_TRY(check(rule.body, 1));
    }
    return {};
  }

 private:
  Failure wrong(std::string what) const {
    return fail(Code::kInvalidArgument, fmt::format("rule '{}' {}", rule_->name, what));
  }

  Result<void> check(const Expression& expression, std::size_t depth) {
    if (depth > kExpressionDepthMax) {
      return wrong(
          fmt::format("is nested deeper than {} levels; use further rules", kExpressionDepthMax));
    }
    if (++expressions_ > kExpressionsMax) {
      return wrong(fmt::format("brings the grammar beyond {} expressions; make it smaller",
                               kExpressionsMax));
    }
    if (expression.kind == Kind::kRule && expression.rule >= rules_.rules.size()) {
      return wrong(fmt::format("names rule number {}, which does not exist", expression.rule));
    }
    HEARTH_TRY(check_ranges(expression));
    HEARTH_TRY(check_repeat(expression));
    for (const Expression& part : expression.parts)
      HEARTH_TRY(check(part, depth + 1));
    return {};
  }

  Result<void> check_ranges(const Expression& expression) const {
    for (const CodePointRange& range : expression.ranges) {
      if (range.first > range.last || range.last > kLastCodePoint) {
        return wrong(fmt::format("has the characters U+{:04X} to U+{:04X}, which is no range",
                                 static_cast<std::uint32_t>(range.first),
                                 static_cast<std::uint32_t>(range.last)));
      }
    }
    return {};
  }

  Result<void> check_repeat(const Expression& expression) const {
    if (expression.kind != Kind::kRepeat) return {};
    if (expression.parts.size() != 1) return wrong("repeats something other than one part");
    if (expression.most < expression.least) {
      return wrong(fmt::format("repeats at least {} and at most {} times", expression.least,
                               expression.most));
    }
    const std::uint32_t named =
        expression.most == kNoMost ? expression.least : std::max(expression.least, expression.most);
    if (named > kRepeatMax) {
      return wrong(fmt::format("repeats {} times; {} is the most", named, kRepeatMax));
    }
    return {};
  }

  const Rules& rules_;
  const Rule* rule_ = nullptr;
  std::size_t expressions_ = 0;
};

// Looks for a rule that can begin with itself, without recursion: chains of rules may be long.
class LeftRecursion {
 public:
  explicit LeftRecursion(const Rules& rules) : rules_(rules), empty_(rules), seen_(beginnings()) {}

  Result<void> check() {
    for (std::uint32_t start = 0; start < begins_with_.size(); ++start)
      HEARTH_TRY(follow(start));
    return {};
  }

 private:
  enum class Seen : std::uint8_t { kNo, kOnPath, kDone };
  struct Step {
    std::uint32_t rule;
    std::size_t next = 0;
  };

  std::vector<Seen> beginnings() {
    begins_with_.resize(rules_.rules.size());
    for (std::size_t place = 0; place < begins_with_.size(); ++place) {
      std::vector<std::uint32_t>& found = begins_with_[place];
      collect(rules_.rules[place].body, found);
      std::sort(found.begin(), found.end());
      found.erase(std::unique(found.begin(), found.end()), found.end());
    }
    return std::vector<Seen>(begins_with_.size(), Seen::kNo);
  }

  // The rules that an expression can begin with.
  void collect(const Expression& expression, std::vector<std::uint32_t>& found) const {
    if (expression.kind == Kind::kRule) found.push_back(expression.rule);
    if (expression.kind == Kind::kRepeat && expression.most == 0) return;
    for (const Expression& part : expression.parts) {
      collect(part, found);
      if (expression.kind == Kind::kSequence && !empty_.of(part)) return;
    }
  }

  Result<void> follow(std::uint32_t start) {
    if (seen_[start] != Seen::kNo) return {};
    std::vector<Step> path{{start}};
    seen_[start] = Seen::kOnPath;
    while (!path.empty()) {
      Step& here = path.back();
      const std::vector<std::uint32_t>& nexts = begins_with_[here.rule];
      if (here.next == nexts.size()) {
        seen_[here.rule] = Seen::kDone;
        path.pop_back();
        continue;
      }
      const std::uint32_t next = nexts[here.next++];
      if (seen_[next] == Seen::kOnPath) return refuse(path, next);
      if (seen_[next] == Seen::kDone) continue;
      seen_[next] = Seen::kOnPath;
      path.push_back({next});
    }
    return {};
  }

  Failure refuse(const std::vector<Step>& path, std::uint32_t rule) const {
    auto at = std::find_if(path.begin(), path.end(),
                           [rule](const Step& step) { return step.rule == rule; });
    std::string way;
    for (std::size_t names = 0; at != path.end() && ++at != path.end(); ++names) {
      if (names == kNamesInMessage) {
        way += "… → ";
        break;
      }
      way += fmt::format("{} → ", rules_.rules[at->rule].name);
    }
    const std::string& name = rules_.rules[rule].name;
    return fail(Code::kInvalidArgument,
                fmt::format("rule '{0}' can begin with itself ({0} → {1}{0}); write it with a "
                            "repetition, or with '{0}' last",
                            name, way));
  }

  const Rules& rules_;
  EmptyTexts empty_;
  std::vector<std::vector<std::uint32_t>> begins_with_;
  std::vector<Seen> seen_;
};

}  // namespace

Result<void> check(const Rules& rules) {
  if (rules.rules.size() > kRulesMax) {
    return fail(Code::kInvalidArgument, fmt::format("the grammar has {} rules; {} is the most",
                                                    rules.rules.size(), kRulesMax));
  }
  if (rules.root >= rules.rules.size()) {
    return fail(Code::kInvalidArgument, "the grammar has no rule to begin with; define one");
  }
  HEARTH_TRY(RuleCheck(rules).check());
  return LeftRecursion(rules).check();
}

}  // namespace hearth::constraint
