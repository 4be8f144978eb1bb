#include "constraint/testing/rule_sampler.h"

#include <algorithm>

namespace hearth::constraint::testing {

namespace {

using Kind = Expression::Kind;

constexpr std::uint64_t kNever = UINT64_MAX / 4;

void append_utf8(std::string& out, char32_t point) {
  const auto tail = [&](int shift) {
    out += static_cast<char>(0x80U | ((point >> shift) & 0x3FU));
  };
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xC0U | (point >> 6));
    tail(0);
  } else if (point < 0x10000) {
    out += static_cast<char>(0xE0U | (point >> 12));
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xF0U | (point >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

}  // namespace

RuleSampler::RuleSampler(const Rules& rules, std::uint64_t seed)
    : rules_(rules), costs_(rules.rules.size(), kNever), random_(seed) {
  for (bool changed = true; changed;) {
    changed = false;
    for (std::size_t i = 0; i < rules.rules.size(); ++i) {
      const std::uint64_t now = cost(rules.rules[i].body);
      if (now >= costs_[i]) continue;
      costs_[i] = now;
      changed = true;
    }
  }
}

std::uint64_t RuleSampler::below(std::uint64_t bound) {
  return random_() % bound;
}

std::uint64_t RuleSampler::cost(const Expression& part) const {
  switch (part.kind) {
    case Kind::kText:
      return part.text.size();
    case Kind::kCharacter:
      return part.ranges.empty() ? kNever : 1;
    case Kind::kRule:
      return std::min(kNever, costs_[part.rule] + 1);
    case Kind::kSequence: {
      std::uint64_t all = 0;
      for (const Expression& one : part.parts)
        all = std::min(kNever, all + cost(one));
      return all;
    }
    case Kind::kChoice: {
      std::uint64_t least = kNever;
      for (const Expression& one : part.parts)
        least = std::min(least, cost(one));
      return least;
    }
    case Kind::kRepeat: {
      if (part.least == 0) return 0;
      const std::uint64_t one = cost(part.parts.front());
      return one >= kNever / part.least ? kNever : one * part.least;
    }
    default:
      return kNever;
  }
}

std::string RuleSampler::sample() {
  std::string out;
  write(rules_.rules[rules_.root].body, out, 0);
  return out;
}

void RuleSampler::write(const Expression& part, std::string& out, std::size_t depth) {
  switch (part.kind) {
    case Kind::kText:
      out += part.text;
      return;
    case Kind::kCharacter:
      write_character(part, out);
      return;
    case Kind::kRule:
      write(rules_.rules[part.rule].body, out, depth + 1);
      return;
    case Kind::kSequence:
      for (const Expression& one : part.parts)
        write(one, out, depth);
      return;
    case Kind::kRepeat:
      write_repeat(part, out, depth);
      return;
    default:
      break;
  }
  std::vector<const Expression*> ways;
  for (const Expression& one : part.parts) {
    if (cost(one) < kNever) ways.push_back(&one);
  }
  const bool hurry = depth > kSamplerDepth || out.size() > kSamplerBytes;
  const auto cheaper = [this](const Expression* a, const Expression* b) {
    return cost(*a) < cost(*b);
  };
  const Expression* way =
      hurry ? *std::ranges::min_element(ways, cheaper) : ways[below(ways.size())];
  write(*way, out, depth);
}

void RuleSampler::write_repeat(const Expression& part, std::string& out, std::size_t depth) {
  const bool hurry = depth > kSamplerDepth || out.size() > kSamplerBytes;
  std::uint32_t times = part.least;
  if (!hurry && cost(part.parts.front()) < kNever) {
    const std::uint32_t more = std::min(kSamplerRepeats, part.most - part.least);
    times += static_cast<std::uint32_t>(below(more + 1));
    // Now and then all of them, where that is not much.
    constexpr std::uint32_t kFew = 40;
    if (part.most <= kFew && below(8) == 0) times = part.most;
  }
  for (std::uint32_t i = 0; i < times; ++i)
    write(part.parts.front(), out, depth);
}

void RuleSampler::write_character(const Expression& part, std::string& out) {
  // ASCII more often than its share, and the ends of ranges, where mistakes are.
  const CodePointRange& range = part.ranges[below(part.ranges.size())];
  const std::uint64_t size = range.last - range.first + 1;
  const std::uint64_t kind = below(4);
  char32_t point = range.first + static_cast<char32_t>(below(size));
  if (kind == 0) point = range.first;
  if (kind == 1) point = range.last;
  if (kind == 2)
    point = range.first + static_cast<char32_t>(below(std::min<std::uint64_t>(size, 96)));
  append_utf8(out, point);
}

}  // namespace hearth::constraint::testing
