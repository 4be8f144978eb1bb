#include "constraint/drafts.h"

#include <algorithm>
#include <functional>
#include <utility>

#include <fmt/format.h>

namespace hearth::constraint {

namespace {

using Kind = Expression::Kind;

constexpr std::size_t kManyStates = 1'000'000;
constexpr std::size_t kCharacterStates = 8;  // of one that has more than one byte

constexpr std::uint32_t kNobody = UINT32_MAX;

// The rule that this is and nothing more; kNobody for all else.
std::uint32_t only_rule(const Expression& expression) {
  const Expression* only = &expression;
  while ((only->kind == Kind::kSequence || only->kind == Kind::kChoice) && only->parts.size() == 1)
    only = &only->parts.front();
  return only->kind == Kind::kRule ? only->rule : kNobody;
}

// REQUIRES: no rule comes back to itself through others that are nothing but a rule.
std::vector<std::uint32_t> meant_by(const Rules& rules) {
  std::vector<std::uint32_t> meant(rules.rules.size(), kNobody);
  std::vector<std::uint32_t> chain;
  for (std::uint32_t place = 0; place < meant.size(); ++place) {
    std::uint32_t at = place;
    while (meant[at] == kNobody) {
      const std::uint32_t next = only_rule(rules.rules[at].body);
      if (next == kNobody) meant[at] = at;
      if (next != kNobody) chain.push_back(std::exchange(at, next));
    }
    for (const std::uint32_t link : chain)
      meant[link] = meant[at];
    chain.clear();
  }
  return meant;
}

void count_uses(const Expression& expression, const std::vector<std::uint32_t>& meant,
                std::vector<std::uint32_t>& uses) {
  if (expression.kind == Kind::kRule) ++uses[meant[expression.rule]];
  for (const Expression& part : expression.parts)
    count_uses(part, meant, uses);
}

std::size_t mix(std::size_t hash, std::size_t more) {
  return (hash ^ more) * 0x9E3779B97F4A7C15U + (hash >> 29U);
}

std::size_t hash_of(const Expression& expression) {
  std::size_t hash = mix(static_cast<std::size_t>(expression.kind), expression.rule);
  hash = mix(hash, std::hash<std::string>{}(expression.text));
  for (const CodePointRange& range : expression.ranges)
    hash = mix(mix(hash, range.first), range.last);
  for (const Token token : expression.tokens)
    hash = mix(hash, static_cast<std::size_t>(token));
  for (const Expression& part : expression.parts)
    hash = mix(hash, hash_of(part));
  return mix(mix(hash, expression.least), expression.most);
}

}  // namespace

Drafts::Drafts(const Rules& rules)
    : rules_(rules),
      empty_(rules),
      meant_(meant_by(rules)),
      uses_(rules.rules.size(), 0),
      inline_levels_(rules.rules.size(), kUnasked) {
  for (std::uint32_t place = 0; place < meant_.size(); ++place) {
    const Expression& body = rules.rules[place].body;
    bodies_.push_back(&body);
    if (meant_[place] == place || place == rules.root) count_uses(body, meant_, uses_);
  }
}

Result<Draft> Drafts::draft(std::uint32_t rule) {
  draft_ = {};
  draft_.start = state();
  draft_.end = add(*bodies_[rule], draft_.start);
  if (states_ > kDraftStatesMax) {
    return fail(Code::kInvalidArgument,
                fmt::format("the grammar needs more than {} states; repeat less, or smaller parts",
                            kDraftStatesMax));
  }
  return std::move(draft_);
}

std::uint32_t Drafts::state() {
  ++states_;
  draft_.states.emplace_back();
  return static_cast<std::uint32_t>(draft_.states.size() - 1);
}

std::uint32_t Drafts::add(const Expression& expression, std::uint32_t from) {
  if (states_ > kDraftStatesMax) return from;  // draft() refuses it in the end
  switch (expression.kind) {
    case Kind::kText:
      return add_text(expression.text, from);
    case Kind::kCharacter:
      return add_character(expression, from);
    case Kind::kRule:
      return add_rule(meant_[expression.rule], from);
    case Kind::kSequence:
      for (const Expression& part : expression.parts)
        from = add(part, from);
      return from;
    case Kind::kChoice:
      return add_choice(expression, from);
    case Kind::kRepeat:
      return add_repeat(expression, from);
    case Kind::kToken:
    case Kind::kOtherToken:
      return add_token(expression, from);
  }
  return from;
}

std::uint32_t Drafts::add_text(const std::string& text, std::uint32_t from) {
  for (const char character : text) {
    if (states_ > kDraftStatesMax) break;
    const auto byte = static_cast<std::uint8_t>(character);
    const std::uint32_t to = state();
    edge(from, {Draft::Label::kByte, {byte, byte}, 0, to});
    from = to;
  }
  return from;
}

std::uint32_t Drafts::add_character(const Expression& expression, std::uint32_t from) {
  const std::uint32_t end = state();
  for (const ByteSequence& sequence : utf8_sequences(expression.ranges)) {
    std::uint32_t at = from;
    for (std::size_t i = 0; i < sequence.length; ++i) {
      const std::uint32_t to = i + 1 == sequence.length ? end : state();
      edge(at, {Draft::Label::kByte, sequence.bytes[i], 0, to});
      at = to;
    }
  }
  return end;
}

std::uint32_t Drafts::add_choice(const Expression& expression, std::uint32_t from) {
  const std::uint32_t end = state();
  for (const Expression& part : expression.parts)
    skip(add(part, from), end);
  return end;
}

std::uint32_t Drafts::add_token(const Expression& expression, std::uint32_t from) {
  TokenSet set{.tokens = expression.tokens, .others = expression.kind == Kind::kOtherToken};
  std::sort(set.tokens.begin(), set.tokens.end());
  const std::uint32_t end = state();
  if (!set.others && set.tokens.empty()) return end;
  const auto [known, added] = token_set_places_.try_emplace(
      {set.others, set.tokens}, static_cast<std::uint32_t>(token_sets_.size()));
  if (added) token_sets_.push_back(std::move(set));
  edge(from, {Draft::Label::kToken, {}, known->second, end});
  return end;
}

std::uint32_t Drafts::add_rule(std::uint32_t rule, std::uint32_t from) {
  if (inline_levels(rule, 0) != kNever) return add(rules_.rules[rule].body, from);
  const std::uint32_t end = add_call(rule, from);
  if (empty_.of_rule(rule)) skip(from, end);
  return end;
}

std::uint32_t Drafts::add_call(std::uint32_t rule, std::uint32_t from) {
  const std::uint32_t end = state();
  edge(from, {Draft::Label::kCall, {}, rule, end});
  return end;
}

std::uint32_t Drafts::add_repeat(const Expression& expression, std::uint32_t from) {
  const Expression& part = expression.parts.front();
  const std::uint32_t named = expression.most == kNoMost ? expression.least : expression.most;
  if (named > 1 && (empty_.of(part) || size_of(part) > kCopiedStates)) {
    const std::uint32_t called = outline(part);
    return add_times(expression, from,
                     [this, called](std::uint32_t at) { return add_call(called, at); });
  }
  return add_times(expression, from, [this, &part](std::uint32_t at) { return add(part, at); });
}

// A part that may be empty need not be there at all, so it counts as one that never is.
std::uint32_t Drafts::add_times(const Expression& expression, std::uint32_t from,
                                const std::function<std::uint32_t(std::uint32_t)>& add_part) {
  const std::uint32_t least = empty_.of(expression.parts.front()) ? 0 : expression.least;
  for (std::uint32_t i = 0; i < least && states_ <= kDraftStatesMax; ++i)
    from = add_part(from);
  const std::uint32_t end = state();
  skip(from, end);
  if (expression.most == kNoMost) {
    skip(add_part(end), end);
    return end;
  }
  for (std::uint32_t i = least; i < expression.most && states_ <= kDraftStatesMax; ++i) {
    from = add_part(from);
    skip(from, end);
  }
  return end;
}

std::uint32_t Drafts::outline(const Expression& body) {
  if (body.kind == Kind::kRule) return meant_[body.rule];
  const std::size_t hash = hash_of(body);
  const auto [first, last] = outlined_.equal_range(hash);
  const auto known = std::find_if(first, last, [this, &body](const auto& entry) {
    return bodies_[entry.second] == &body || *bodies_[entry.second] == body;
  });
  if (known != last) return known->second;
  const auto place = static_cast<std::uint32_t>(bodies_.size());
  bodies_.push_back(&body);
  outlined_.emplace(hash, place);
  return place;
}

std::size_t Drafts::size_of(const Expression& expression) const {
  switch (expression.kind) {
    case Kind::kText:
      return std::max<std::size_t>(expression.text.size(), 1);
    case Kind::kCharacter: {
      const bool plain = std::all_of(expression.ranges.begin(), expression.ranges.end(),
                                     [](const CodePointRange& range) { return range.last < 0x80; });
      return plain ? 1 : kCharacterStates * expression.ranges.size();
    }
    case Kind::kRule:
      return inline_levels_[meant_[expression.rule]] <= kInlineDepth
                 ? 1 + size_of(rules_.rules[meant_[expression.rule]].body)
                 : 1;
    case Kind::kToken:
    case Kind::kOtherToken:
      return 1;
    case Kind::kSequence:
    case Kind::kChoice:
    case Kind::kRepeat:
      break;
  }
  std::size_t size = 1;
  for (const Expression& part : expression.parts)
    size += size_of(part);
  if (expression.kind == Kind::kRepeat) {
    const std::size_t times = expression.most == kNoMost ? expression.least + 1 : expression.most;
    size *= std::max<std::size_t>(times, 1);
  }
  return std::min(size, kManyStates);
}

std::uint8_t Drafts::inline_levels(std::uint32_t rule, std::uint8_t depth) {
  std::uint8_t& known = inline_levels_[rule];
  if (known == kUnasked) {
    known = kNever;  // also where the question comes back to it
    const Expression& body = rules_.rules[rule].body;
    const std::size_t most = uses_[rule] == 1 ? kInlineStatesOnce : kInlineStates;
    const std::uint8_t levels = inline_levels(body, depth);
    if (levels <= kInlineDepth && size_of(body) <= most) known = levels;
  }
  return known;
}

std::uint8_t Drafts::inline_levels(const Expression& expression, std::uint8_t depth) {
  if (depth > kInlineDepth) return kNever;
  if (expression.kind == Kind::kRule) {
    const std::uint8_t levels = inline_levels(meant_[expression.rule], depth + 1);
    return levels < kInlineDepth ? levels + 1 : kNever;
  }
  std::uint8_t levels = 0;
  for (const Expression& part : expression.parts)
    levels = std::max(levels, inline_levels(part, depth));
  return levels;
}

}  // namespace hearth::constraint
