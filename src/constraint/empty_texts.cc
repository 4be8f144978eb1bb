#include "constraint/empty_texts.h"

#include <algorithm>

namespace hearth::constraint {

namespace {

using Kind = Expression::Kind;

constexpr std::uint32_t kNobody = UINT32_MAX;
constexpr std::uint32_t kNever = UINT32_MAX;

// Every expression waits until enough of its parts are known to allow the empty text, and then
// tells the one it is a part of.
class Waiting {
 public:
  explicit Waiting(const Rules& rules) : users_(rules.rules.size()), empty_(rules.rules.size(), 0) {
    for (std::uint32_t place = 0; place < rules.rules.size(); ++place) {
      add(rules.rules[place].body, kNobody, place);
    }
  }

  std::vector<char> settle() {
    while (!ready_.empty()) {
      const Item item = items_[ready_.back()];
      ready_.pop_back();
      if (item.parent != kNobody) {
        lower(item.parent);
        continue;
      }
      empty_[item.rule] = 1;
      for (const std::uint32_t user : users_[item.rule])
        lower(user);
    }
    return std::move(empty_);
  }

 private:
  struct Item {
    std::uint32_t parent;
    std::uint32_t rule;  // whose body it is in
    std::uint32_t waits_for;
  };

  static std::uint32_t waits_for(const Expression& expression) {
    switch (expression.kind) {
      case Kind::kText:
        return expression.text.empty() ? 0 : kNever;
      case Kind::kSequence:
        return static_cast<std::uint32_t>(expression.parts.size());
      case Kind::kRepeat:
        return expression.least == 0 || expression.most == 0 ? 0 : 1;
      case Kind::kRule:
      case Kind::kChoice:
        return 1;
      case Kind::kCharacter:
      case Kind::kToken:
      case Kind::kOtherToken:
        return kNever;
    }
    return kNever;
  }

  void add(const Expression& expression, std::uint32_t parent, std::uint32_t rule) {
    const auto place = static_cast<std::uint32_t>(items_.size());
    items_.push_back({parent, rule, waits_for(expression)});
    if (items_.back().waits_for == 0) ready_.push_back(place);
    if (expression.kind == Kind::kRule) users_[expression.rule].push_back(place);
    for (const Expression& part : expression.parts)
      add(part, place, rule);
  }

  void lower(std::uint32_t place) {
    Item& item = items_[place];
    if (item.waits_for == 0 || item.waits_for == kNever) return;
    if (--item.waits_for == 0) ready_.push_back(place);
  }

  std::vector<Item> items_;
  std::vector<std::uint32_t> ready_;
  std::vector<std::vector<std::uint32_t>> users_;
  std::vector<char> empty_;
};

}  // namespace

EmptyTexts::EmptyTexts(const Rules& rules) : rules_(Waiting(rules).settle()) {}

bool EmptyTexts::of(const Expression& expression) const {
  const auto part_is_empty = [this](const Expression& part) { return of(part); };
  switch (expression.kind) {
    case Kind::kText:
      return expression.text.empty();
    case Kind::kRule:
      return of_rule(expression.rule);
    case Kind::kSequence:
      return std::all_of(expression.parts.begin(), expression.parts.end(), part_is_empty);
    case Kind::kChoice:
      return std::any_of(expression.parts.begin(), expression.parts.end(), part_is_empty);
    case Kind::kRepeat:
      return expression.least == 0 || expression.most == 0 || of(expression.parts.front());
    case Kind::kCharacter:
    case Kind::kToken:
    case Kind::kOtherToken:
      return false;
  }
  return false;
}

}  // namespace hearth::constraint
