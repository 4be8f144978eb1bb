// For tests only: what rules allow, found in the plainest way there is, by trying everything. It
// shares no code with what is compiled from rules, and is slow.
//
// REQUIRES: rules that check() accepts, without tokens.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "constraint/rules.h"

namespace hearth::constraint {

inline std::string encoded_for_test(char32_t point) {
  std::string bytes;
  if (point < 0x80) return {static_cast<char>(point)};
  if (point < 0x800) {
    bytes += static_cast<char>(0xC0 + point / 64);
  } else {
    if (point < 0x10000) {
      bytes += static_cast<char>(0xE0 + point / 4096);
    } else {
      bytes += static_cast<char>(0xF0 + point / 262144);
      bytes += static_cast<char>(0x80 + point / 4096 % 64);
    }
    bytes += static_cast<char>(0x80 + point / 64 % 64);
  }
  return bytes + static_cast<char>(0x80 + point % 64);
}

class Reference {
 public:
  explicit Reference(const Rules& rules) : rules_(rules), finite_(rules.rules.size(), false) {
    for (bool grew = true; grew;) {
      grew = false;
      for (std::size_t place = 0; place < finite_.size(); ++place) {
        if (finite_[place] || !is_finite(rules.rules[place].body)) continue;
        finite_[place] = true;
        grew = true;
      }
    }
  }

  // Some finite text is allowed.
  bool allows_something() const { return finite_[rules_.root]; }
  bool allows(std::string_view text) { return parse(text).ends.contains(text.size()); }
  // It is the beginning of something that is allowed.
  bool allows_beginning(std::string_view text) {
    const Found found = parse(text);
    return found.open || found.ends.contains(text.size());
  }

 private:
  struct Found {
    std::set<std::size_t> ends;  // where what was looked for ends
    bool open = false;           // the text ends within it
  };

  bool is_finite(const Expression& expression) const {
    const auto& parts = expression.parts;
    const auto finite = [this](const Expression& part) { return is_finite(part); };
    switch (expression.kind) {
      case Expression::Kind::kCharacter:
        return !expression.ranges.empty();
      case Expression::Kind::kRule:
        return finite_[expression.rule];
      case Expression::Kind::kSequence:
        return std::all_of(parts.begin(), parts.end(), finite);
      case Expression::Kind::kChoice:
        return std::any_of(parts.begin(), parts.end(), finite);
      case Expression::Kind::kRepeat:
        return expression.least == 0 || is_finite(parts.front());
      default:
        return true;
    }
  }

  Found parse(std::string_view text) {
    text_ = text;
    known_.clear();
    return find(rule(rules_.root), 0);
  }

  Found find(const Expression& expression, std::size_t at) {
    switch (expression.kind) {
      case Expression::Kind::kText:
        return find_text(expression.text, at);
      case Expression::Kind::kCharacter:
        return find_character(expression, at);
      case Expression::Kind::kRule:
        return find_rule(expression.rule, at);
      case Expression::Kind::kSequence:
        return find_sequence(expression.parts, at);
      case Expression::Kind::kRepeat:
        return find_repeat(expression, at);
      default:
        break;
    }
    Found found;
    for (const Expression& part : expression.parts)
      join(found, find(part, at));
    return found;
  }

  static void join(Found& found, const Found& more) {
    found.ends.insert(more.ends.begin(), more.ends.end());
    found.open = found.open || more.open;
  }

  Found find_text(std::string_view wanted, std::size_t at) const {
    const std::string_view left = text_.substr(at);
    if (left.starts_with(wanted)) return {{at + wanted.size()}, false};
    return {{}, wanted.starts_with(left)};
  }

  Found find_character(const Expression& expression, std::size_t at) const {
    Found found;
    for (const CodePointRange& range : expression.ranges) {
      for (char32_t point = range.first; point <= range.last; ++point)
        join(found, find_text(encoded_for_test(point), at));
    }
    return found;
  }

  Found find_rule(std::uint32_t place, std::size_t at) {
    const auto known = known_.find({place, at});
    if (known != known_.end()) return known->second;
    if (at == text_.size() && !finite_[place]) return {};
    Found found = find(rules_.rules[place].body, at);
    known_[{place, at}] = found;
    return found;
  }

  Found find_sequence(const std::vector<Expression>& parts, std::size_t at) {
    Found found{{at}, false};
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (!is_finite(parts[i])) found.open = false;
      found = find_next(found, parts[i]);
    }
    return found;
  }

  Found find_repeat(const Expression& expression, std::size_t at) {
    Found now{{at}, false};
    Found found = expression.least == 0 ? now : Found{};
    const std::size_t enough = expression.least + text_.size() + 1;
    const bool finite = is_finite(expression.parts.front());
    for (std::size_t i = 1; i <= expression.most && i <= enough; ++i) {
      if (!finite) now.open = false;
      now = find_next(now, expression.parts.front());
      if (i >= expression.least) join(found, now);
    }
    return found;
  }

  // One thing more behind where something ended; what was open stays open.
  Found find_next(const Found& before, const Expression& next) {
    Found found{{}, before.open};
    for (const std::size_t at : before.ends)
      join(found, find(next, at));
    return found;
  }

  const Rules& rules_;
  std::vector<bool> finite_;
  std::string_view text_;
  std::map<std::pair<std::uint32_t, std::size_t>, Found> known_;
};

}  // namespace hearth::constraint
