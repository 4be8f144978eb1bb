#include "constraint/testing/rule_reader.h"

#include <map>
#include <set>
#include <utility>

#include "constraint/pattern/code_points.h"

namespace hearth::constraint::testing {

namespace {

using Kind = Expression::Kind;
using Ends = std::set<std::size_t>;

class Reader {
 public:
  Reader(const Rules& rules, std::string_view text) : rules_(rules), text_(text) {}

  bool fits() { return ends_of_rule(rules_.root, 0).contains(text_.size()); }

 private:
  const Ends& ends_of_rule(std::uint32_t rule, std::size_t from) {
    const std::pair<std::uint32_t, std::size_t> key{rule, from};
    if (const auto known = rules_ends_.find(key); known != rules_ends_.end()) {
      return known->second;
    }
    Ends ends = ends_of(rules_.rules[rule].body, from);
    return rules_ends_.emplace(key, std::move(ends)).first->second;
  }

  // Where the part may end when it begins here.
  Ends ends_of(const Expression& part, std::size_t from) {
    switch (part.kind) {
      case Kind::kText:
        if (text_.substr(from).starts_with(part.text)) return {from + part.text.size()};
        return {};
      case Kind::kCharacter:
        return ends_of_character(part, from);
      case Kind::kRule:
        return ends_of_rule(part.rule, from);
      case Kind::kSequence: {
        Ends now{from};
        for (const Expression& one : part.parts)
          now = ends_from(one, now);
        return now;
      }
      case Kind::kChoice: {
        Ends all;
        for (const Expression& one : part.parts)
          all.merge(ends_of(one, from));
        return all;
      }
      case Kind::kRepeat:
        return ends_of_repeat(part, from);
      default:
        return {};
    }
  }

  Ends ends_from(const Expression& part, const Ends& begins) {
    Ends all;
    for (const std::size_t begin : begins)
      all.merge(ends_of(part, begin));
    return all;
  }

  Ends ends_of_repeat(const Expression& part, std::size_t from) {
    Ends now{from};
    for (std::uint32_t i = 0; i < part.least && !now.empty(); ++i) {
      now = ends_from(part.parts.front(), now);
    }
    Ends all = now;
    for (std::uint32_t i = part.least; i < part.most && !now.empty(); ++i) {
      Ends fresh;
      for (const std::size_t end : ends_from(part.parts.front(), now)) {
        if (all.insert(end).second) fresh.insert(end);
      }
      now = std::move(fresh);
    }
    return all;
  }

  Ends ends_of_character(const Expression& part, std::size_t from) {
    if (from >= text_.size()) return {};
    std::size_t end = from + 1;
    while (end < text_.size() && (static_cast<unsigned char>(text_[end]) & 0xC0U) == 0x80U)
      ++end;
    const std::u32string points = code_points(text_.substr(from, end - from));
    for (const CodePointRange& range : part.ranges) {
      if (points[0] >= range.first && points[0] <= range.last) return {end};
    }
    return {};
  }

  const Rules& rules_;
  std::string_view text_;
  std::map<std::pair<std::uint32_t, std::size_t>, Ends> rules_ends_;
};

}  // namespace

bool fits(const Rules& rules, std::string_view text) {
  return Reader(rules, text).fits();
}

}  // namespace hearth::constraint::testing
