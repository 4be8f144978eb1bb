// Any text is a grammar's rules or an error with words that can be shown, and rules are compiled
// and followed or refused. What stands behind a zero byte is the text that follows the grammar.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "constraint/gbnf.h"
#include "follow.h"

namespace constraint = hearth::constraint;

namespace {

std::size_t depth_of(const constraint::Expression& expression) {
  std::size_t deepest = 0;
  for (const auto& part : expression.parts)
    deepest = std::max(deepest, depth_of(part));
  return deepest + 1;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t zero = std::min(input.find('\0'), size);
  const constraint::FindToken find = [](std::string_view text) {
    return text == "<think>" ? std::optional<constraint::Token>(7) : std::nullopt;
  };
  const auto rules = constraint::parse_gbnf(input.substr(0, zero), find);
  if (!rules) {
    HEARTH_ASSERT(!rules.error().message.empty());
    return 0;
  }
  HEARTH_ASSERT(rules->rules.size() <= constraint::kRulesMax);
  for (const constraint::Rule& rule : rules->rules) {
    HEARTH_ASSERT(depth_of(rule.body) <= constraint::kExpressionDepthMax);
  }
  hearth::fuzz::follow(*rules, zero < size ? input.substr(zero + 1) : "");
  return 0;
}
