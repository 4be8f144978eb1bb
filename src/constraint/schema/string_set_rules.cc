#include "constraint/schema/string_set_rules.h"

#include <map>
#include <utility>

#include "constraint/schema/json_text.h"

namespace hearth::constraint {

namespace {

constexpr std::uint32_t kNoRule = UINT32_MAX;
constexpr std::size_t kInlineDepthMax = 40;

class RuleWriter {
 public:
  RuleWriter(const StringSet& set, Rules& rules, const WriteClass& write, const WriteEnd& end)
      : set_(set),
        rules_(rules),
        write_(write),
        end_(end),
        ways_in_(set.states.size()),
        places_(set.states.size(), kNoRule) {
    for (std::uint32_t i = 0; i < set.states.size(); ++i) {
      targets_.push_back(targets(i));
      for (const auto& [to, ranges] : targets_.back())
        ways_in_[to] += to == i ? 0 : 1;
    }
  }

  Expression write() {
    Expression all = state(0, 0);
    while (!pending_.empty()) {
      const std::uint32_t next = pending_.back();
      pending_.pop_back();
      Expression body = state(next, 0);
      rules_.rules[places_[next]].body = std::move(body);
    }
    return all;
  }

 private:
  using Targets = std::map<std::uint32_t, std::vector<CodePointRange>>;

  Targets targets(std::uint32_t from) const {
    Targets all;
    for (const StringSet::Edge& edge : set_.states[from].edges) {
      all[edge.to].push_back(edge.range);
    }
    return all;
  }

  Expression state(std::uint32_t from, std::size_t depth) {
    std::vector<Expression> ways;
    std::vector<Expression> parts;
    for (const auto& [to, ranges] : targets_[from]) {
      if (to == from) {
        parts.push_back(repeat(write_(ranges), 0));
      } else {
        std::vector<Expression> way;  // moved, not copied at every depth again
        way.push_back(write_(ranges));
        way.push_back(reference(to, depth + 1));
        ways.push_back(sequence(std::move(way)));
      }
    }
    if (set_.states[from].accepts) ways.push_back(end_(set_.states[from].kind));
    parts.push_back(one_of(std::move(ways)));
    return sequence(std::move(parts));
  }

  Expression reference(std::uint32_t to, std::size_t depth) {
    const Targets& after = targets_[to];
    const bool leads_on = after.size() > (after.contains(to) ? 1U : 0U);
    const bool shared = leads_on && (ways_in_[to] > 1 || to == 0);
    if (!shared && depth < kInlineDepthMax) return state(to, depth);
    if (places_[to] == kNoRule) {
      places_[to] = add_rule(rules_, "state", {});
      pending_.push_back(to);
    }
    return rule(places_[to]);
  }

  const StringSet& set_;
  Rules& rules_;
  const WriteClass& write_;
  const WriteEnd& end_;
  std::vector<Targets> targets_;
  std::vector<std::size_t> ways_in_;
  std::vector<std::uint32_t> places_;
  std::vector<std::uint32_t> pending_;
};

}  // namespace

Expression rules_of(const StringSet& set, Rules& rules, const WriteClass& write) {
  return rules_of(set, rules, write, [](std::uint32_t) { return text(""); });
}

Expression rules_of(const StringSet& set, Rules& rules, const WriteClass& write,
                    const WriteEnd& end) {
  return RuleWriter(set, rules, write, end).write();
}

Expression spelled_out(const Expression& expression) {
  if (expression.kind == Expression::Kind::kText) {
    std::vector<Expression> letters;
    for (const char letter : expression.text) {
      const auto point = static_cast<char32_t>(letter);
      letters.push_back(character({{point, point}}));
    }
    return sequence(std::move(letters));
  }
  Expression all = expression;
  for (Expression& part : all.parts)
    part = spelled_out(part);
  return all;
}

}  // namespace hearth::constraint
