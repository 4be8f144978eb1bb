#include "constraint/gbnf.h"

#include <algorithm>
#include <map>
#include <string>

#include <fmt/format.h>

#include "constraint/gbnf_cursor.h"
#include "constraint/gbnf_items.h"

namespace hearth::constraint {

namespace {

constexpr std::string_view kRoot = "root";
constexpr std::string_view kOtherNotation = "%llguidance";
// What is nested deeper than this within a rule becomes a rule of its own, so that the text may
// nest as deep as it likes and no expression does. Closing a group adds two.
constexpr std::size_t kInlineDepthMax = 100;
static_assert(kInlineDepthMax + 3 <= kExpressionDepthMax);

// An expression and how deep it nests.
struct Part {
  Expression expression;
  std::size_t depth = 1;
};

// What is being read between parentheses, or as the body of a rule.
struct Group {
  std::size_t opened_at = 0;
  std::vector<Part> choices;
  std::vector<Part> sequence;  // the choice that is being read
};

using Blanks = GbnfCursor::Blanks;
using Join = Expression (*)(std::vector<Expression> parts);

Part joined(std::vector<Part> parts, Join join) {
  if (parts.size() == 1) return std::move(parts.front());
  std::size_t depth = 0;
  std::vector<Expression> expressions;
  expressions.reserve(parts.size());
  for (Part& part : parts) {
    depth = std::max(depth, part.depth);
    expressions.push_back(std::move(part.expression));
  }
  return {join(std::move(expressions)), depth + 1};
}

void end_choice(Group& group) {
  group.choices.push_back(joined(std::move(group.sequence), sequence));
  group.sequence.clear();
}

// Reads rule by rule. Open groups are kept in a list and not on the stack of calls.
class Reader {
 public:
  Reader(GbnfCursor cursor, const FindToken& find_token)
      : cursor_(cursor), find_token_(find_token) {}

  Result<Rules> read();

 private:
  static constexpr std::size_t kUndefined = SIZE_MAX;
  struct Mention {
    std::size_t mentioned_at = 0;
    std::size_t defined_at = kUndefined;
  };

  Result<void> read_rule();
  Result<Part> read_body();
  Result<void> read_group_end();
  Result<void> read_item();
  Result<Expression> read_reference();
  Result<void> read_repetition();
  Result<std::uint32_t> place_of(std::string_view name, std::size_t mentioned_at);
  Result<Part> inlined(Part part);
  Result<void> count(std::size_t place);
  Blanks blanks() const { return groups_.size() > 1 ? Blanks::kOverLines : Blanks::kInLine; }

  GbnfCursor cursor_;
  const FindToken& find_token_;
  Rules rules_;
  std::vector<Mention> mentions_;  // of the rules, in their order
  std::map<std::string, std::uint32_t, std::less<>> places_;
  std::vector<Group> groups_;  // the first is the body of the rule
  std::size_t expressions_ = 0;
};

Result<Rules> Reader::read() {
  cursor_.skip(Blanks::kOverLines);
  const std::size_t begin = cursor_.place();
  if (cursor_.take(kOtherNotation)) {
    return cursor_.wrong(begin,
                         fmt::format("{} is another engine's notation; write GBNF, or a JSON "
                                     "schema",
                                     kOtherNotation));
  }
  while (!cursor_.at_end())
    HEARTH_TRY(read_rule());
  for (std::size_t i = 0; i < mentions_.size(); ++i) {
    if (mentions_[i].defined_at != kUndefined) continue;
    return cursor_.wrong(mentions_[i].mentioned_at,
                         fmt::format("the rule '{}' is not defined", rules_.rules[i].name));
  }
  const auto root = places_.find(kRoot);
  if (root == places_.end()) {
    return cursor_.expected(fmt::format("a rule '{}', which says what is allowed", kRoot));
  }
  rules_.root = root->second;
  return std::move(rules_);
}

Result<void> Reader::read_rule() {
  const std::size_t begin = cursor_.place();
  const std::string_view name = cursor_.take_name();
  if (name.empty()) return cursor_.expected("a rule's name, of letters, digits and '-'");
  cursor_.skip(Blanks::kInLine);
  if (!cursor_.take("::=")) {
    return cursor_.expected(fmt::format(
        "'::=' behind '{}'; a rule goes on in the next line in parentheses or behind '|' only",
        name));
  }
  cursor_.skip(Blanks::kOverLines);
  const std::uint32_t place = HEARTH_TRY(place_of(name, begin));
  if (mentions_[place].defined_at != kUndefined) {
    return cursor_.wrong(begin, fmt::format("the rule '{}' is already defined in line {}", name,
                                            cursor_.line_of(mentions_[place].defined_at)));
  }
  mentions_[place].defined_at = begin;
  Part body = HEARTH_TRY(read_body());
  rules_.rules[place].body = std::move(body.expression);
  if (!cursor_.at_end() && cursor_.peek() != '\r' && cursor_.peek() != '\n') {
    return cursor_.expected("something allowed, '|' or the end of the line");
  }
  cursor_.skip(Blanks::kOverLines);
  return {};
}

Result<Part> Reader::read_body() {
  groups_.clear();
  groups_.push_back({.opened_at = cursor_.place()});
  while (true) {
    const char next = cursor_.peek();
    if (next == '|') {
      cursor_.take("|");
      cursor_.skip(Blanks::kOverLines);
      end_choice(groups_.back());
    } else if (next == '(') {
      HEARTH_TRY(count(cursor_.place()));
      groups_.push_back({.opened_at = cursor_.place()});
      cursor_.take("(");
      cursor_.skip(Blanks::kOverLines);
    } else if (next == ')' && groups_.size() > 1) {
      HEARTH_TRY(read_group_end());
    } else if (next != '\0' && std::string_view("*+?{").find(next) != std::string_view::npos) {
      HEARTH_TRY(read_repetition());
    } else {
      const std::size_t begin = cursor_.place();
      HEARTH_TRY(read_item());
      if (cursor_.place() == begin) break;
    }
  }
  if (groups_.size() > 1) {
    return cursor_.expected(fmt::format("something allowed, '|' or ')' for the '(' in line {}",
                                        cursor_.line_of(groups_.back().opened_at)));
  }
  end_choice(groups_.back());
  return joined(std::move(groups_.back().choices), choice);
}

Result<void> Reader::read_group_end() {
  cursor_.take(")");
  end_choice(groups_.back());
  Part part = joined(std::move(groups_.back().choices), choice);
  groups_.pop_back();
  groups_.back().sequence.push_back(HEARTH_TRY(inlined(std::move(part))));
  cursor_.skip(blanks());
  return {};
}

// Takes nothing where no item stands.
Result<void> Reader::read_item() {
  const std::size_t begin = cursor_.place();
  Expression one;
  switch (cursor_.peek()) {
    case '"':
      one = HEARTH_TRY(read_literal(cursor_));
      break;
    case '[':
      one = HEARTH_TRY(read_class(cursor_));
      break;
    case '<':
    case '!':
      one = HEARTH_TRY(read_token(cursor_, find_token_));
      break;
    case '.':
      cursor_.take(".");
      one = character(all_but({}));
      break;
    default:
      one = HEARTH_TRY(read_reference());
  }
  if (cursor_.place() == begin) return {};
  HEARTH_TRY(count(begin));
  groups_.back().sequence.push_back({std::move(one)});
  cursor_.skip(blanks());
  return {};
}

Result<Expression> Reader::read_reference() {
  const std::size_t begin = cursor_.place();
  const std::string_view name = cursor_.take_name();
  if (name.empty()) return Expression{};
  return rule(HEARTH_TRY(place_of(name, begin)));
}

Result<void> Reader::read_repetition() {
  if (groups_.back().sequence.empty()) {
    return cursor_.expected("something that can be repeated");
  }
  HEARTH_TRY(count(cursor_.place()));
  const Times times = HEARTH_TRY(read_times(cursor_, blanks()));
  Part repeated = std::move(groups_.back().sequence.back());
  groups_.back().sequence.pop_back();
  repeated.expression = repeat(std::move(repeated.expression), times.least, times.most);
  ++repeated.depth;
  groups_.back().sequence.push_back(HEARTH_TRY(inlined(std::move(repeated))));
  cursor_.skip(blanks());
  return {};
}

Result<std::uint32_t> Reader::place_of(std::string_view name, std::size_t mentioned_at) {
  const auto known = places_.find(name);
  if (known != places_.end()) return known->second;
  if (rules_.rules.size() == kRulesMax) {
    return cursor_.wrong(mentioned_at, fmt::format("a grammar has at most {} rules", kRulesMax));
  }
  const auto place = static_cast<std::uint32_t>(rules_.rules.size());
  places_.emplace(name, place);
  rules_.rules.push_back({.name = std::string(name), .body = {}});
  mentions_.push_back({.mentioned_at = mentioned_at});
  return place;
}

// The part, or a reference to a new rule where it nests too deep. No name in a text has a '_'.
Result<Part> Reader::inlined(Part part) {
  if (part.depth <= kInlineDepthMax) return part;
  const std::string name = fmt::format("group_{}", rules_.rules.size());
  const std::uint32_t place = HEARTH_TRY(place_of(name, cursor_.place()));
  mentions_[place].defined_at = cursor_.place();
  rules_.rules[place].body = std::move(part.expression);
  return Part{rule(place)};
}

Result<void> Reader::count(std::size_t place) {
  if (++expressions_ <= kExpressionsMax) return {};
  return cursor_.wrong(place, fmt::format("a grammar has at most {} parts", kExpressionsMax));
}

}  // namespace

Result<Rules> parse_gbnf(std::string_view text, const FindToken& find_token) {
  if (text.size() > kGbnfBytesMax) {
    return fail(
        Code::kInvalidArgument,
        fmt::format("the grammar has {} bytes; at most {} are read", text.size(), kGbnfBytesMax),
        "grammar");
  }
  const GbnfCursor cursor = HEARTH_TRY(GbnfCursor::create(text));
  return Reader(cursor, find_token).read();
}

}  // namespace hearth::constraint
